"""Periods adopted, rules reviewed, packs suggested and determinations, in a workspace."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.judging import determine
from pdpo_audit.workspace.rules import adopting
from pdpo_audit.workspace.rules.assessing import project_facts, project_packs
from tests.policy.packs_of_ours import SUGGESTED, rule, write_pack
from tests.workspace.library import make_library

RULE = rule(
    "T-01", "{record.class is: cctv_recording}", "{keep_no_longer_than: P30D, counted_from: file.first_seen_on}",
    authority=SUGGESTED,
)  # fmt: skip
ADOPTED = date(2020, 1, 2)
LATER = date(2031, 1, 1)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 2, copies=1)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    write_pack(workspace.project.folder / "ours", RULE)
    settings = workspace.project.settings_path
    text = re.sub(r"(?ms)^\[policy\].*?(?=^\[|\Z)", "", settings.read_text("utf-8"))
    facts = '\n[[registers]]\nfile = "facts.csv"\n\n[policy]\npacks = ["./ours"]\n'
    settings.write_text(text + facts, "utf-8")
    (workspace.project.folder / "facts.csv").write_text("path,record.class\n**,cctv_recording\n", "utf-8")
    workspace.project.reload()
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def outcomes(workspace: Workspace) -> set[str]:
    workspace.assess(LATER)
    return set(workspace.table("dispositions")["outcome"])


def test_a_period_decides_once_a_named_person_has_adopted_it(workspace: Workspace) -> None:
    project = workspace.project
    assert outcomes(workspace) == {"flag"}
    adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED, reference="SEC-7")
    assert outcomes(workspace) == {"due"}
    assert set(workspace.table("dispositions")["due_rank"]) == {"organisation_policy"}
    (line,) = adopting.periods(project)
    assert line.in_force and line.adopted_by == "Lee Siu Ming" and "SEC-7" in line.standing["en"]
    assert set(project_facts(project)["record.retention_policy"]) == {"SEC-7"}
    said = [event.event for event in project.store.events() if event.event.kind == "period adopted"]
    assert said[0].details["rule"] == "T-01" and said[0].details["by"] == "Lee Siu Ming"
    adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED, until=date(2021, 1, 1))
    assert outcomes(workspace) == {"flag"}


@pytest.mark.parametrize(
    ("rule_id", "by", "on", "period", "message"),
    [
        ("T-02", "Lee", ADOPTED, "", "no rule \"T-02\".*did you mean \"T-01\""),
        ("T-01", " ", ADOPTED, "", "nobody is named"),
        ("T-01", "Lee", date(2999, 1, 1), "", "is not over"),
        ("T-01", "Lee", ADOPTED, "31 days", "is not a period"),
        ("KEEP-01", "Lee", ADOPTED, "", "is no suggestion"),
    ],
)  # fmt: skip
def test_what_is_no_adoption_is_refused(
    workspace: Workspace, rule_id: str, by: str, on: date, period: str, message: str
) -> None:
    with pytest.raises(CallError, match=message):
        adopting.adopt_period(workspace.project, rule_id, by=by, on=on, period=period)
    assert not any(rule.adoption for pack in project_packs(workspace.project) for rule in pack.rules)


def test_a_spreadsheet_adopts_all_or_none(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "periods.xlsx"
    assert adopting.export_periods(workspace.project, file) == 1
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    sheet.cell(2, heads.index("adopted_by") + 1).value = "Lee Siu Ming"
    book.save(file)
    with pytest.raises(CallError, match="the day of the adoption is missing"):
        adopting.import_periods(workspace.project, file)
    sheet.cell(2, heads.index("adopted_on") + 1).value = "2020-01-02"
    sheet.cell(2, heads.index("other_period") + 1).value = "P20Y"
    book.save(file)
    assert adopting.import_periods(workspace.project, file) == 1
    assert outcomes(workspace) == {"not_yet_due"}


def test_a_review_is_printed_with_its_rule(workspace: Workspace) -> None:
    adopting.review_rule(workspace.project, "T-01", by="Wong Lai", firm="Wong & Partners", on=ADOPTED)
    rules = {rule.rule_id: rule for pack in project_packs(workspace.project) for rule in pack.rules}
    review = rules["T-01"].review
    assert review and (review.by, review.firm, review.next_due) == ("Wong Lai", "Wong & Partners", date(2021, 1, 2))
    with pytest.raises(CallError, match="the solicitor and the firm"):
        adopting.review_rule(workspace.project, "T-01", by="Wong Lai", firm="", on=ADOPTED)


def test_packs_are_suggested_by_what_is_declared(workspace: Workspace) -> None:
    suggested = {one.pack: one for one in adopting.suggest_packs(workspace.project)}
    assert suggested["hk-cctv-security"].classes == ("cctv_recording",)
    assert "hk-stock-licence" not in suggested and "hk-holds" not in suggested


def test_packs_are_suggested_before_anything_is_scanned(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "audit").mkdir()
    settings = '[[sources]]\nname = "s"\nuri = "../pictures"\nrecord_class = "school_photo"\n'
    (tmp_path / "audit" / "pdpo-audit.toml").write_text(settings, "utf-8")
    opened = Workspace.open(tmp_path / "audit")
    (found,) = [one for one in adopting.suggest_packs(opened.project) if one.pack == "hk-children-schools"]
    assert (found.classes, found.sources) == (("school_photo",), ("s",))
    opened.close()


def test_a_determination_is_a_fact_of_every_copy(workspace: Workspace) -> None:
    determine(
        workspace.project, "set0/IMG_0000.jpg", LegalDetermination.NOT_PERSONAL_DATA,
        code=LegalReason.NOT_COLLECTED_EASTWEEK, by="Wong Lai", role="legal", reason="a crowd",
    )  # fmt: skip
    facts = project_facts(workspace.project).set_index("path")
    assert facts["people.legal_determination"].to_dict() == {
        "set0/IMG_0000.jpg": "not_personal_data", "copies/copy of 0.jpg": "not_personal_data", "set1/IMG_0001.jpg": None
    }  # fmt: skip
    assert facts["people.determined_by"]["copies/copy of 0.jpg"] == "Wong Lai"
