"""Crops and framed copies share regions in agreeing positions; other pictures do not."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps
from skimage import data

from pdpo_audit.imaging.regions import RECORD, describe_regions
from pdpo_audit.similarity.candidates import partitions
from pdpo_audit.similarity.candidates.partitions import collect, near_regions, windows
from pdpo_audit.similarity.candidates.regions import find_crop_candidates
from pdpo_audit.similarity.candidates.votes import match, unpack

NAMES = ("astronaut", "coffee", "chelsea", "camera", "rocket")


def grey(name: str) -> Image.Image:
    return Image.fromarray(getattr(data, name)()).convert("L")


def regions(image: Image.Image) -> bytes:
    return describe_regions(np.asarray(image))


@pytest.fixture(scope="module")
def shards() -> list[tuple[int, bytes]]:
    originals = [(number, regions(grey(name))) for number, name in enumerate(NAMES)]
    astronaut = grey("astronaut")
    copies = [
        astronaut.crop((128, 20, 384, 276)),  # a quarter of the area
        ImageOps.mirror(astronaut.crop((50, 50, 460, 460))),
        ImageOps.expand(astronaut, 90, 235),
        astronaut.rotate(7, Image.Resampling.BICUBIC),
        astronaut.resize((200, 200), Image.Resampling.LANCZOS),
    ]
    return originals + [(100 + number, regions(copy)) for number, copy in enumerate(copies)]


def test_copies_of_one_picture_and_no_others(shards: list[tuple[int, bytes]]) -> None:
    pairs = {(int(one), int(other)) for one, other in find_crop_candidates(shards)}
    assert {(0, 100), (0, 101), (0, 102), (0, 103), (0, 104)} <= pairs
    assert all(one == 0 or one >= 100 for one, _ in pairs)


def test_order_does_not_matter(shards: list[tuple[int, bytes]]) -> None:
    shuffled = shards[:]
    random.Random(3).shuffle(shuffled)
    assert np.array_equal(find_crop_candidates(shuffled), find_crop_candidates(shards))


def test_partitions_and_files_change_nothing(shards: list[tuple[int, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, at_once = find_crop_candidates(shards), near_regions(collect(shards), 8)
    for name, value in (("_PARTITION", 40), ("_BLOCK", 150), ("_IN_MEMORY", 1_000)):
        monkeypatch.setattr(partitions, name, value)
    assert isinstance(collect(shards).records, np.memmap)
    for mirrored, pairs in near_regions(collect(shards), 8).items():
        assert np.array_equal(pairs, at_once[mirrored]) and len(pairs[0])
    assert np.array_equal(find_crop_candidates(shards), wanted)


def test_of_what_is_common_each_meets_the_next_ones() -> None:
    """A region that hundreds of pictures have costs no square; as many crops of one picture still hang together."""
    draws = np.random.default_rng(3)
    one = np.zeros(12, RECORD)
    one["hash"] = draws.integers(0, 1 << 63, 12, dtype=np.uint64)
    one["x"], one["y"] = draws.integers(0, 65536, (2, 12))
    one["size"] = 3_000
    crops = [(number, one.tobytes()) for number in range(300)]
    pairs = find_crop_candidates(crops)
    assert len(pairs) == sum(min(24, 299 - number) for number in range(300))
    random.Random(5).shuffle(crops)
    assert np.array_equal(find_crop_candidates(crops), pairs)
    assert {(number, number + 1) for number in range(299)} <= {(int(left), int(right)) for left, right in pairs}


def test_keys_grow_with_the_number_and_so_do_windows() -> None:
    assert windows(1 << 23) == windows(1) == (21, (0, 21, 42))
    widths = {windows(1 << bits)[0] for bits in range(24, 31)}
    assert widths == set(range(22, 29))
    work = [len(windows(1 << bits)[1]) * 2**bits for bits in range(23, 31)]
    assert (work[-1] / work[0]) ** (1 / 7) <= 2.3
    for bits in range(24, 31):
        width, begins = windows(1 << bits)
        missed = (1 - partitions._kept(width)) ** len(begins)
        assert missed <= (1 - partitions._kept(21)) ** 3 + 1e-9


def test_a_window_goes_on_at_the_bottom() -> None:
    hashes = np.array([(1 << 62) | 0b11], np.uint64)
    assert partitions._keys(hashes, 4, 61).tolist() == [0b1110]
    assert partitions._keys(hashes, 4, 0).tolist() == [0b0011]


def test_a_vote_gives_the_map(shards: list[tuple[int, bytes]]) -> None:
    packed = dict(shards)
    vote = match(unpack(packed[0]), unpack(packed[100]), 10)
    assert vote is not None
    assert not vote.mirrored
    # The crop starts at (128, 20) of 512 and is half as wide: its coordinates are twice as large.
    expected: NDArray[np.float64] = np.array([[2, 0, -0.5], [0, 2, -2 * 20 / 512]])
    assert np.abs(vote.transform - expected).max() < 0.08
    mirrored = match(unpack(packed[0]), unpack(packed[101]), 10)
    assert mirrored is not None
    assert mirrored.mirrored


def test_nothing_to_describe() -> None:
    assert describe_regions(np.full((300, 400), 120, np.uint8)) == b""
    assert find_crop_candidates([(1, b""), (2, b"")]).shape == (0, 2)
    assert RECORD.itemsize == 16
