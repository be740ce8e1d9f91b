"""The words of the review pages: the reports' own words for codes, and the pages' labels beside them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pdpo_audit.reports.disposals.wording import selected, spoken
from pdpo_audit.reports.words.labels import Wording, load_wording
from pdpo_audit.resources import resource

__all__ = ["LANGUAGES", "Wording", "page_words", "selection_words", "words_on_results"]

LANGUAGES = ("en", "zh-Hant")


@cache
def page_words(language: str) -> Wording:
    """The wording of the pages in a language; what only they say is under ``review``."""
    folder = resource("report_templates")
    shared = load_wording(folder / "audit", language)
    own = load_wording(folder / "review", language)
    acts = load_wording(folder / "disposal", language)
    return replace(shared, labels={**shared.labels, "review": own.labels, "disposal": acts.labels})


@cache
def _of_plans(language: str) -> Wording:
    return load_wording(resource("report_templates") / "disposal", language)


def selection_words(text: str, language: str) -> str:
    """What a plan of disposition takes in, in a language."""
    return selected(text, _of_plans(language))


def words_on_results(text: str, language: str) -> str:
    """What is to be known of a line of such a plan, in a language; what people wrote stays as it is."""
    return spoken(text, _of_plans(language))
