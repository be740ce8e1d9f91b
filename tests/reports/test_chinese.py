"""The Chinese report: no English sentence in what it says; labels complete in every language."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.findings import AuthorityRank, Outcome, Severity
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.pdf import render_html

from . import example

TEMPLATES = Path(__file__).parents[2] / "report_templates"
LABELS = TEMPLATES / "audit" / "labels"
#: What an organisation writes itself, and citations: names, not sentences of the report.
NAMES = (
    "Harbour Light Agency Ltd",
    "PCPD Code of Practice on Human Resource Management",
    "Bright River Retouching Ltd",
    "data minimisation review 2026",
    "Report seal",
)
DRAFT = ("nobody is named who authorised this audit", "no accountable owner is named for hr-archive")


def chinese(header: AuditHeader) -> str:
    return render_html(compose(header, example.tables()), language="zh-Hant", templates=TEMPLATES)[0]


def words(page: str) -> str:
    """The visible text and the text alternatives, without what is marked as English."""
    page = re.sub(r"<(td|span)[^>]* lang=.en.[^>]*>.*?</\1>|<style>.*?</style>", " ", page, flags=re.DOTALL)
    alternatives = " | ".join(re.findall(r'(?:alt|data-\w+)="([^"]*)"', page))
    return re.sub(r"<[^>]*>", " | ", page) + alternatives


def test_no_english_sentence_is_left() -> None:
    header = example.header(draft_reasons=DRAFT, assumptions=("Sources were named after their folders: a, b.",))
    said = words(chinese(header))
    for name in (*NAMES, *(rule.authority for rule in example.RULES)):
        said = said.replace(name, "")
    runs = re.findall(r"(?:[A-Za-z][A-Za-z'’-]*[ ,;]+){3,}[A-Za-z'’-]+", said)
    assert [run for run in runs if not run.startswith("a public test set")] == []


def test_no_english_label_is_left_in_the_charts() -> None:
    said = words(chinese(example.header()))
    assert "按來源劃分的副本。" in said or "按來源劃分的副本. " in said
    assert "Copies by source" not in said


def test_draft_and_page_numbers_are_chinese() -> None:
    page = chinese(example.header(draft_reasons=DRAFT))
    assert 'data-status="草稿：未有指明由誰授權是次審核；以下來源沒有指明負責人：hr-archive"' in page
    assert 'data-between=" 頁，共 "' in page


def _keys(labels: dict[str, object], path: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in labels.items():
        if isinstance(value, dict) and not {"one", "other"} & set(value):
            found |= _keys(value, f"{path}{key}.")
        else:
            found.add(f"{path}{key}")
    return found


def test_every_language_has_every_label() -> None:
    own = ("phrases.", "fragments.", "clauses.", "workbook.", "cities.", "principles_short.", "stages.", "tag")
    english = _keys(tomllib.loads((LABELS / "en.toml").read_text()))
    other = _keys(tomllib.loads((LABELS / "zh-Hant.toml").read_text()))
    assert {key for key in english ^ other if not key.startswith(own)} == set()


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_every_code_has_a_word(language: str) -> None:
    labels = tomllib.loads((LABELS / f"{language}.toml").read_text())
    assert {member.value for member in Outcome} <= set(labels["outcomes"])
    assert {member.value for member in Severity} <= set(labels["severities"])
    assert {member.value for member in AuthorityRank} <= set(labels["ranks"])
    assert {member.value for member in SkipReason} <= set(labels["reasons"])
    assert {member.value for member in PeopleLevel} <= set(labels["levels"])
