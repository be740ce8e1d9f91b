"""Identity numbers through a whole audit: told, fed to the rules, covered, and never written anywhere."""

from __future__ import annotations

import io
import os
import re
import signal
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Hashable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.catalogue.care.purging import forget_boxes
from pdpo_audit.catalogue.queries.contents import placed_contents
from pdpo_audit.catalogue.stated.texts import known_boxes, stored_pictures
from pdpo_audit.imaging.covering import covered_jpeg
from pdpo_audit.model.tables import Table
from pdpo_audit.networks import files
from pdpo_audit.pipeline.remembered import TEXT_METHOD
from pdpo_audit.pipeline.text.reading import text_used
from pdpo_audit.text.engines.weights import INSTALL
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.asking import export_questions
from pdpo_audit.workspace.rules.assessing import project_facts, tables
from pdpo_audit.workspace.running import run
from pdpo_audit.workspace.setup import diagnosis
from tests.execution.serial import Serial
from tests.text.samples import HKID, ZONE, card, saved
from tests.workspace.library import picture

HERE = ScanOptions(workers=0, people="off")
OTHER = "R548071(9)"


def make_share(share: Path) -> None:
    """A card held twice and once more compressed, a passport in a TIFF's second page, a slip in a GIF's second frame,
    and pictures without numbers."""
    front = card()
    saved(front, share / "site" / "card.jpg")
    (share / "site" / "again.jpg").write_bytes((share / "site" / "card.jpg").read_bytes())
    saved(front, share / "site" / "small.jpg", quality=60)
    zone = card(ZONE, size=(1100, 600), ink=30)
    (share / "scans").mkdir()
    picture(5, (400, 300)).save(share / "scans" / "two.tif", save_all=True, append_images=[zone])
    slide = picture(8, (640, 400))
    slide.save(share / "scans" / "slides.gif", save_all=True, append_images=[card(OTHER)], duration=900, loop=0)
    saved(picture(7, (400, 300)), share / "scans" / "plain.jpg")
    saved(card("Net pay HK$20,000", title="Payslip"), share / "scans" / "slip.jpg")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    base = tmp_path_factory.mktemp("text")
    make_share(base / "share")
    (base / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PDPO_AUDIT_TEXT__SCOPE", "all")
        patched.setenv("TMPDIR", str(base / "tmp"))
        patched.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
        patched.setenv("PDPO_AUDIT_REPORT__LANGUAGES", '["en"]')
        patched.setenv("PDPO_AUDIT_POLICY__PACKS", '["hk-identity-documents"]')
        workspace = Workspace.create(base / "audit")
        workspace.add(*sorted((base / "share").iterdir()))
        settings = workspace.project.settings_path
        before, mark, after = settings.read_text("utf-8").partition('name = "site"')
        settings.write_text(before + mark + after.replace("# external_facing = false", "external_facing = true", 1))
        workspace.project.reload()
        run(workspace, HERE, [])
        yield workspace
        workspace.close()


def rows(workspace: Workspace) -> dict[str, dict[Hashable, object]]:
    frame = pd.concat(list(tables(workspace.project).chunks(Table.HOLDINGS)))
    return {str(row["path"]): row for row in frame.to_dict("records")}


def audit_of(workspace: Workspace) -> str:
    (folder,) = (workspace.project.folder / "reports").iterdir()
    return folder.name


def test_numbers_are_told_in_copies_pages_and_frames(workspace: Workspace) -> None:
    told = {path: row["identity_numbers"] for path, row in rows(workspace).items()}
    assert told == {
        "card.jpg": "hkid", "again.jpg": "hkid", "small.jpg": "hkid", "slides.gif": "hkid",
        "two.tif!/page/2": "passport", "two.tif!/page/1": "looked for: none legible",
        "plain.jpg": "looked for: none legible", "slip.jpg": "looked for: none legible",
    }  # fmt: skip


def test_they_are_flags_and_what_shows_none_is_not_called_free_of_them(workspace: Workspace) -> None:
    flags = {path: row["sensitivity"] for path, row in rows(workspace).items()}
    assert flags["small.jpg"] == flags["two.tif!/page/2"] == "identity_document"
    assert flags["plain.jpg"] == "not looked for"


def test_words_are_a_question_and_no_finding(workspace: Workspace, tmp_path: Path) -> None:
    assert rows(workspace)["slip.jpg"]["text_hints"] == "payslip"
    asked = export_questions(workspace.project, tmp_path / "questions.xlsx", preview=True).questions
    (said,) = {one.english for one in asked if one.fact == "record.class" and one.sources == ("*",)}
    assert "payslips (1): are they?" in said


def test_a_legible_number_for_all_to_see_is_critical(workspace: Workspace) -> None:
    facts = project_facts(workspace.project).set_index("path")
    assert facts.loc["card.jpg", "text.legible_numbers"] == ("hkid",)
    assert facts.loc["plain.jpg", "text.legible_numbers"] is None
    found = pd.concat(list(tables(workspace.project, audit_of(workspace)).chunks(Table.FINDINGS)))
    critical = found[found["rule"] == "ID-11"]
    assert set(critical["path"]) == {"card.jpg", "again.jpg", "small.jpg"} and set(critical["severity"]) == {"critical"}


def test_the_picture_for_the_report_has_a_black_field_on_the_number(workspace: Workspace) -> None:
    store = workspace.project.store
    method = store.recall(TEXT_METHOD)
    (held,) = [one for one in placed_contents(store) if one.ref.path == "card.jpg"]
    covers = known_boxes(store, held.content, method)
    ((left, top, width, height),) = covers.boxes
    small = np.asarray(card().resize((160, 100)), np.uint8)
    shown = Image.open(io.BytesIO(covered_jpeg(small, covers)))
    pixels = np.asarray(shown.convert("L"))
    part = pixels[int(top / 4) : int((top + height) / 4), int(left / 4) : int((left + width) / 4)]
    assert part.size and part.mean() < 12 and pixels.mean() > 120
    assert covered_jpeg(np.asarray(shown.convert("RGB"), np.uint8), covers) == b""
    stored = [one for one in stored_pictures(store, method) if one.content == held.content]
    for one in stored:
        assert covered_jpeg(np.asarray(Image.open(io.BytesIO(one.thumbnail)).convert("RGB"), np.uint8), covers) == b""


def test_boxes_that_were_forgotten_leave_the_kind_and_cover_the_whole(workspace: Workspace) -> None:
    project = workspace.project
    method = project.store.recall(TEXT_METHOD)
    content = next(one.content for one in placed_contents(project.store) if one.ref.path == "card.jpg")
    assert known_boxes(project.store, content, method).boxes[0][0] > 0
    with project.store.transaction() as transaction:
        forget_boxes(transaction)
    assert known_boxes(project.store, content, method).boxes == ((0, 0, 640, 400),)
    assert rows(workspace)["card.jpg"]["identity_numbers"] == "hkid"


def test_no_number_stands_in_anything_that_was_written(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = workspace.project.folder
    for table in Table:
        workspace.export(table.value, "csv", folder / f"{table.value}.csv")
    searched = sum(not_in(data) for file in everything_in(folder) for data in unpacked(file))
    assert searched > 50
    assert HKID[:7] not in "".join(capsys.readouterr())
    assert not list((folder.parent / "tmp").rglob("*.png"))


def test_without_the_engine_the_pass_is_left_out_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(card(), tmp_path / "share" / "card.jpg")
    monkeypatch.setenv("PDPO_AUDIT_TEXT__SCOPE", "all")
    monkeypatch.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
    monkeypatch.setattr(files, "beside", lambda module, name: None)
    with closing(Workspace.create(tmp_path / "audit")) as workspace:
        workspace.add(tmp_path / "share")
        summary = workspace.scan(HERE)
        assert summary.text is None and summary.text_missing == INSTALL
        assert text_used(workspace.project.store) == {"text": None, "text_scope": "missing"}
        assert rows(workspace)["card.jpg"]["identity_numbers"] == "not looked for"
    symptom = diagnosis._text_engine()
    assert not (symptom.well or symptom.needed) and symptom.remedy == INSTALL


def test_the_search_for_numbers_finds_one(tmp_path: Path) -> None:
    for write in (
        lambda file: file.write_bytes(b"x" + HKID.encode("utf-16-le")),
        lambda file: zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED).writestr("a.xml", f"<v>{ZONE[:9]}</v>"),
        lambda file: file.write_bytes(b"%PDF-1.7\nstream\n" + zlib.compress(b"(987243) Tj") + b"endstream"),
    ):
        file = tmp_path / "found.bin"
        write(file)
        with pytest.raises(AssertionError, match="a number"):
            for data in unpacked(file):
                not_in(data)


def test_a_scan_that_is_killed_leaves_no_number(tmp_path: Path) -> None:
    share = tmp_path / "share"
    for number in range(3):
        saved(card(HKID if number else OTHER, size=(640, 400 + 30 * number)), share / f"{number}.png")
    (tmp_path / "tmp").mkdir()
    environment = os.environ | {"PDPO_AUDIT_TEXT__SCOPE": "all", "TMPDIR": str(tmp_path / "tmp")}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "audit"), str(share)], env=environment, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert sum(not_in(data) for file in everything_in(tmp_path / "audit") for data in unpacked(file)) > 1
    not_in(killed.stdout + killed.stderr)
    with sqlite3.connect(tmp_path / "audit" / "catalogue.db") as connection:
        assert connection.execute("SELECT count(*) FROM text_readings").fetchone() == (1,)


