"""Scanning as an officer lives it: nothing read twice, nothing lost, nothing changed, whatever happens in between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import allow_losses, make_library, picture

OFF = ScanOptions(workers=0, people="off")


def open_over(folder: Path, *sources: Path) -> Workspace:
    workspace = Workspace.create(folder)
    workspace.add(*sources)
    return workspace


def test_a_second_scan_reads_nothing(tmp_path: Path) -> None:
    make_library(tmp_path / "share", 12, copies=3)
    workspace = open_over(tmp_path / "audit", tmp_path / "share")
    first = workspace.scan(OFF)
    assert (first.new, first.examined.files, first.clustered.clusters) == (15, 15, 3)
    second = workspace.scan(OFF)
    assert (second.new, second.unchanged, second.examined.files, second.clustered.clusters) == (0, 15, 0, 3)


def test_new_changed_moved_and_vanished_are_told_apart(tmp_path: Path) -> None:
    share = tmp_path / "share"
    make_library(share, 8)
    workspace = open_over(tmp_path / "audit", share)
    workspace.scan(OFF)
    picture(100).save(share / "set0" / "new.jpg")
    picture(101).save(share / "set1" / "IMG_0001.jpg")
    (share / "set2" / "IMG_0002.jpg").rename(share / "set3" / "renamed.jpg")
    (share / "set3" / "IMG_0003.jpg").unlink()
    allow_losses(workspace)
    summary = workspace.scan(OFF)
    assert (summary.new, summary.changed, summary.moved, summary.vanished) == (1, 1, 1, 1)
    assert summary.examined.files == 2
    paths = set(workspace.table("holdings")["path"])
    assert "set3/renamed.jpg" in paths and "set3/IMG_0003.jpg" not in paths and "set2/IMG_0002.jpg" not in paths


@pytest.mark.sqlite
def test_a_changed_method_makes_fingerprints_anew_and_nothing_else(tmp_path: Path) -> None:
    make_library(tmp_path / "share", 6, copies=2)
    workspace = open_over(tmp_path / "audit", tmp_path / "share")
    workspace.scan(OFF)
    before = {name: workspace.table(name) for name in ("holdings", "clusters")}
    catalogue = tmp_path / "audit" / "catalogue.db"
    with sqlite3.connect(catalogue) as connection:
        fresh = connection.execute("select * from fingerprints order by content_id").fetchall()
        connection.execute("update fingerprints set method = 'older', perceptual = zeroblob(32), phash = zeroblob(8)")
        connection.execute("update catalogue set value = '{}' where key = 'left_by_scan'")  # an older program's terms
    summary = workspace.scan(OFF)
    assert (summary.new, summary.changed, summary.examined.files) == (0, 0, 0)
    with sqlite3.connect(catalogue) as connection:
        assert connection.execute("select * from fingerprints order by content_id").fetchall() == fresh
    for name, table in before.items():
        pd.testing.assert_frame_equal(workspace.table(name), table)


def test_an_unmounted_source_is_neither_held_nor_gone(tmp_path: Path) -> None:
    share = tmp_path / "share"
    make_library(share, 5)
    workspace = open_over(tmp_path / "audit", share)
    workspace.scan(OFF)
    share.rename(tmp_path / "away")
    summary = workspace.scan(OFF)
    assert summary.vanished == 0
    assert workspace.table("holdings").empty
    assert list(workspace.table("skipped")["reason"]) == ["not_reached"]
    (tmp_path / "away").rename(share)
    workspace.scan(OFF)
    assert len(workspace.table("holdings")) == 5


def test_scanning_changes_no_byte_and_no_time_of_a_source(tmp_path: Path) -> None:
    share = tmp_path / "share"
    make_library(share, 6)
    files = sorted(path for path in share.rglob("*") if path.is_file())
    for number, path in enumerate(files):
        os.utime(path, ns=(10**18 + number, 10**18 + number))
    before = [(path, path.read_bytes()) for path in files]
    for number, path in enumerate(files):
        os.utime(path, ns=(10**18 + number, 10**18 + number))
    open_over(tmp_path / "audit", share).scan(OFF)
    times = [(path.stat().st_atime_ns, path.stat().st_mtime_ns) for path in files]
    assert times == [(10**18 + number, 10**18 + number) for number in range(len(files))]
    assert [(path, path.read_bytes()) for path in files] == before
    assert sorted(path for path in share.rglob("*") if path.is_file()) == files


def test_tables_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    share = _share_with_near_copies(tmp_path)
    alone, pair = open_over(tmp_path / "alone", share), open_over(tmp_path / "pair", share)
    alone.scan(OFF)
    pair.scan(ScanOptions(workers=2, people="off"))
    assert (alone.table("holdings")["relation"] == "recompressed").any()
    for table in ("holdings", "clusters", "links", "skipped"):
        pd.testing.assert_frame_equal(alone.table(table), pair.table(table))


def test_clusters_found_bit_by_bit_are_those_found_at_once(tmp_path: Path) -> None:
    share = _share_with_near_copies(tmp_path)
    whole, parts = open_over(tmp_path / "whole", share), open_over(tmp_path / "parts", share)
    whole.scan(OFF)
    for _ in range(5):
        parts.scan(ScanOptions(workers=0, people="off", limit=7))
    for table in ("holdings", "clusters"):
        pd.testing.assert_frame_equal(_without_ids(whole, table), _without_ids(parts, table))


def test_crops_are_looked_for_unless_the_settings_or_the_call_leave_them_out(tmp_path: Path) -> None:
    share = _share_with_near_copies(tmp_path)
    whole = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]
    whole.save(share / "whole.png")
    whole.crop((150, 20, 400, 270)).save(share / "part.png")
    workspace = open_over(tmp_path / "audit", share)

    def relation_of_the_part(options: ScanOptions) -> str:
        workspace.scan(options)
        table = workspace.table("holdings").set_index("path")
        return str(table["relation"]["part.png"])

    without = ScanOptions(workers=0, people="off", crops=False)
    assert relation_of_the_part(without) == ""
    assert relation_of_the_part(OFF) == "cropped"
    assert relation_of_the_part(without) == ""


def _share_with_near_copies(folder: Path) -> Path:
    make_library(folder / "share", 20, copies=6)
    for number in range(4):
        picture(number).save(folder / "share" / "set0" / f"web {number}.jpg", quality=40)
    return folder / "share"


def _without_ids(workspace: Workspace, table: str) -> pd.DataFrame:
    """A table with clusters named by their masters: an id is that of a cluster's birth, which depends on history."""
    clusters = workspace.table("clusters").set_index("cluster_id")["master_path"]
    frame = workspace.table(table)
    frame["cluster_id"] = frame["cluster_id"].map(clusters).fillna("")
    return frame.sort_values(list(frame.columns[:2]), ignore_index=True)


