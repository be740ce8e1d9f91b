"""An adoption is of one text, by somebody known, once; what three adoptions read like in print."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.policy.telling.sentences import rule_texts
from pdpo_audit.workspace.report.reporting import report
from pdpo_audit.workspace.rules import adopting
from pdpo_audit.workspace.rules.assessing import project_packs
from tests.policy.packs_of_ours import SUGGESTED, rule, write_pack
from tests.reports.printed import read_printed
from tests.workspace.test_standing import ADOPTED, LATER, outcomes, workspace

__all__ = ["workspace"]

PERIOD = "{keep_no_longer_than: P30D, counted_from: file.first_seen_on}"
CCTV = "{record.class is: cctv_recording}"


def test_a_rule_that_reads_otherwise_is_to_be_adopted_again(workspace: Workspace) -> None:
    project = workspace.project
    adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED)
    assert outcomes(workspace) == {"due"}
    write_pack(project.folder / "ours", rule("T-01", CCTV, PERIOD.replace("P30D", "P14D"), authority=SUGGESTED))
    summary = workspace.assess(LATER)
    assert set(workspace.table("dispositions")["outcome"]) == {"flag"}
    assert any("T-01" in warning and "Lee Siu Ming" in warning for warning in summary.warnings)
    (line,) = adopting.periods(project)
    assert not line.in_force
    assert "earlier text" in line.standing["en"] and "較早的文本" in line.standing["zh-Hant"]
    adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED)
    assert outcomes(workspace) == {"due"}


def test_the_same_adoption_is_recorded_once(workspace: Workspace, tmp_path: Path) -> None:
    project = workspace.project
    adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED, reference="SEC-7")
    with pytest.raises(CallError, match="already"):
        adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED, reference="SEC-7")
    adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED, reference="SEC-8")
    said = [event.event for event in project.store.events() if event.event.kind == "period adopted"]
    assert [event.details.get("reference") for event in said] == ["SEC-7", "SEC-8"]


def test_who_is_not_known_adopts_nothing(workspace: Workspace) -> None:
    settings = workspace.project.settings_path
    text = settings.read_text("utf-8").replace("\n[people]\n", "\n[faces]\n")
    settings.write_text(text + '\n[[people]]\nname = "Ho Mei"\nroles = ["owner"]\n', "utf-8")
    workspace.project.reload()
    with pytest.raises(CallError, match=r"Lee Siu Ming is not in \[\[people\]\]"):
        adopting.adopt_period(workspace.project, "T-01", by="Lee Siu Ming", on=ADOPTED)
    adopting.adopt_period(workspace.project, "T-01", by="Ho Mei", on=ADOPTED)


def test_a_report_knows_the_registers_as_they_are(workspace: Workspace) -> None:
    project = workspace.project
    workspace.assess()
    waiting = workspace.assess().audit_id
    (project.folder / "facts.csv").write_text("path,record.class\n**,event_photo\n", "utf-8")
    project.reload()
    assert "T-01" in set(workspace.table("findings")["rule"])
    assert report(project).audit_id != waiting
    assert "T-01" not in set(workspace.table("findings")["rule"])


SENTENCES = {
    "not adopted": ("suggested by the rule pack, not adopted", "只屬規則包的建議，尚未獲採納"),
    "adopted": ("own policy, adopted by Lee Siu Ming on 2020-01-02 (SEC-7)", "由Lee Siu Ming於2020-01-02採納（SEC-7）"),
    "ended": ("adoption ended on 2021-01-01", "於2021-01-01終止"),
}


@pytest.mark.parametrize("standing", SENTENCES)
def test_three_sentences_in_reports_workbooks_and_on_the_screen(workspace: Workspace, standing: str) -> None:
    project = workspace.project
    settings = project.settings_path
    text = re.sub(r"(?m)^languages = .*$", 'languages = ["en", "zh-Hant"]', settings.read_text("utf-8"))
    settings.write_text(text, "utf-8")
    project.reload()
    assert project.settings.report.languages == ("en", "zh-Hant")
    if standing != "not adopted":
        until = date(2021, 1, 1) if standing == "ended" else None
        adopting.adopt_period(project, "T-01", by="Lee Siu Ming", on=ADOPTED, reference="SEC-7", until=until)
    english, chinese = SENTENCES[standing]
    (told,) = [told for told in rule_texts(project_packs(project), on=LATER) if told.rule == "T-01"]
    assert english in told.sentence["en"] and chinese in told.sentence["zh-Hant"]
    others = [words for name, pair in SENTENCES.items() if name != standing for words in pair]
    assert not any(words in said for words in others for said in told.sentence.values())
    folder = report(project).folder
    for file, words in (("report.en.pdf", english), ("report.zh-Hant.pdf", chinese)):
        assert _plain(words) in _plain(read_printed(folder / file).text), file
    book = openpyxl.load_workbook(folder / "workbook.xlsx")
    assert any(english in str(cell.value) for row in book["RetentionSchedule"] for cell in row)


def _plain(text: str) -> str:
    return "".join(text.split())