def test_a_scan_that_was_killed_in_the_middle_goes_on_to_the_same_tables(tmp_path: Path, catalogue_url: str) -> None:
    share = tmp_path / "share"
    for number in range(3):
        saved(card(HKID if number else OTHER, size=(640, 400 + 30 * number)), share / f"{number}.png")
    environment = os.environ | {"PDPO_AUDIT_TEXT__SCOPE": "all", "PDPO_AUDIT_CATALOGUE__URL": catalogue_url}
    called = [sys.executable, "-c", KILLED, str(tmp_path / "audit"), str(share)]
    assert subprocess.run(called, env=environment, capture_output=True).returncode == -signal.SIGKILL
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PDPO_AUDIT_TEXT__SCOPE", "all")
        patched.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
        with closing(Workspace.create(tmp_path / "b")) as once:
            patched.setenv("PDPO_AUDIT_CATALOGUE__URL", catalogue_url)
            resumed = Workspace.open(tmp_path / "audit")
            summary = resumed.scan(HERE)
            assert summary.text is not None and summary.text.read == 2  # the first was recorded before
            once.add(share)
            once.scan(HERE)
            for table in (Table.HOLDINGS, Table.CLUSTERS, Table.SKIPPED):
                assert resumed.table(table.value).to_csv() == once.table(table.value).to_csv()
            assert {row["identity_numbers"] for row in rows(resumed).values()} == {"hkid"}
            resumed.close()


