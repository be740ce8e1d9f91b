"""Camera RAW: the preview first, turned once; half a development where there is none; never padded pixels."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from pdpo_audit.imaging import open_picture, upright_size
from pdpo_audit.imaging.formats import table
from pdpo_audit.imaging.formats.ifds import tiff_kind
from pdpo_audit.model.locations.holdings import SkipReason
from tests.imaging.readers.makers import LIMITS, is_close, notes, picture, problem, raw_tiff, saved, shown

SMALL, LARGE = saved(picture(160, 107), "JPEG"), saved(picture(), "JPEG", quality=92)


def test_largest_preview_is_shown_at_the_size_of_the_sensor() -> None:
    data = raw_tiff(SMALL + LARGE)
    assert tiff_kind(data) == "NEF"
    assert is_close(shown(data), np.asarray(picture()))
    assert upright_size(open_picture(data, LIMITS)) == (960, 640)
    assert notes(data) == ("seen by the preview in it (480 x 320 pixels)",)


def test_turned_exactly_once() -> None:
    data = raw_tiff(LARGE, orientation=6)
    assert is_close(shown(data), np.rot90(np.asarray(picture()), -1))
    assert upright_size(open_picture(data, LIMITS)) == (640, 960)


def test_developed_at_half_size_where_the_preview_is_too_small() -> None:
    grid = np.zeros((640, 960), np.uint16)
    grid[:, 480:] = 12000
    data = raw_tiff(SMALL, sensor=grid.tobytes(), maker=b"PENTAX \0")
    found = shown(data)
    assert found.shape == (320, 480, 3)
    assert found[:, :200].mean() < 20
    assert found[:, 280:].mean() > 100
    assert upright_size(open_picture(data, LIMITS)) == (960, 640)
    assert notes(data) == ("its largest preview has 160 x 107 pixels: developed at half the size",)


def test_cut_sensor_data_are_not_padded() -> None:
    found = problem(raw_tiff(SMALL, cut=True))
    assert found.reason is SkipReason.TRUNCATED
    whole = raw_tiff(LARGE)
    assert "cut off" not in notes(whole)[0]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_is_installed", lambda _module: False)
    found = problem(raw_tiff(b""))
    assert (found.reason, found.detail) == (
        SkipReason.FORMAT_NOT_DECODED,
        "NEF: it holds no preview; install pdpo-audit[raw] to read it",
    )
    assert is_close(shown(raw_tiff(LARGE)), np.asarray(picture()))


def test_a_tiff_is_no_raw() -> None:
    assert tiff_kind(saved(picture(), "TIFF")) == "TIFF"


def test_canon_raw_3() -> None:
    directory = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 274, 3, 1, 8, 0)
    box = struct.pack(">I4s", 8 + len(directory), b"CMT1") + directory
    data = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"crx ", 1, b"crx ", b"isom") + box + LARGE
    assert is_close(shown(data), np.rot90(np.asarray(picture()), 1))
