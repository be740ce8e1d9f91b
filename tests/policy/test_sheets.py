"""Questions and decisions on their way through a spreadsheet and back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from pdpo_audit.errors import CallError
from pdpo_audit.policy.asking.question_sheets import HEADERS, read_answers, write_questions
from pdpo_audit.policy.asking.questions import questions
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.policy.stating.answers import Answer, apply_answers
from pdpo_audit.policy.stating.decisions import DecisionKind, read_decisions, write_decisions
from pdpo_audit.policy.terms.rules import Pack

POLICIES = Path(__file__).parents[2] / "policies"
ON = date(2026, 11, 20)

#: As a spreadsheet program writes a date: without a zone.
WRITTEN = datetime(2026, 11, 19)  # noqa: DTZ001


@pytest.fixture(scope="module")
def packs() -> tuple[Pack, ...]:
    return load_packs([POLICIES / "hk-core-pdpo", POLICIES / "hk-holds", POLICIES / "hk-campaign-portraits"])


def bare_library(holdings: int, sources: int) -> pd.DataFrame:
    """A library of which nobody has said anything: only what a scan itself finds."""
    rng = np.random.default_rng(7)
    copies = rng.integers(1, 5, holdings)
    return pd.DataFrame(
        {
            "source": [f"share-{n % sources}" for n in range(holdings)],
            "path": [f"archive/{n % 9}/{n}.jpg" for n in range(holdings)],
            "people.level": rng.choice(["P0", "P1", "P2", "P3"], holdings),
            "duplicate.copies": copies,
            "duplicate.is_master": (copies == 1) | (rng.random(holdings) < 0.3),
            "file.first_seen_on": [ON] * holdings,
        }
    )


def test_answers_never_overwrite_what_is_recorded() -> None:
    frame = pd.DataFrame(
        {"source": ["a", "a", "b"], "path": ["x/1", "y/2", "x/3"], "record.class": ["kyc_record", None, None]}
    )
    said = Answer(source="a", pattern="**", fact="record.class", value="event_photo", answered_by="x", answered_on=ON)
    narrow = Answer(source="*", pattern="x/**", fact="record.purpose", value="none", answered_by="x", answered_on=ON)
    found = apply_answers(frame, [said, narrow])
    assert [None if pd.isna(value) else value for value in found["record.class"]] == ["kyc_record", "event_photo", None]
    assert list(found["record.purpose_ended_on"]) == [ON, None, ON]


def test_wrong_answers_are_told_together_and_nothing_is_taken(tmp_path: Path, packs: tuple[Pack, ...]) -> None:
    file = tmp_path / "questions.xlsx"
    write_questions(questions(packs, bare_library(50, 2), [], on=ON), file)
    book = load_workbook(file)
    sheet = book.worksheets[0]
    column = {name: at for at, name in enumerate(HEADERS, 1)}
    sheet.cell(2, column["answer"]).value = "event_photo"  # nobody is named
    sheet.cell(3, column["answer"]).value = "x"
    sheet.cell(3, column["fact"]).value = "record.clas"
    book.save(file)
    with pytest.raises(CallError) as caught:
        read_answers(file, today=ON)
    assert ":2: nobody is named" in caught.value.message
    assert 'did you mean "record.class"?' in caught.value.message


def findings() -> pd.DataFrame:
    paths = ["=cmd|' /C calc'!A0", "+1", "@x", "\x07bell", "a", "b"]
    copies: dict[str, Any] = {"people.level": "P2", "duplicate.copies": 2, "duplicate.is_master": False}
    frame = bare_library(6, 1).assign(path=paths, **copies)
    return evaluate(load_packs([POLICIES / "hk-core-pdpo"]), frame, [], on=ON).findings


def decide(file: Path, **cells: Any) -> None:
    book = load_workbook(file)
    sheet = book.worksheets[0]
    column = {cell.value: at for at, cell in enumerate(sheet[1], 1)}
    for name, value in cells.items():
        sheet.cell(2, column[name]).value = value
    book.save(file)


def test_decisions_come_back_with_reason_and_name(tmp_path: Path) -> None:
    file, made = tmp_path / "decisions.xlsx", findings()
    write_decisions(made, file)
    assert read_decisions(file, made, today=ON) == ()
    decide(
        file,
        decision="disagree",
        reason="still in use",
        decided_by="Lee",
        role="dpo",
        decided_on=WRITTEN,
    )
    (found,) = read_decisions(file, made, today=ON)
    assert found.decision is DecisionKind.DISAGREE and found.decided_on == date(2026, 11, 19)
    assert found.finding_id == load_workbook(file).worksheets[0]["B2"].value


def test_a_path_never_becomes_a_formula(tmp_path: Path) -> None:
    file = tmp_path / "decisions.xlsx"
    write_decisions(findings(), file)
    cells = [cell for row in load_workbook(file).worksheets[0].iter_rows(min_row=2) for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("=cmd") for cell in cells)


def test_a_stale_file_is_refused_whole(tmp_path: Path) -> None:
    file, made = tmp_path / "decisions.xlsx", findings()
    write_decisions(made, file)
    decide(file, decision="agree", decided_by="Lee")
    changed = made.assign(pack_sha256="another")
    with pytest.raises(CallError, match="has changed or is gone"):
        read_decisions(file, changed, today=ON)
    assert len(read_decisions(file, made, today=ON)) == 1


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"decision": "agre", "decided_by": "Lee"}, 'did you mean "agree"?'),
        ({"decision": "partly", "decided_by": "Lee"}, "a reason is needed"),
        ({"decision": "agree"}, "nobody is named"),
        ({"decision": "agree", "decided_by": "Lee", "decided_on": "soon"}, "is no date"),
        ({"reason": "agree", "decided_by": "Lee"}, "column decision is empty, but reason says 'agree'"),
        ({"decision": "agree", "decided_by": "Lee", "decided_on": datetime(2999, 1, 1)}, "in the future"),  # noqa: DTZ001
    ],
)
def test_what_a_decision_needs(tmp_path: Path, cells: dict[str, Any], words: str) -> None:
    file, made = tmp_path / "decisions.xlsx", findings()
    write_decisions(made, file)
    decide(file, **cells)
    with pytest.raises(CallError) as caught:
        read_decisions(file, made, today=ON)
    assert words in caught.value.message


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04garbage", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_said_to_be_none(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "answers.xlsx"
    file.write_bytes(raw)
    with pytest.raises(CallError, match=r"no readable \.xlsx"):
        read_answers(file, today=ON)


def test_answers_fill_columns_of_any_kind() -> None:
    frame = pd.DataFrame({"source": ["a"] * 3, "path": ["1", "2", "3"], "record.class": ["", None, "kyc_record"]})
    frame["people.minors_declared"] = pd.array([True, None, False], dtype="boolean")
    frame["campaign.ended_on"] = pd.Series(["2026-01-01", "", ""]).map(pd.to_datetime)
    base: dict[str, Any] = {"source": "a", "pattern": "**", "answered_by": "x", "answered_on": ON}
    said: dict[str, Any] = {"record.class": "event_photo", "people.minors_declared": True, "campaign.ended_on": ON}
    found = apply_answers(frame, [Answer(fact=name, value=value, **base) for name, value in said.items()])
    assert list(found["record.class"]) == ["event_photo", "event_photo", "kyc_record"]
    assert list(found["people.minors_declared"]) == [True, True, False]
    assert list(found["campaign.ended_on"])[1:] == [ON, ON]