def test_hostile_neighbours_cost_only_themselves(tmp_path: Path) -> None:
    share = tmp_path / "share"
    make_library(share, 3)
    good = (share / "set0" / "IMG_0000.jpg").read_bytes()
    (share / "cut.jpg").write_bytes(good[: len(good) // 2])
    (share / "text.jpg").write_text("no picture")
    (share / "nothing.png").write_bytes(b"")
    (share / "letter.docx").write_bytes(b"PK\x03\x04rest")
    (share / "notes.txt").write_text("x")
    os.mkfifo(share / "pipe.jpg")
    name = os.fsdecode(bytes(share) + b"/\xff\xfe\nbad.jpg")
    Path(name).write_bytes(good)
    workspace = open_over(tmp_path / "audit", share)
    workspace.scan(OFF)
    skipped = dict(zip(workspace.table("skipped")["path"], workspace.table("skipped")["reason"], strict=True))
    assert skipped == {
        "cut.jpg": "truncated",
        "text.jpg": "not_an_image",
        "nothing.png": "empty",
        "letter.docx": "damaged",
        "notes.txt": "other_file",
        "pipe.jpg": "special_file",
    }
    holdings = workspace.table("holdings")
    assert "%FF%FE\nbad.jpg" in set(holdings["path"])
    assert set(holdings[holdings["skipped_reason"] != ""]["path"]) == {"cut.jpg", "text.jpg", "nothing.png"}


def as_ordinary_reader() -> list[str]:
    """What stands before a command that permissions bind, as they bind everybody but root."""
    powers = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", "--"] if os.geteuid() == 0 else []


@pytest.mark.sqlite
def test_a_file_without_permission_is_skipped(tmp_path: Path) -> None:
    make_library(tmp_path / "share", 2)
    (tmp_path / "share" / "set0" / "IMG_0000.jpg").chmod(0)
    workspace = open_over(tmp_path / "audit", tmp_path / "share")
    command = [sys.executable, "-m", "pdpo_audit", "scan", "--workspace", str(tmp_path / "audit"), "--people", "off"]
    subprocess.run([*as_ordinary_reader(), *command], check=True)
    assert list(workspace.table("skipped")["reason"]) == ["no_permission"]


@pytest.mark.sqlite
def test_a_killed_scan_goes_on_where_it_stopped(tmp_path: Path) -> None:
    share = tmp_path / "share"
    make_library(share, 400, copies=40)
    shutil.copytree(share, tmp_path / "same", copy_function=shutil.copy2)
    whole = open_over(tmp_path / "whole", share)
    whole.scan(OFF)
    folder = tmp_path / "killed"
    open_over(folder, share).close()
    command = [sys.executable, "-m", "pdpo_audit", "scan", "--workspace", str(folder), "--people", "off"]
    process = subprocess.Popen([*command, "--workers", "1"], start_new_session=True, stderr=subprocess.DEVNULL)
    recorded = _wait_for_records(folder / "catalogue.db", at_least=60)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    recorded = _records(folder / "catalogue.db")
    assert 60 <= recorded < 440
    done = subprocess.run([*command, "--json"], capture_output=True, check=True)
    assert json.loads(done.stdout)["examined"]["files"] == 440 - recorded
    resumed = Workspace.open(folder)
    for table in ("holdings", "clusters", "links", "skipped"):
        pd.testing.assert_frame_equal(whole.table(table), resumed.table(table))


def _wait_for_records(catalogue: Path, at_least: int) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if catalogue.exists() and (count := _records(catalogue)) >= at_least:
            return count
        time.sleep(0.01)
    raise AssertionError("the scan recorded nothing in a minute")


def _records(catalogue: Path) -> int:
    try:
        with sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True) as connection:
            return int(connection.execute("select count(*) from holdings").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_of_equal_files_that_are_all_new_one_is_decoded(tmp_path: Path) -> None:
    """Uncompressed pictures of one camera all have one size: equal size alone tells nothing."""
    share = tmp_path / "share"
    share.mkdir()
    for number in range(3):
        picture(number).save(share / f"{number}.bmp")
        for copy in range(100):
            shutil.copy(share / f"{number}.bmp", share / f"copy {copy:02} of {number}.bmp")
    summary = open_over(tmp_path / "audit", share).scan(OFF)
    assert summary.examined.files == 303
    assert summary.examined.decoded < 70
    assert (summary.clustered.clusters, summary.clustered.additional_copies) == (3, 300)


def test_files_without_a_picture_are_no_copies_of_each_other(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    for name, content in (("a.jpg", bytes(5000)), ("b.jpg", bytes(5000)), ("c.png", b""), ("d.png", b"")):
        (share / name).write_bytes(content)
    for name in ("e.psd", "f.psd"):  # not decoded, and yet a picture
        (share / name).write_bytes(b"8BPS\0\1" + bytes(range(200)))
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(ScanOptions(workers=0, people="off"))
    copies = workspace.table("holdings").query("cluster_id != ''")
    assert sorted(copies["path"]) == ["e.psd", "f.psd"]
