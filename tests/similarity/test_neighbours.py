"""Near hashes are found in every orientation, whatever the order, by comparing all pairs or by the index."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from pdpo_audit.imaging.hashes import exchange_hash, orient, oriented_hashes, perceptual_hash, texture
from pdpo_audit.similarity.candidates import neighbours
from pdpo_audit.similarity.candidates.neighbours import distances, find_candidates, in_order

Hashes = NDArray[np.uint8]


def planted(count: int, copies: int, flips: int, seed: int) -> tuple[Hashes, set[tuple[int, int]]]:
    """Random hashes, the last ``copies`` of them turned copies of earlier ones with some bits changed."""
    draws = np.random.default_rng(seed)
    hashes = draws.integers(0, 256, (count, 32), dtype=np.uint8)
    pairs = set()
    for copy in range(count - copies, count):
        source = int(draws.integers(0, count - copies))
        turned = oriented_hashes(hashes[source : source + 1], int(draws.integers(0, 8)))[0]
        bits = np.unpackbits(turned)
        bits[draws.permutation(256)[: int(draws.integers(0, flips + 1))]] ^= 1
        hashes[copy] = np.packbits(bits)
        pairs.add((source, copy))
    return hashes, pairs


def found(hashes: Hashes) -> set[tuple[int, int]]:
    return {(int(first), int(second)) for first, second in find_candidates(hashes)}


def test_planted_copies_are_found_by_the_index() -> None:
    hashes, pairs = planted(6000, 600, 24, 3)
    assert len(hashes) > neighbours._ALL_PAIRS
    assert len(pairs - found(hashes)) <= 1


def test_index_and_all_pairs_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes, pairs = planted(1200, 300, 20, 4)
    everything = found(hashes)
    assert pairs <= everything
    monkeypatch.setattr(neighbours, "_ALL_PAIRS", 0)
    by_index = found(hashes)
    assert by_index <= everything
    assert len(by_index) >= 0.995 * len(everything)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_order_does_not_matter(seed: int) -> None:
    hashes, _ = planted(200, 40, 30, seed)
    order = np.random.default_rng(seed).permutation(len(hashes))
    relabelled = {tuple(sorted((int(order[a]), int(order[b])))) for a, b in found(hashes[order])}
    assert relabelled == found(hashes)


@given(st.lists(st.integers(0, 2**20 - 1), max_size=200))
def test_keys_of_any_width_are_brought_into_order(keys: list[int]) -> None:
    rows = in_order(np.array(keys, np.uint32))
    assert rows.tolist() == sorted(range(len(keys)), key=lambda row: (keys[row], row))


def test_radius_is_kept() -> None:
    hashes, _ = planted(300, 100, 90, 5)
    for first, second in find_candidates(hashes, radius=40):
        assert distances(hashes[first].tobytes(), hashes[second].tobytes()).min() <= 40


def test_few_or_no_hashes() -> None:
    assert find_candidates(np.empty((0, 32), np.uint8)).shape == (0, 2)
    assert find_candidates(np.zeros((1, 32), np.uint8)).shape == (0, 2)


@pytest.mark.parametrize("orientation", range(8))
def test_a_turned_picture_has_the_turned_hash(orientation: int) -> None:
    grey = np.ascontiguousarray(getattr(data, "astronaut")()[:, :, 1])  # noqa: B009  # untyped otherwise
    hashed = np.frombuffer(perceptual_hash(grey), np.uint8)[None]
    turned = np.frombuffer(perceptual_hash(orient(grey, orientation)), np.uint8)[None]
    assert int(np.bitwise_count(oriented_hashes(hashed, orientation) ^ turned).sum()) <= 2
    assert int(distances(hashed[0].tobytes(), turned[0].tobytes()).min()) <= 2


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "camera", "rocket"])
def test_the_exchanged_hash_is_that_of_imagehash(name: str) -> None:
    grey = Image.fromarray(getattr(data, name)()).convert("L")
    small = grey.crop((40, 30, 167, 140))
    assert exchange_hash(np.asarray(small)).hex() == str(imagehash.phash(small))
    exchanged = imagehash.hex_to_hash(exchange_hash(np.asarray(grey)).hex())
    assert exchanged - imagehash.phash(grey) <= 2
    assert exchanged - imagehash.phash(grey.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) > 20


def test_texture_tells_gradients_from_pictures() -> None:
    ramp = np.linspace(40, 220, 400).astype(np.uint8)[:, None].repeat(500, 1)
    assert texture(ramp) < 12
    assert texture(np.ascontiguousarray(getattr(data, "astronaut")()[:, :, 1])) > 50  # noqa: B009
