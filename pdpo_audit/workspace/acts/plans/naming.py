"""Whose plan it is, in the language of a page."""

from __future__ import annotations

from pdpo_audit.model.disposition.plans import PlanHeader
from pdpo_audit.reports.words.labels import load_wording
from pdpo_audit.resources import resource


def named(header: PlanHeader, language: str) -> str:
    """The organisation's name in a language."""
    zh = header.organisation_zh if language.startswith("zh") else ""
    words = load_wording(resource("report_templates") / "disposal", language)
    return zh or header.organisation or str(words("unnamed"))
