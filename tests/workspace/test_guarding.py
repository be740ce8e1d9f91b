"""One file costs itself: hostile files through a whole scan, with and without workers of their own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import picture


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flat_png(width: int, height: int, *, bits: int = 8, colour: int = 0, channels: int = 1) -> bytes:
    """A black picture of any size in a small file."""
    packer, row = zlib.compressobj(9), bytes(1 + width * channels * bits // 8)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def infinite_thumbnail() -> bytes:
    """The EXIF of a picture whose thumbnail begins at infinity."""
    infinity = struct.pack("<f", float("inf"))
    first = struct.pack("<HHHI", 1, 0x0112, 3, 1) + struct.pack("<HH", 1, 0) + struct.pack("<I", 8 + 2 + 12 + 4)
    second = struct.pack("<H", 2)
    second += struct.pack("<HHI", 0x0201, 11, 1) + infinity + struct.pack("<HHI", 0x0202, 11, 1) + infinity
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + second + bytes(4 + 1000)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """Two copies of one picture among files that ended every run, or took all memory."""
    folder = tmp_path / "share"
    folder.mkdir()
    picture(1).save(folder / "good.jpg", quality=90)
    picture(1).save(folder / "smaller.jpg", quality=40)
    picture(2).save(folder / "infinite.jpg", exif=infinite_thumbnail())
    (folder / "line.png").write_bytes(flat_png(60_000_000, 1))
    (folder / "many.png").write_bytes(flat_png(40_000, 20_000))
    (folder / "wide.webp").write_bytes(b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\x3e\0" * 2 + bytes(40))
    (folder / "torn.jpg").write_bytes((folder / "good.jpg").read_bytes()[:900])
    return folder


def scanned(folder: Path, share: Path, workers: int, people: str = "off") -> Workspace:
    workspace = Workspace.create(folder)
    workspace.add(share)
    workspace.scan(ScanOptions(workers=workers, people=people))
    return workspace


def reasons(workspace: Workspace) -> dict[str, str]:
    table = workspace.table("skipped")
    return dict(zip(table["path"], table["reason"], strict=True))


@pytest.mark.parametrize("workers", [0, 2])
def test_one_file_costs_itself(tmp_path: Path, share: Path, workers: int) -> None:
    workspace = scanned(tmp_path / "audit", share, workers)
    assert reasons(workspace) == {
        "line.png": "too_large", "many.png": "too_large", "torn.jpg": "truncated", "wide.webp": "too_large",
    }  # fmt: skip
    table = workspace.table("holdings").set_index("path")
    clusters = dict(zip(table.index, table["cluster_id"], strict=True))
    assert clusters["good.jpg"] == clusters["smaller.jpg"] != ""
    assert table.loc["infinite.jpg", "skipped_reason"] == ""


def test_the_screen_says_whose_fault_it_is(tmp_path: Path, share: Path) -> None:
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    summary = workspace.scan(ScanOptions(workers=0, people="off"))
    assert summary.examined.faults == {"file": 1, "limit": 3}


def test_a_fault_of_ours_is_told_as_such(tmp_path: Path, share: Path) -> None:
    """A metadata reader that is not there fails at every file, outside of anything that expects files to be bad."""
    from pdpo_audit.execution import open_executor
    from pdpo_audit.imaging import Limits
    from pdpo_audit.metadata import ReaderSpec
    from pdpo_audit.model.locations.holdings import ImageRef, Skipped
    from pdpo_audit.model.locations.places import Place
    from pdpo_audit.workers import ExamineJob, examine

    job = ExamineJob(
        ref=ImageRef(source="share", locator=b"good.jpg"), place=Place.of_file(bytes(share / "good.jpg")),
        limits=Limits(), seconds=20,
        reader=ReaderSpec(program=str(tmp_path / "no-exiftool"), always=True),
    )  # fmt: skip
    with open_executor("serial") as executor:
        ((result,),) = executor.submit(examine, [job]).result().results
    assert isinstance(result, Skipped)
    assert result.reason.fault == "program" and "FileNotFoundError" in result.detail


def test_pages_are_kept_as_far_as_time_goes(tmp_path: Path) -> None:
    from pdpo_audit.fingerprints import examine_file
    from pdpo_audit.imaging import Limits
    from pdpo_audit.model.locations.holdings import ImageRef, Skipped
    from pdpo_audit.sources.files import open_file

    pages = [picture(seed, (40, 30)) for seed in range(8)]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    ref, opening = ImageRef(source="share", locator=b"scan.tif"), partial(open_file, bytes(tmp_path / "scan.tif"))

    def members(seconds: Iterable[float]) -> list[tuple[str, str]]:
        left = iter(seconds)
        found = examine_file(opening, ref, Limits(), left=lambda: next(left, 0.5))
        skips = [one if isinstance(one, Skipped) else one.skipped for one in found]
        return [(one.ref.member, skip.detail if skip else "") for one, skip in zip(found, skips, strict=True)]

    assert members([60.0] * 100) == [(f"page/{number}", "") for number in range(1, 9)]
    told = members([60.0] * 7)
    assert told[:-1] == [(f"page/{number}", "") for number in range(1, len(told))]
    assert told[-1][0] == f"pages/{len(told)}-8"
    assert told[-1][1] == f"pages {len(told)} to 8 were not reached in time"
