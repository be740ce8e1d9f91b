"""What is asked of the people behind a library of which nobody has said anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from pdpo_audit.errors import CallError
from pdpo_audit.policy.asking.question_sheets import HEADERS, read_answers, write_questions
from pdpo_audit.policy.asking.questions import Ask, questions
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.stating.answers import Answer, apply_answers
from pdpo_audit.policy.terms.rules import Pack
from tests.policy.packs_of_ours import rule, write_pack

POLICIES = Path(__file__).parents[2] / "policies"
ON = date(2026, 11, 20)
BASE = ("hk-core-pdpo", "hk-holds")
SAMPLE = (*BASE, "hk-campaign-portraits", "hk-hr", "hk-cross-boundary")
ALL = tuple(sorted(folder.parent.name for folder in POLICIES.glob("*/pack.yaml")))


def packs_called(*names: str) -> tuple[Pack, ...]:
    return load_packs([POLICIES / name for name in names])


def bare_library(holdings: int, sources: int) -> pd.DataFrame:
    """What a scan alone finds: duplicate clusters, people levels, dates; a few large sources and many small ones."""
    rng = np.random.default_rng(7)
    cluster = rng.integers(0, holdings // 2, holdings)
    copies = np.bincount(cluster)[cluster]
    first = np.zeros(holdings, bool)
    first[np.unique(cluster, return_index=True)[1]] = True
    share = np.minimum(rng.geometric(0.4, holdings) - 1, sources - 1)
    return pd.DataFrame(
        {
            "source": [f"share-{number}" for number in share],
            "path": [f"archive/{n % 9}/{n}.jpg" for n in range(holdings)],
            "sha256": [f"{number:064d}" for number in cluster],
            "cluster_id": [f"c{c}" if many > 1 else "" for c, many in zip(cluster, copies, strict=True)],
            "people.level": rng.choice(["P0", "P1", "P2", "P3"], holdings, p=[0.4, 0.1, 0.45, 0.05]),
            "duplicate.copies": copies,
            "duplicate.is_master": first,
            "duplicate.relation": np.where(first, "master", "byte-identical"),
            "image.captured_on": [date(2019 + n % 7, 1 + n % 12, 1) for n in range(holdings)],
            "file.first_seen_on": [ON] * holdings,
        }
    )


def undecided(packs: tuple[Pack, ...], frame: pd.DataFrame) -> float:
    return float((evaluate(packs, frame, [], on=ON).dispositions["outcome"] == "cannot_decide").mean())


def fill(file: Path, limit: int, record_class: str) -> None:
    """Answer the first rows: the drop-down's last word, a purpose, a day."""
    book = load_workbook(file)
    sheet, lists = book.worksheets
    column = {name: at for at, name in enumerate(HEADERS, 1)}
    offered = {
        str(where): lists[rule.formula1.split("!")[1]][-1][0].value
        for rule in sheet.data_validations.dataValidation
        for where in str(rule.sqref).split()
    }
    for row in range(2, min(sheet.max_row, limit + 1) + 1):
        fact = str(sheet.cell(row, column["fact"]).value)
        cell = sheet.cell(row, column["answer"])
        said: dict[str, Any] = {"record.class": record_class, "record.purpose": "campaign production"}
        said["location.jurisdiction"] = "HK"
        ranges = [word for where, word in offered.items() if cell.coordinate in where.split(":")]
        cell.value = said.get(fact, ranges[0] if ranges else "2024-06-30")
        sheet.cell(row, column["answered_by"]).value = "Chan Tai Man"
    book.save(file)


@pytest.mark.parametrize("names", [("hk-core-pdpo",), SAMPLE, ALL])
@pytest.mark.parametrize(("holdings", "sources"), [(2_000, 1), (10_000, 8)])
def test_ten_answers_decide_a_bare_library(tmp_path: Path, names: tuple[str, ...], holdings: int, sources: int) -> None:
    packs, frame, file = packs_called(*names), bare_library(holdings, sources), tmp_path / "questions.xlsx"
    before = undecided(packs, frame)
    assert before > 0.4
    asked = questions(packs, frame, [], on=ON)
    always = [question for question in asked if question.ask is Ask.ALWAYS]
    assert always[-1].resolved == round(before * holdings)
    write_questions(asked, file)
    fill(file, 10, "campaign_portrait")
    assert undecided(packs, apply_answers(frame, read_answers(file, today=ON))) < 0.2


def test_one_question_covers_all_sources_and_each_source_may_differ() -> None:
    asked = questions(packs_called(*ALL), bare_library(2_000, 3), [], on=ON)
    first = asked[0]
    assert (first.fact, first.sources, first.ask) == ("record.class", ("*",), Ask.ALWAYS)
    apart = {(q.sources, q.fact) for q in asked if q.ask is Ask.WHERE_IT_DIFFERS}
    assert {(("share-0",), "record.class"), (("share-2",), "record.purpose")} <= apart
    order = [question.ask for question in asked]
    assert order == sorted(order, key=list(Ask).index)


