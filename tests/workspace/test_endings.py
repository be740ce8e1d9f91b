"""Everything that the program made has an end date: texts of the log, spreadsheets, backups, sealed reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import EARLY_TEXTS_FORGOTTEN, first_broken
from pdpo_audit.signing.evidence.eventlog import broken_line, line_of
from pdpo_audit.workspace.catalogues.care import back_up, upgrade
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.purging import purge
from pdpo_audit.workspace.rules.asking import export_questions
from tests.catalogue.golden import unpack
from tests.workspace.library import make_library

START = datetime(2026, 11, 20, 12, tzinfo=HONG_KONG)


def later(workspace: Workspace, days: int) -> Workspace:
    workspace.close()
    return Workspace.open(workspace.project.folder, clock=lambda: START + timedelta(days=days))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 2, copies=1)
    workspace = Workspace.create(tmp_path / "audit", clock=lambda: START)
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def test_spreadsheets_and_backups_end_after_their_time(workspace: Workspace, tmp_path: Path) -> None:
    sheet = tmp_path / "questions.xlsx"
    export_questions(workspace.project, sheet)
    saved = back_up(workspace.project)
    with pytest.raises(CallError, match="still in use"):
        purge(later(workspace, 89).project)
    assert sheet.is_file() and saved.is_file()
    done = purge(later(workspace, 90).project)
    assert done.ended.files == 2 and done.holdings == 0
    assert not sheet.exists() and not saved.exists()
    assert len(later(workspace, 91).table("holdings")) == 3  # the working data is not due: nothing was reported


def test_a_file_that_somebody_put_in_the_place_of_ours_stays(workspace: Workspace, tmp_path: Path) -> None:
    sheet = tmp_path / "questions.xlsx"
    export_questions(workspace.project, sheet)
    sheet.write_bytes(b"something else by now")
    purge(later(workspace, 400).project, early=True)
    assert sheet.read_bytes() == b"something else by now"


def test_texts_of_the_log_end_and_the_chain_stands(workspace: Workspace) -> None:
    then = later(workspace, 7 * 366)
    done = purge(then.project, early=True)
    events = then.project.store.events()
    assert done.ended.texts == 1 and events[0].forgotten and events[0].event.details == {}
    assert not events[-1].forgotten
    assert first_broken(events) is None
    assert broken_line([line_of(entry) for entry in events]) is None


def test_reports_end_when_the_organisation_says_so(workspace: Workspace) -> None:
    workspace.assess()
    folder = workspace.report().folder
    purge(later(workspace, 200).project)  # twice the period: nobody signed
    assert folder.is_dir()
    done = purge(later(workspace, 7 * 366).project, early=True)
    assert done.ended.reports == 1 and not folder.exists()


@pytest.mark.sqlite
def test_texts_of_early_events_end_and_no_edit_of_what_is_left_passes(tmp_path: Path) -> None:
    folder = unpack("0.1.0", "workspace", tmp_path / "workspace")
    upgrade(Workspace.open(folder).project)
    then = Workspace.open(folder, clock=lambda: START + timedelta(days=8 * 366))
    done = purge(then.project, early=True)
    events = then.project.store.events()
    assert done.ended.texts > 15 and EARLY_TEXTS_FORGOTTEN in {one.event.kind for one in events}
    assert first_broken(events) is None
    lines = [line_of(entry) for entry in events]
    assert broken_line(lines) is None
    forged = [line.replace('"kind":"scanned"', '"kind":"nothing"') for line in lines]
    assert forged != lines and broken_line(forged) is not None
