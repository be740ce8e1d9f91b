"""Photoshop files show the picture that was merged when they were saved, or say that there is none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pdpo_audit.imaging import open_picture
from pdpo_audit.imaging.formats import table
from pdpo_audit.imaging.formats.told import told_of
from pdpo_audit.model.locations.holdings import SkipReason
from tests.imaging.readers.makers import LIMITS, is_close, photoshop, picture, problem, saved, shown

PIXELS = np.asarray(picture(120, 80))


def test_merged_picture() -> None:
    assert np.array_equal(shown(photoshop(PIXELS)), PIXELS)
    assert np.array_equal(shown(photoshop(PIXELS, version=2)), PIXELS)
    deep = PIXELS.astype(np.uint16) * 257
    assert is_close(shown(photoshop(deep)), PIXELS, 2)


def test_a_saved_selection_is_no_transparency() -> None:
    with_fourth = np.dstack([PIXELS, np.zeros(PIXELS.shape[:2], np.uint8)])
    assert np.array_equal(shown(photoshop(with_fourth)), PIXELS)
    assert shown(photoshop(with_fourth, clear=True)).min() == 255


def test_saved_without_a_merged_picture() -> None:
    found = problem(photoshop(PIXELS, merged=False))
    assert found.reason is SkipReason.FORMAT_NOT_DECODED
    assert "without a merged picture" in found.detail


def test_its_thumbnail_is_kept_for_comparison() -> None:
    small = saved(Image.fromarray(PIXELS), "JPEG")
    assert told_of(open_picture(photoshop(PIXELS, thumbnail=small), LIMITS)).preview == small


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_is_installed", lambda _module: False)
    assert np.array_equal(shown(photoshop(PIXELS)), PIXELS)
    assert problem(photoshop(PIXELS, version=2)).detail == "PSB of large documents: install pdpo-audit[psd] to read it"


def test_cut_and_hostile_files_cost_only_themselves() -> None:
    whole = photoshop(PIXELS)
    for length in (10, 30, 50, len(whole) // 2):
        assert problem(whole[:length]).reason in (SkipReason.TRUNCATED, SkipReason.DAMAGED)
    large = bytearray(whole)
    large[14:22] = b"\0\0\xff\xff\0\0\xff\xff"
    assert problem(bytes(large)).reason is SkipReason.TOO_LARGE