def test_a_question_about_one_source_names_its_folder_and_one_about_several_does_not() -> None:
    frame = bare_library(2_000, 2)
    frame["path"] = frame["source"] + "/" + frame["path"]
    asked = questions(packs_called("hk-core-pdpo"), frame, [], on=ON)
    assert asked[0].pattern == "**"
    assert {question.pattern for question in asked if question.sources == ("share-1",)} == {"share-1/archive/**"}
    alone = questions(packs_called("hk-core-pdpo"), frame[frame["source"] == "share-1"], [], on=ON)
    assert alone[0].pattern == "share-1/archive/**" and alone[0].sources == ("share-1",)


def test_what_only_some_answers_lead_to_is_offered_with_its_case() -> None:
    asked = questions(packs_called(*ALL), bare_library(2_000, 1), [], on=ON)
    offered = {question.fact: question for question in asked if question.ask is Ask.IF_IT_APPLIES}
    assert {"visit.left_on", "licence.ends_on", "employment.status", "employment.ended_on"} <= offered.keys()
    assert offered["licence.ends_on"].english.startswith("Only where any of it is stock image: ")
    assert offered["licence.ends_on"].chinese.startswith("只在當中有圖庫影像時填寫")
    assert offered["licence.ends_on"].pattern == "archive/**"
    known = bare_library(2_000, 1).assign(**{"record.class": "product_image", "record.purpose": "catalogue"})
    assert "licence.ends_on" not in {question.fact for question in questions(packs_called(*ALL), known, [], on=ON)}


def test_two_dates_that_only_together_decide_are_asked_at_once(tmp_path: Path) -> None:
    when = "{record.class is: campaign_portrait}"
    both = rule("T-01", when, "{ends_with: campaign.ended_on}") + rule("T-02", when, "{ends_with: consent.expires_on}")
    frame = bare_library(200, 1).assign(**{"record.class": "campaign_portrait", "record.purpose": "x"})
    asked = questions([load_pack(write_pack(tmp_path, both))], frame, [], on=ON)
    assert {"campaign.ended_on", "consent.expires_on"} <= {q.fact for q in asked if q.ask is Ask.ALWAYS}


def test_a_question_about_some_sources_names_them(tmp_path: Path) -> None:
    frame = bare_library(2_000, 3).assign(**{"record.purpose": "x"})
    frame["record.class"] = [("product_image" if source == "share-1" else None) for source in frame["source"]]
    packs, file = packs_called("hk-core-pdpo", "hk-hr"), tmp_path / "questions.xlsx"
    asked = questions(packs, frame, [], on=ON)
    assert asked[0].sources == ("share-0", "share-2") and "“share-0”, “share-2”" in asked[0].english
    write_questions(asked, file)
    fill(file, 1, "event_photo")
    answers = read_answers(file, today=ON, sources={"share-0", "share-1", "share-2"})
    assert [answer.source for answer in answers] == ["share-0", "share-2"]
    with pytest.raises(CallError, match='no source "share-2"; did you mean "share-'):
        read_answers(file, today=ON, sources={"share-0", "share-1"})


def test_the_narrower_answer_counts_whatever_its_date() -> None:
    frame = pd.DataFrame({"source": ["a", "a", "b"], "path": ["x/1", "y/2", "x/3"]})
    base: dict[str, Any] = {"fact": "record.class", "answered_by": "x"}
    said = [
        Answer(source="a", pattern="x/**", value="kyc_record", answered_on=date(2026, 1, 1), **base),
        Answer(source="a", pattern="**", value="event_photo", answered_on=date(2026, 2, 1), **base),
        Answer(source="*", pattern="**", value="stock_image", answered_on=date(2026, 3, 1), **base),
    ]
    assert list(apply_answers(frame, said)["record.class"]) == ["kyc_record", "event_photo", "stock_image"]


def test_who_looked_for_sensitive_pictures_has_said_whether_children_are_among_them() -> None:
    frame = pd.DataFrame({"source": ["a", "b", "c"], "path": ["1", "2", "3"]})
    base: dict[str, Any] = {"pattern": "**", "answered_by": "x", "answered_on": ON}
    said = [
        Answer(source="*", fact="sensitivity", value=frozenset(), **base),
        Answer(source="b", fact="sensitivity", value=frozenset({"child"}), **base),
        Answer(source="c", fact="people.minors_declared", value=True, **base),
    ]
    assert list(apply_answers(frame, said)["people.minors_declared"]) == [False, True, True]


def test_an_empty_library_asks_nothing() -> None:
    assert questions(packs_called(*BASE), bare_library(2, 1).iloc[:0], [], on=ON) == ()
