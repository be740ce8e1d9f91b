"""A JPEG that lacks only its end marker is read whole; one that lacks a pixel is truncated."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pdpo_audit.imaging import ImageProblem, Limits, load_upright
from pdpo_audit.imaging.endings import complete_jpeg
from pdpo_audit.model.locations.holdings import SkipReason

SHAPES = [
    (mode, progressive, subsampling, restarts)
    for mode in ("RGB", "L")
    for progressive in (False, True)
    for subsampling in (0, 2)
    for restarts in (0, 2)
]


def jpeg(mode: str, progressive: bool, subsampling: int, restarts: int, seed: int = 0) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (121, 163, 3), np.uint8)
    buffer = BytesIO()
    extra = {"restart_marker_rows": restarts} if restarts else {}
    Image.fromarray(noise).convert(mode).save(
        buffer, "JPEG", quality=85, progressive=progressive, subsampling=subsampling, **extra
    )
    return buffer.getvalue()


@pytest.mark.parametrize("shape", SHAPES)
def test_only_the_end_marker_is_made_up(shape: tuple[str, bool, int, int]) -> None:
    whole = jpeg(*shape)
    assert complete_jpeg(whole) is whole
    assert complete_jpeg(whole[:-2]) == complete_jpeg(whole[:-1]) == whole
    np.testing.assert_array_equal(
        load_upright(whole[:-2], max_side=None, limits=Limits()), load_upright(whole, max_side=None, limits=Limits())
    )
    for missing in (3, 4, 6, 11, 100, 1_000, len(whole) // 2):
        cut = whole[:-missing]
        assert complete_jpeg(cut) is cut
        with pytest.raises(ImageProblem) as problem:
            load_upright(cut, max_side=None, limits=Limits())
        assert problem.value.reason is SkipReason.TRUNCATED


def test_a_progressive_file_without_its_last_scans_is_not_whole() -> None:
    whole = jpeg("RGB", True, 0, 0)
    for scan in range(1, whole.count(b"\xff\xda")):
        cut = whole[: _nth(whole, scan)]
        assert complete_jpeg(cut) is cut


def _nth(data: bytes, number: int) -> int:
    at = data.find(b"\xff\xda")
    for _ in range(number):
        at = data.find(b"\xff\xda", at + 2)
    return data.rfind(b"\xff\xc4", 0, at) if data.rfind(b"\xff\xc4", 0, at) > 0 else at


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xda", b"\xff\xd8\xff\xc0\0\x02\xff\xda\0\x08\x03", b"PNG"]
)
def test_what_is_no_whole_jpeg_stays_as_it_is(data: bytes) -> None:
    assert complete_jpeg(data) is data
    assert complete_jpeg(data + b"\xff") == data + b"\xff"


def test_what_stands_behind_the_end_marker_is_none_of_its_business() -> None:
    trailing = jpeg("RGB", False, 0, 0) + b"more"
    assert complete_jpeg(trailing) is trailing
