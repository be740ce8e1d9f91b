"""Page 2 says what people decided and what waits, what is open, and why nothing is due: the same in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pdpo_audit.model.audits import Decided
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.pdf import render_html

from . import example

TEMPLATES = Path(__file__).parents[2] / "report_templates"
DECIDED = Decided(decision="agree", by="Wong", role="legal", findings=1, first_on="2026-11-21", last_on="2026-11-21")
HOLD = Hold(
    hold_id="H-1", kind="complaint", matter="Complaint of a former employee", issued_by="Wong", issuer_role="legal",
    starts_on=date(2026, 1, 2),
)  # fmt: skip


def page_two(content: Content, language: str) -> str:
    page = render_html(content, language=language, templates=TEMPLATES)[0]
    section = page[page.index('<section class="answer">') :].split("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", section))


def both(content: Content) -> tuple[str, str]:
    return page_two(content, "en"), page_two(content, "zh-Hant")


def test_decisions_on_findings_leave_the_rest_as_machine_proposals() -> None:
    english, chinese = both(compose(example.header(decided=(DECIDED,), judgements_waiting=2), example.tables()))
    assert "no person has checked similarity, people levels and masters: they are machine proposals" in english
    assert "未有人覆核相似程度、人物級別及主檔案：均由機器建議" in chinese
    assert "2 judgements of masters or pairs were made since the last scan" in english
    assert "2 項關於主檔案或影像配對的判定" in chinese


def test_a_postponed_finding_has_a_decision_and_is_asked_apart() -> None:
    tables = example.tables()
    found = [row for row in tables.rows[Table.FINDINGS] if row["severity"] != "observation"]
    for row in found[:2]:
        row |= {"status": "decided", "determination": "postponed"}
    content = compose(example.header(), tables)
    assert sum(one.for_action for one in content.decisions) == len(found) - 2
    assert sum(one.postponed for one in content.decisions) == sum(one.decided for one in content.decisions) == 2
    english, chinese = both(content)
    assert "that a person postponed" in english
    assert "項由人押後的審核發現" in chinese


def test_a_hold_is_named_with_its_matter_and_only_who_placed_it_is_asked_of_it() -> None:
    content = compose(example.header(holds=(HOLD,)), example.tables())
    english, chinese = both(content)
    for said in (english, chinese):
        assert "Complaint of a former employee" in said
        assert "2026-01-02" in said
        assert said.count("H-1") == 2
    assert "(Complaint, hold H-1" in english
    assert "Legal: whether hold H-1 is still needed." in english
    assert english.count("still needed") == 1
    assert chinese.count("是否仍有需要") == 1


def test_copies_past_their_day_are_urgent_with_the_first_day() -> None:
    content = compose(example.header(), example.tables())
    assert content.passed
    english, chinese = both(content)
    assert f"For {content.passed} copies that are not on hold the day has passed, the first on 2024-06-30" in english
    assert f"{content.passed} 個不受保存要求所限的副本已過期限，最早者為 2024-06-30" in chinese


@pytest.mark.parametrize("rank", ["suggested_default", "ordinance"])
def test_why_nothing_is_due_is_said(rank: str) -> None:
    tables = example.tables()
    for row in tables.rows[Table.DISPOSITIONS]:
        row |= {"outcome": "on_hold", "due_on": "", "act": ""}
    for row in tables.rows[Table.FINDINGS]:
        row["authority_rank"] = rank
    content = compose(replace(example.header(), holds=(HOLD,)), tables)
    held, found = len(tables.rows[Table.DISPOSITIONS]), len(tables.rows[Table.FINDINGS])
    english, chinese = both(content)
    why = f"Nothing is due because: {held} copies are on hold"
    adopt, adopt_zh = f"; {found} findings rest on suggested periods", f"；{found} 項審核發現所依據的建議期限未有人採納"
    assert why in english
    assert f"沒有到期的原因：{held} 個副本受保存要求所限" in chinese
    assert (adopt in english) is (adopt_zh in chinese) is (rank == "suggested_default")
