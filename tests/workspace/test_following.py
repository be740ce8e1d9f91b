"""What became of earlier proposals: copies that went, pictures that were made again, and nothing said of moves."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.queries.following import follow_up
from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.model.tables import COLUMNS, Table, frozen_columns
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from tests.workspace.library import allow_losses, make_library, picture

HERE = ScanOptions(workers=0, people="off")


class Library:
    """A share whose owner erases and copies, and an audit of it on any day."""

    def __init__(self, base: Path) -> None:
        self.share, self.act = base / "share", "erase"
        make_library(self.share, 4)
        (self.share / "copies").mkdir()
        self.day = datetime(2026, 1, 10, 12, tzinfo=HONG_KONG)
        self.workspace = Workspace.create(base / "audit", clock=lambda: self.day)
        file = self.workspace.project.settings_path
        file.write_text(file.read_text("utf-8").replace('["en"]', '["en", "zh-Hant"]'), "utf-8")
        allow_losses(self.workspace)

    @property
    def first(self) -> Path:
        return self.share / "set0" / "IMG_0000.jpg"

    def audit(self, *due: str) -> str:
        """Scan, freeze an assessment that puts the paths ``due`` up for erasure, and call it reported."""
        if not self.workspace.project.settings.sources:
            self.workspace.add(self.share)
        self.workspace.scan(HERE)
        held = self.workspace.table("holdings")
        audit = recorded.StoredAudit(
            audit_id=f"{self.day:%Y-%m-%d}", started_at=self.day.isoformat(), finished_at="", folder="",
            assessed_on=f"{self.day:%Y-%m-%d}", event=recorded.last_event(self.workspace.project.store), methods={},
        )  # fmt: skip
        outcome = held["path"].isin(due).map({True: "due", False: "no_rule"})
        act = outcome.map({"due": self.act, "no_rule": ""})
        dispositions = held.assign(outcome=outcome, act=act).reindex(columns=COLUMNS[Table.DISPOSITIONS])
        found = held[held["path"].isin(due)]
        findings = found.assign(finding_id=[f"F{place}" for place in found.index])
        with self.workspace.project.store.transaction() as transaction:
            recorded.record_assessment(
                transaction, audit, findings.reindex(columns=frozen_columns(Table.FINDINGS)), dispositions
            )
            recorded.close_audit(transaction, audit.audit_id, "somewhere", self.day.isoformat())
        return audit.audit_id

    def since(self, *earlier: str) -> FollowUp:
        """What a scan today says of the ``earlier`` audits."""
        self.workspace.scan(HERE)
        project = self.workspace.project
        chosen = [audit for audit in recorded.load_audits(project.store) if audit.audit_id in earlier]
        found = follow_up(project.store, chosen, project.source_records())
        assert found is not None
        return found


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def test_only_what_was_put_up_for_erasure_is_followed(library: Library) -> None:
    library.act = "take_down"
    before = library.audit("set0/IMG_0000.jpg")
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    assert library.since(before).proposed == 0


def test_a_copy_that_was_erased_and_made_again_elsewhere_is_named(library: Library) -> None:
    copy = library.share / "copies" / "a.jpg"
    shutil.copy(library.first, copy)
    before = library.audit("copies/a.jpg", "set1/IMG_0001.jpg")
    copy.unlink()
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    (library.share / "desktop").mkdir()
    shutil.copy(library.first, library.share / "desktop" / "again.jpg")
    found = library.since(before)
    assert (found.proposed, found.gone, found.held, found.moved) == (2, 1, 1, 0)
    assert (found.returned_copies, found.returned_pictures, found.joined, found.joined_pictures) == (1, 1, 1, 1)
    (one,) = found.returned
    assert (one.path, one.first_seen) == ("desktop/again.jpg", "2026-03-01")
    assert (one.erased_path, one.gone_on, one.proposed_in) == ("copies/a.jpg", "2026-03-01", before)


def test_another_version_of_the_picture_counts_as_made_again(library: Library) -> None:
    copy = library.share / "copies" / "small.jpg"
    whole = Image.open(library.first)
    whole.resize((80, 60)).save(copy, quality=80)
    before = library.audit("copies/small.jpg")
    copy.unlink()
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    whole.save(library.share / "copies" / "other.jpg", quality=60)
    found = library.since(before)
    assert [one.path for one in found.returned] == ["copies/other.jpg"]
    assert found.returned[0].erased_path == "copies/small.jpg" and found.returned[0].cluster_id


def test_a_copy_that_came_back_to_its_place_is_known_from_the_audit_before_the_last(library: Library) -> None:
    copy = library.share / "copies" / "a.jpg"
    shutil.copy(library.first, copy)
    first = library.audit("copies/a.jpg")
    copy.unlink()
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    second = library.audit()
    shutil.copy(library.first, copy)
    library.day = datetime(2026, 5, 1, tzinfo=HONG_KONG)
    found = library.since(first, second)
    (one,) = found.returned
    assert (one.path, one.erased_path, one.gone_on, one.proposed_in) == ("copies/a.jpg", "copies/a.jpg", "", first)
    assert (found.audit_id, found.proposed, found.gone, found.joined) == (second, 0, 0, 1)


def test_a_move_is_no_new_copy_and_no_erasure(library: Library) -> None:
    shutil.copy(library.first, library.share / "copies" / "twin.jpg")
    before = library.audit("set0/IMG_0000.jpg")
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    library.first.rename(library.share / "copies" / "moved.jpg")
    found = library.since(before)
    assert (found.gone, found.moved, found.joined, found.returned) == (0, 1, 0, ())


def test_a_copy_of_a_picture_that_nobody_erased_is_new_and_not_made_again(library: Library) -> None:
    before = library.audit("set1/IMG_0001.jpg")
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    shutil.copy(library.first, library.share / "copies" / "b.jpg")
    picture(99).save(library.share / "copies" / "never seen.jpg")
    found = library.since(before)
    assert (found.joined, found.joined_pictures, found.returned_copies, found.held) == (1, 1, 0, 1)


def test_a_file_that_was_overwritten_is_no_new_copy(library: Library) -> None:
    before = library.audit("set1/IMG_0001.jpg")
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    shutil.copy(library.first, library.share / "set2" / "IMG_0002.jpg")
    found = library.since(before)
    assert (found.joined, found.returned_copies, found.held) == (0, 0, 1)


def test_what_the_catalogue_forgot_is_not_made_up(library: Library) -> None:
    before = library.audit()
    project = library.workspace.project
    with project.store.transaction() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM dispositions")
    (audit,) = [one for one in recorded.load_audits(project.store) if one.audit_id == before]
    assert follow_up(project.store, [audit], project.source_records()) is None


def test_the_next_audit_says_so_in_report_workbook_and_numbers(library: Library) -> None:
    copy = library.share / "copies" / "a.jpg"
    shutil.copy(library.first, copy)
    before = library.audit("copies/a.jpg")
    copy.rename(library.share.parent / "kept away.jpg")
    library.day = datetime(2026, 3, 1, tzinfo=HONG_KONG)
    shutil.copy(library.first, library.share / "copies" / "=again().jpg")
    library.workspace.scan(HERE)
    folder = library.workspace.report().folder
    numbers = json.loads((folder / "evidence" / "summary.json").read_text("utf-8"))["follow_up"]
    assert (numbers["audit_id"], numbers["gone"], numbers["returned_copies"]) == (before, 1, 1)
    book = load_workbook(folder / "workbook.xlsx")
    rows = list(book["FollowUp"].iter_rows(min_row=2, values_only=True))
    assert [(row[1], row[6]) for row in rows] == [("copies/=again().jpg", "copies/a.jpg")]
    summary = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True)}
    assert summary["Gone: no longer at their place"] == 1
    if shutil.which("pdftotext"):
        for language, said in (("en", "1 copy was made again after an erasure"), ("zh-Hant", "在刪除後再次出現")):
            text = subprocess.run(
                ["pdftotext", str(folder / f"report.{language}.pdf"), "-"], capture_output=True, text=True, check=True
            ).stdout
            assert said.replace(" ", "") in "".join(text.split())
            assert "copies/=again().jpg" in "".join(text.split())


def test_places_of_audits_that_were_printed_otherwise_are_found_again(library: Library) -> None:
    copy = library.share / "copies" / "50% off.jpg"
    copy.write_bytes(library.first.read_bytes())
    before = library.audit("copies/50%25 off.jpg")
    store = library.workspace.project.store
    with store.transaction() as transaction:  # as version 0.1 wrote it, without "places" among the methods
        from sqlalchemy import update

        from pdpo_audit.catalogue import schema

        for table in (schema.dispositions, schema.findings):
            changed = update(table).where(table.c.path == "copies/50%25 off.jpg").values(path="copies/50% off.jpg")
            transaction.connection.execute(changed)
    found = library.since(before)
    assert (found.proposed, found.held, found.gone, found.moved, found.joined) == (1, 1, 0, 0, 0)
    copy.unlink()
    found = library.since(before)
    assert (found.proposed, found.held, found.gone, found.moved) == (1, 0, 1, 0)
