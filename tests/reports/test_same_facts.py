"""Both languages say the same: paragraph by paragraph the same numbers, dates and codes; Chinese marks are Chinese."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pdpo_audit.model.audits import Decided
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.pdf import render_html

from . import example

TEMPLATES = Path(__file__).parents[2] / "report_templates"
BLOCKS = {"p", "td", "th", "dd", "dt", "li", "h1", "h2", "h3", "h4", "caption", "figcaption", "title"}
#: What the careful words for a breach are in each language.
BREACH = {"en": re.compile(r"potential\s+non-compliance", re.I), "zh-Hant": re.compile("可能不符合")}
#: Days, codes of findings, people levels, digests and numbers, without the separators of thousands.
FACT = re.compile(r"\d{4}-\d\d-\d\d|(?<![A-Za-z])P[0-3](?!\d)|[A-Z]{2,6}-\d+|[0-9a-f]{16,}|\d[\d,]*(?:\.\d+)?")

#: A Western mark after a Chinese character, or a space after a Chinese mark.
WRONG = re.compile(
    r".{0,12}(?:[\u4e00-\u9fff](?: ?[,;:?!(]|\.(?=\s|$))|[。，、；：！？]\s+(?=\S)|）\s+(?=[\u4e00-\u9fff])).{0,12}"
)


class Paragraphs(HTMLParser):
    """The text of every block, in the order of the page; what stands in both languages is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[int] = []
        self.foreign = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.found.append("")
            self.open.append(len(self.found) - 1)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.found[self.open[-1]] += data


def paragraphs(content: Content, language: str) -> list[str]:
    reader = Paragraphs()
    page = render_html(content, language=language, templates=TEMPLATES)[0]
    body = re.sub(r'<div class="title".*?<table', "<table", page[page.index("<body") :], count=1, flags=re.DOTALL)
    reader.feed(re.sub(r'<dl class="glossary">.*?</dl>', "", body, flags=re.DOTALL))
    return reader.found


def facts(text: str, language: str) -> Counter[str]:
    for month, word in enumerate(calendar.month_name[1:], 1):
        text = re.sub(rf"(\d+) {word} (\d{{4}})", rf"\2年{month}月\1日", text)
        text = re.sub(rf"{word} (\d{{4}})", rf"\1年{month}月", text)
    found = Counter(one.replace(",", "") for one in FACT.findall(text))
    found["breach"] = len(BREACH[language].findall(text))
    return found


def eventful() -> Content:
    """An audit with a hold, an open matter, decisions, an earlier audit, and what else is only sometimes said."""
    tables = example.tables(clusters=12, singles=6)
    for row in tables.rows[Table.FINDINGS][:3]:
        row |= {"status": "decided", "determination": "agree", "decided_by": "Wong", "decided_on": "2026-11-21"}
    hold = Hold(
        hold_id="H-1", kind="legal_hold", matter="HCA 1/2026", issued_by="Wong", issuer_role="legal",
        starts_on=date(2026, 1, 2),
    )  # fmt: skip
    decided = Decided(
        decision="agree", by="Wong", role="legal", findings=3, first_on="2026-11-21", last_on="2026-11-22"
    )
    header = example.header(
        holds=(hold,), open_matters=(("HCA 2/2026", ("studio-nas",)),), previous_audit="2026-05-20-aaaaaa",
        decided=(decided,),
        judgements={"legal": 2, "rejected": 1}, next_review_on=date(2027, 2, 1), people_scope="duplicates",
        sources=(replace(example.SOURCES[0], external_facing=None), *example.SOURCES[1:]),
        scan_began_at=example.START, scan_ended_at=example.START + timedelta(hours=1), scan_partly=True, scans=3,
    )  # fmt: skip
    before = compose(example.header(), tables).summary()
    return compose(header, tables, previous=before)


def plain() -> Content:
    return compose(example.header(), example.tables(clusters=6, singles=4))


def empty() -> Content:
    return compose(example.header(sources=()), example.MemoryTables({}, {}))


CONTENTS: dict[str, Callable[[], Content]] = {"plain": plain, "eventful": eventful, "empty": empty}


@pytest.mark.parametrize("name", CONTENTS)
def test_every_paragraph_states_the_same_facts(name: str) -> None:
    content = CONTENTS[name]()
    english, chinese = paragraphs(content, "en"), paragraphs(content, "zh-Hant")
    assert len(english) == len(chinese)
    apart = [
        (one, other, dict(facts(one, "en") - facts(other, "zh-Hant")), dict(facts(other, "zh-Hant") - facts(one, "en")))
        for one, other in zip(english, chinese, strict=True)
        if facts(one, "en") != facts(other, "zh-Hant")
    ]
    assert apart == [], apart[0]
    assert name == "empty" or sum(facts(one, "en")["breach"] for one in english) >= 1


@pytest.mark.parametrize("name", CONTENTS)
def test_chinese_marks_are_wide_and_no_space_follows_them(name: str) -> None:
    own = ("Model release; PDPO DPP3(1)", "PDPO DPP2(2), s.26(1)")
    wrong = []
    for text in paragraphs(CONTENTS[name](), "zh-Hant"):
        for one in own:
            text = text.replace(one, "甲")
        wrong += WRONG.findall(text)
    assert wrong == []