def test_what_could_not_be_read_is_a_row_of_skipped_and_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An animation that breaks off: its first frame is a picture like any, what the others say nobody knows."""
    share, whole = tmp_path / "share", io.BytesIO()
    saved(card(), share / "card.jpg")
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (400, 640, 3), dtype=np.uint8))
    picture(3, (640, 400)).save(whole, "PNG", save_all=True, append_images=[card(), noise], duration=100)
    (share / "torn.png").write_bytes(whole.getvalue()[:-20_000])
    monkeypatch.setenv("PDPO_AUDIT_TEXT__SCOPE", "all")
    monkeypatch.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
    for people in ("off", "all"):
        with closing(Workspace.create(tmp_path / people)) as workspace:
            workspace.add(share)
            summary = workspace.scan(ScanOptions(workers=0, people=people))
            ((path, reason),) = workspace.table("skipped")[["path", "reason"]].itertuples(index=False)
            assert (path, reason) == ("torn.png", "text_pass_failed" if people == "off" else "face_pass_failed")
            assert sum(summary.listed.values()) == 1
            assert workspace.status().counts.skipped == 1
            assert rows(workspace)["torn.png"]["identity_numbers"] == "not looked for"


#: A scan in this process that ends itself, as by ``kill -9``, when the first batch of readings was recorded.
KILLED = """
import os, signal, sys
from pathlib import Path
from pdpo_audit import Workspace
from pdpo_audit.pipeline.text import reading
from pdpo_audit.workspace.project import ScanOptions
from tests.execution.serial import Serial
import pdpo_audit.execution
pdpo_audit.execution.open_executor = lambda *_, **__: Serial()
reading._BATCH = 1
record = reading.recorded.record_readings
def record_and_die(transaction, readings, **named):
    if record_and_die.calls:
        os.kill(os.getpid(), signal.SIGKILL)
    record_and_die.calls += 1
    record(transaction, readings, **named)
record_and_die.calls = 0
reading.recorded.record_readings = record_and_die
workspace = Workspace.create(Path(sys.argv[1]))
workspace.add(Path(sys.argv[2]))
workspace.scan(ScanOptions(workers=0, people="off"))
"""

#: The digits of each sample, whatever letters and brackets stand around them.
DIGITS = tuple(digits for number in (HKID, OTHER, ZONE) for digits in re.findall(r"[0-9]{6,}", number.replace("L", "")))


def everything_in(folder: Path) -> Iterator[Path]:
    yield from (file for file in folder.rglob("*") if file.is_file())


def unpacked(file: Path) -> Iterator[bytes]:
    """The bytes of a file, of the files in it where it is a ZIP, and of the streams in it where it is a PDF."""
    data = file.read_bytes()
    yield data
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.S):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(stream)


def not_in(data: bytes) -> bool:
    """True, for counting, where no number stands in the bytes, in whichever of the usual encodings."""
    for digits in DIGITS:
        for form in (digits.encode(), digits.encode("utf-16-le"), digits.encode("utf-16-be")):
            assert form not in data, "a number was written"
    return True
