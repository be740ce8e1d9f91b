"""Sorting a library by metadata alone, and what a scan says of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import ScanOptions
from tests.cli.conftest import Call, call  # noqa: F401 - the fixture
from tests.execution.serial import Serial
from tests.workspace.library import picture

OFF = ScanOptions(workers=0, people="off")


def shot(file: Path, seed: int, taken: str, camera: str = "X100", quality: int = 90) -> None:
    exif = Image.Exif()
    exif[0x0110] = camera
    exif.get_ifd(0x8769)[0x9003] = taken
    file.parent.mkdir(parents=True, exist_ok=True)
    picture(seed, (320, 240)).save(file, quality=quality, exif=exif)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    share = tmp_path / "share"
    shot(share / "IMG_1.jpg", 1, "2024:05:01 12:00:00")
    shot(share / "web" / "IMG_1-web.jpg", 1, "2024:05:01 12:00:00", quality=50)
    shot(share / "burst a.jpg", 2, "2024:05:01 13:00:00")
    shot(share / "burst b.jpg", 3, "2024:05:01 13:00:00")
    picture(1, (320, 240)).save(share / "renamed.png")
    (share / "notes.txt").write_text("no image")
    for number, file in enumerate(sorted(share.rglob("*.*"))):
        os.utime(file, ns=(10**18 + number, 10**18 + number))
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.close()
    return tmp_path / "audit"


def test_a_first_look_decodes_nothing_and_records_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a pixel was decoded")

    monkeypatch.setattr(Image.Image, "load", refuse)
    monkeypatch.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
    workspace = Workspace.open(folder)
    found = workspace.sort_files()
    assert found.files == 5
    assert found.groups == (
        ("share:IMG_1.jpg", "share:web/IMG_1-web.jpg"),
        ("share:burst a.jpg", "share:burst b.jpg"),
    )
    assert "no picture was compared" in found.note
    assert workspace.status().counts.holdings == 0 and workspace.project.store.events() == []


def test_a_scan_says_what_sorting_would_have_got_wrong(folder: Path) -> None:
    workspace = Workspace.open(folder)
    workspace.scan(OFF)
    report = workspace.report_sorting()
    assert (report.pairs_found, report.pairs_missed, report.pairs_wrong) == (1, 2, 1)
    assert report.wrong == (("share:burst a.jpg", "share:burst b.jpg"),)
    assert report.missed == (("share:IMG_1.jpg", "share:renamed.png"),)


def test_the_command_line_sorts_and_compares(folder: Path, call: Call) -> None:  # noqa: F811
    here = ("--workspace", folder)
    looked = call("scan", "--level", "metadata", "--json", *here)
    assert looked.code == 0 and len(json.loads(looked.out)["groups"]) == 2
    scanned = call("scan", "--people", "off", "--workers", "0", "--compare-metadata", "--json", *here)
    assert json.loads(scanned.out)["metadata_sorting"]["pairs_wrong"] == 1
    settings = folder / "pdpo-audit.toml"
    settings.write_text(settings.read_text("utf-8").replace('level = "near"', 'level = "metadata"'), "utf-8")
    again = call("scan", *here)
    assert again.code == 0 and "nothing was recorded" in again.err
    with pytest.raises(CallError):
        Workspace.open(folder).scan(OFF)


def test_a_level_that_was_asked_for_counts(folder: Path) -> None:
    workspace = Workspace.open(folder)
    exact = ScanOptions(workers=0, people="off", level="exact")
    assert workspace.scan(exact).clustered.clusters == 0
    assert workspace.scan(OFF).clustered.clusters == 1


def test_crops_are_found_after_a_scan_that_did_not_look_for_them(folder: Path) -> None:
    share = folder.parent / "share"
    whole = picture(9, (640, 480))
    whole.save(share / "whole.png")
    whole.crop((60, 40, 560, 420)).save(share / "part.png")
    workspace = Workspace.open(folder)
    workspace.scan(ScanOptions(workers=0, people="off", level="pixel"))
    workspace.scan(OFF)
    table = workspace.table("holdings")
    clusters = dict(zip(table["path"], table["cluster_id"], strict=True))
    assert clusters["whole.png"] == clusters["part.png"] != ""
