"""A log that was cut off, texts and rows that were edited or deleted by hand: the check tells, with 4."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pdpo_audit import Workspace
from pdpo_audit.cli.app import assemble
from pdpo_audit.errors import CallError, MachineError, VerificationError
from pdpo_audit.workspace.catalogues.care import back_up, check, upgrade
from pdpo_audit.workspace.catalogues.restoring import restore
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.purging import purge
from pdpo_audit.workspace.review.holds import Selectors, add_hold, list_holds, release_hold
from pdpo_audit.workspace.rules.asking import export_questions, import_answers
from pdpo_audit.workspace.setup.held import restore_holds
from tests.catalogue.golden import unpack
from tests.workspace.library import make_library
from tests.workspace.test_judgements import fill

START = datetime(2026, 11, 20, 12, tzinfo=HONG_KONG)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_library(folder / "share", 3, copies=1)
    workspace = Workspace.create(folder / "audit", clock=lambda: START)
    workspace.add(folder / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    add_hold(
        workspace.project, kind="legal_hold", matter="HCA 1", issued_by="Wong", issuer_role="legal",
        selectors=Selectors(path_pattern="set1/**"),
    )  # fmt: skip
    workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei", role="reviewer", reason="the original")
    workspace.assess()
    workspace.close()
    return folder / "audit"


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(made, tmp_path / "audit")
    workspace = Workspace.open(tmp_path / "audit", clock=lambda: START)
    yield workspace
    workspace.close()


@pytest.fixture
def sealed(workspace: Workspace) -> Workspace:
    workspace.report()
    return workspace


def by_hand(workspace: Workspace, *statements: str) -> None:
    workspace.close()
    with closing(sqlite3.connect(workspace.project.folder / "catalogue.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def code(workspace: Workspace, *words: str) -> int:
    workspace.close()
    done = CliRunner().invoke(assemble(words[0]), [*words, "--workspace", str(workspace.project.folder)])
    return int(getattr(done.exception, "exit_code", done.exit_code))


def unsound(workspace: Workspace) -> dict[str, str]:
    return {one.what: one.found for one in check(workspace.project) if not one.sound}


def test_what_stands_is_sound(sealed: Workspace) -> None:
    assert unsound(sealed) == {} and code(sealed, "catalogue", "check") == 0


_CUT = ("DELETE FROM event_texts WHERE sequence > 2", "DELETE FROM events WHERE sequence > 2")


def test_a_log_cut_off_at_its_end_is_held_against_what_knows_more(workspace: Workspace) -> None:
    by_hand(workspace, *_CUT)
    assert "an assessment knows event 4" in unsound(workspace)["event log"]


def test_a_log_cut_off_at_its_end_is_held_against_sealed_audits(sealed: Workspace) -> None:
    tables = ("findings", "dispositions", "audit_counts", "audits")
    by_hand(sealed, *_CUT, *(f"DELETE FROM {table}" for table in tables))
    assert "which the sealed audit" in unsound(sealed)["event log"]
    assert code(sealed, "catalogue", "check") == 4


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM events", "texts are still there"),
        ("DELETE FROM events WHERE sequence = 1", "chain breaks at event 1"),
        ("DELETE FROM event_texts WHERE sequence = 2", "no purge ended them"),
        ("DELETE FROM event_texts", "no purge ended them"),
        ("UPDATE event_texts SET details = '{broken' WHERE sequence = 2", "chain breaks at event 2"),
        ("UPDATE event_texts SET details = '[1]' WHERE sequence = 2", "chain breaks at event 2"),
        ("UPDATE event_texts SET salt = 'text' WHERE sequence = 2", "chain breaks at event 2"),
        ("UPDATE events SET at = 'yesterday' WHERE sequence = 3", "chain breaks at event 3"),
        ("UPDATE events SET at = x'00ff' WHERE sequence = 3", "chain breaks at event 3"),
        ("UPDATE events SET digest = 'text' WHERE sequence = 3", "chain breaks at event 3"),
        ("UPDATE events SET told = NULL WHERE sequence = 3", "chain breaks at event 3"),
    ],
)
def test_every_edit_of_the_log_is_told_with_four(workspace: Workspace, statement: str, words: str) -> None:
    by_hand(workspace, statement)
    assert words in unsound(workspace)["event log"]
    assert code(workspace, "catalogue", "check") == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event_texts SET details = '{broken' WHERE sequence = 2",
        "UPDATE events SET at = 'yesterday' WHERE sequence = (SELECT max(sequence) FROM events)",
    ],
)
@pytest.mark.parametrize(
    "words", [("export", "events", "--format", "csv", "-o", "x.csv"), ("purge", "--early"), ("report",)]
)
def test_a_broken_log_is_no_fault_of_the_program(
    workspace: Workspace, statement: str, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    by_hand(workspace, statement)
    assert code(workspace, *words) == 4


def test_texts_that_a_purge_ended_are_missed_by_nobody(workspace: Workspace) -> None:
    workspace.close()
    then = Workspace.open(workspace.project.folder, clock=lambda: START + timedelta(days=7 * 366))
    assert purge(then.project, early=True).ended.texts >= 4
    assert unsound(then) == {}
    by_hand(then, "DELETE FROM event_texts WHERE sequence = (SELECT max(sequence) FROM events)")
    assert "1 events are gone" in unsound(then)["event log"] or "texts" in unsound(then)["event log"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE holds SET document = replace(document, 'set1', 'set9')",
            "hold H-20261120-.* is not what the log says",
        ),
        ("UPDATE holds SET document = '{'", "hold H-20261120-.* is not what the log says"),
        ("DELETE FROM hold_contents; DELETE FROM holds", "hold H-20261120-.* is gone"),
        (
            "INSERT INTO holds SELECT 'H-1', document FROM holds",
            "hold H-1 stands in no event",
        ),
        ("DELETE FROM hold_contents", "what hold H-20261120-.* has selected is not what the log says"),
        ("UPDATE hold_contents SET place = x'00'", "what hold H-20261120-.* has selected is not what the log says"),
        ("UPDATE judgements SET by = 'Nobody'", "judgement M-.* is not what the log says"),
        ("DELETE FROM judgements", "judgement M-.* is gone"),
        ("UPDATE clusters SET confirmed_by = 'Nobody'", "duplicate cluster .* called confirmed, and nobody said so"),
        ("INSERT INTO determinations VALUES ('F-1', 'agree', '', 'Ho Mei', 'dpo', '2026-11-20')", "F-1 stands in no"),
        (
            "INSERT INTO answers VALUES (1, '', '**', 'consent.given', 'true', 'Ho', '2026-11-20', '', '', '')",
            "answers",
        ),
        ("INSERT INTO people VALUES (1, 'Ho Mei', '{}', '', 'Ho Mei')", "what the settings said of people"),
        (
            "INSERT INTO questions_put VALUES ('', '**', 'record.purpose', '2020-01-01', 'Ho')",
            "questions that were put",
        ),
        (
            "INSERT INTO rule_standings VALUES (1, 'adopted', 'R-1', 'Ho', '2026-11-20', '', '', 'P99Y', '', '')",
            "said of rules: 1 are kept, the log tells of 0",
        ),
        (
            "INSERT INTO plans VALUES (1, 'yearly', '', '2026-11-20', 'removed', '', 'Ho')",
            "plans of reviews: 1 are kept",
        ),
        ("INSERT INTO page_sign_offs VALUES (1, 'audit', 'A', '', 0, 'dpo', 'agree', '', 'Ho', x'', '')", "sign-offs"),
        (
            "INSERT INTO kept_metadata VALUES (1, x'00', '{}', 'Ho', 'dpo', '', '', '', '')",
            "metadata kept with masters",
        ),
        (
            "INSERT INTO decisions VALUES (1, 'B-1', 'F-1', 'agree', '', 'Ho', 'dpo', '', '', x'', '', '', '')",
            "decision B-1 on finding F-1 stands in no event",
        ),
        (
            "INSERT INTO second_looks VALUES (7, 'B-1', 'F-1', 'share', '', '[]', '', 'Ho', x'', 'agree', 'Wong', "
            "'dpo', 'agree', '', '2026-11-20', x'', '')",
            "second look 7 stands in no event",
        ),
    ],
)
def test_what_people_said_is_held_against_the_log(workspace: Workspace, statement: str, words: str) -> None:
    by_hand(workspace, *statement.split(";"))
    assert re.search(words, unsound(workspace)["what people said"])
    if statement == "DELETE FROM hold_contents":
        assert code(workspace, "catalogue", "check") == 4


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM hold_contents; DELETE FROM holds",
        "UPDATE holds SET document = replace(document, 'set1', 'set9')",
        "INSERT INTO holds SELECT 'H-1', document FROM holds",
        "DELETE FROM hold_contents",
    ],
)
def test_nothing_is_judged_sealed_or_forgotten_while_holds_are_not_what_the_log_says(
    workspace: Workspace, statement: str
) -> None:
    by_hand(workspace, *statement.split(";"))
    words = r"hold H-.* (is gone|is not what the log says|stands in no event)"
    for verb in (workspace.assess, workspace.report, lambda: purge(workspace.project, early=True)):
        with pytest.raises(VerificationError, match=words):
            verb()
    assert workspace.status().counts.holdings == 4
    assert code(workspace, "assess") == 4


def test_what_a_hold_selected_grows_with_each_assessment_and_is_vouched_for(workspace: Workspace) -> None:
    by_hand(workspace, "DELETE FROM event_texts WHERE sequence = 2", "UPDATE events SET at = at")
    told = [entry.event.details.get("selected") for entry in workspace.project.store.events()]
    assert told[2] is None and str(told[-1]).startswith("H-20261120-")
    by_hand(workspace, "INSERT INTO hold_contents SELECT hold_id, x'11', x'' FROM holds")
    assert "has selected" in unsound(workspace)["what people said"]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM hold_contents", "UPDATE holds SET document = replace(document, 'set1', 'set9')"]
)
def test_a_hold_that_was_tampered_with_comes_back_from_a_sealed_audit(sealed: Workspace, statement: str) -> None:
    before = list_holds(sealed.project)
    by_hand(sealed, statement)
    assert unsound(sealed)
    audit = next(one for one in sealed.project.reports.iterdir() if one.is_dir())
    assert restore_holds(sealed.project, audit).restored == (before[0].hold_id,)
    assert unsound(sealed) == {} and list_holds(sealed.project) == before
    assert restore_holds(sealed.project, audit).restored == ()


def test_what_was_taken_back_cannot_be_put_back_by_hand(workspace: Workspace) -> None:
    by_hand(workspace, "CREATE TABLE aside AS SELECT * FROM judgements")
    workspace.undo(workspace.judgements()[0].judgement_id, by="Ho Mei")
    by_hand(workspace, "INSERT INTO judgements SELECT * FROM aside", "DROP TABLE aside")
    assert "stands and was taken back" in unsound(workspace)["what people said"]


def test_an_emptied_catalogue_is_restored_and_not_upgraded(sealed: Workspace) -> None:
    sealed.close()
    for name in ("catalogue.db-wal", "catalogue.db-shm"):
        (sealed.project.folder / name).unlink(missing_ok=True)
    (sealed.project.folder / "catalogue.db").write_bytes(b"")
    assert unsound(sealed) == {"tables": "none: the catalogue is empty"}
    with pytest.raises(MachineError, match="lost or replaced"):
        upgrade(sealed.project)


def test_released_and_undone_is_as_the_log_says(workspace: Workspace) -> None:
    release_hold(workspace.project, list_holds(workspace.project)[0].hold_id, released_by="Wong", role="legal")
    workspace.undo(workspace.judgements()[0].judgement_id, by="Ho Mei")
    assert unsound(workspace) == {}


def test_answers_are_held_against_the_log(workspace: Workspace, tmp_path: Path) -> None:
    sheet = tmp_path / "questions.xlsx"
    export_questions(workspace.project, sheet)
    fill(sheet, 2, answer="campaign production", answered_by="Ho Mei")
    assert import_answers(workspace.project, sheet) == 1
    assert unsound(workspace) == {}
    by_hand(workspace, "UPDATE answers SET answered_by = 'Nobody'")
    assert "answers" in unsound(workspace)["what people said"]


def test_catalogues_of_earlier_versions_are_sound_after_an_upgrade(tmp_path: Path) -> None:
    project = Workspace.open(unpack("0.1.0", "workspace", tmp_path / "workspace")).project
    upgrade(project)
    assert [one for one in check(project) if not one.sound] == []


def test_restoring_says_what_is_younger_and_the_check_knows(sealed: Workspace, tmp_path: Path) -> None:
    project = sealed.project
    saved = back_up(project)
    sealed.confirm_master("copies/copy of 0.jpg", by="Ho Mei")
    sealed.assess()
    later = sealed.report()
    purged = purge(project, early=True)
    assert [file for file, _ in purged.backups] == [saved]
    assert purged.backups[0][1] == START.date() + timedelta(days=90)
    assert sealed.status().data_forgotten and sealed.status().data_ends_on is None
    done = restore(project, Path("backups") / saved.name)
    assert done.younger_audits == (later.audit_id,)
    assert done.younger.events["master confirmed"] == 1 and done.younger.events["working data purged"] == 1
    assert unsound(sealed) == {} and sealed.status().data_ends_on is not None
    assert {path.name for path in saved.parent.iterdir()} == {saved.name}
    then = Workspace.open(project.folder, clock=lambda: START + timedelta(days=90))
    assert purge(then.project, early=True).ended.files == 2  # the backup, and the catalogue that was set aside
    assert not saved.exists() and not done.aside.exists()
    by_hand(then, *(f"DELETE FROM {table} WHERE sequence > 3" for table in ("event_texts", "events")))
    assert "event log" in unsound(then)


def test_a_backup_whose_log_was_edited_is_refused(workspace: Workspace) -> None:
    saved = back_up(workspace.project)
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("UPDATE event_texts SET actor = 'somebody else' WHERE sequence = 2")
        connection.commit()
    raw = (workspace.project.folder / "catalogue.db").read_bytes()
    with pytest.raises(VerificationError, match="chain breaks at event 2"):
        restore(workspace.project, saved)
    workspace.close()
    assert raw[:100] and len(workspace.judgements()) == 1


def test_what_is_not_there_is_told_as_such(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = workspace.report().folder
    saved = back_up(workspace.project)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CallError, match=r"no backup nowhere\.db") as told:
        restore(workspace.project, Path("nowhere.db"))
    assert saved.name in told.value.advice
    with pytest.raises(CallError, match="no audit reports/none") as told:
        restore_holds(workspace.project, Path("reports/none"))
    assert audit.name in told.value.advice
    assert len(restore_holds(workspace.project, Path("reports") / audit.name).known) == 1


def test_holds_of_another_workspace_are_refused(sealed: Workspace, tmp_path: Path) -> None:
    audit = next(sealed.project.reports.iterdir())
    other = Workspace.create(tmp_path / "other", clock=lambda: START)
    with pytest.raises(CallError, match="another workspace") as told:
        restore_holds(other.project, audit)
    assert "--other" in told.value.advice and list_holds(other.project) == []
    assert len(restore_holds(other.project, audit, other=True).restored) == 1
    assert unsound(other) == {}
    content = json.loads((audit / "evidence" / "holds.json").read_text("utf-8"))
    assert len(content["workspace"]) == 32 and len(content["holds"]) == 1


def test_looking_at_a_lost_workspace_makes_no_catalogue(sealed: Workspace) -> None:
    sealed.close()
    for file in sealed.project.folder.glob("catalogue.db*"):
        file.unlink()
    with pytest.raises(MachineError, match="lost or replaced"):
        sealed.status()
    assert code(sealed, "catalogue", "check") == 5
    with pytest.raises(MachineError, match="no catalogue"):
        back_up(sealed.project)
    assert list(sealed.project.folder.glob("catalogue.db*")) == []
