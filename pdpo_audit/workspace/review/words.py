"""The words of the review pages: the reports' own words for codes, and the pages' labels beside them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pdpo_audit.reports.words.labels import Wording, load_wording
from pdpo_audit.resources import resource

__all__ = ["LANGUAGES", "Wording", "page_words"]

LANGUAGES = ("en", "zh-Hant")


@cache
def page_words(language: str) -> Wording:
    """The wording of the pages in a language; what only they say is under ``review``."""
    folder = resource("report_templates")
    shared = load_wording(folder / "audit", language)
    own = load_wording(folder / "review", language)
    acts = load_wording(folder / "disposal", language)
    return replace(shared, labels={**shared.labels, "review": own.labels, "disposal": acts.labels})
