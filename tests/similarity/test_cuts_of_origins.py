"""What lies on either side of the cuts that find candidates and tell which picture another was made from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pdpo_audit.imaging.regions import RECORD, describe_regions
from pdpo_audit.similarity.candidates.neighbours import find_candidates
from pdpo_audit.similarity.candidates.regions import find_crop_candidates
from pdpo_audit.similarity.candidates.searching import hash_hits, region_hits
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.origin.elections import elect
from pdpo_audit.similarity.origin.generations import lost_colour
from pdpo_audit.similarity.origin.sharpness import blurred, one_sharpness, sharpened


def hashes(flipped: int, *, even: bool = False) -> NDArray[np.uint8]:
    """Two hashes that differ in so many bits of one kind of frequency."""
    bits = np.random.default_rng(11).integers(0, 2, (16, 16), np.uint8)
    other = bits.copy()
    part = other[1::2, 1::2] if even else other[0::2, 0::2]
    changed = np.zeros(64, np.uint8)
    changed[:flipped] = 1
    part ^= changed.reshape(8, 8)
    return np.packbits(np.stack([bits.ravel(), other.ravel()]), axis=1)


@pytest.mark.parametrize(("flipped", "found"), [(60, 1), (61, 0)])
def test_the_radius_of_hashes(flipped: int, found: int) -> None:
    assert cut("hash_radius") == 60
    both = hashes(flipped)
    assert len(find_candidates(both)) == found
    assert len(hash_hits(both[0].tobytes(), both[1:])) == found


@pytest.mark.parametrize(("flipped", "found"), [(22, 1), (23, 0)])
def test_the_bits_of_even_frequencies(flipped: int, found: int) -> None:
    assert cut("even_bits") == 22
    assert len(find_candidates(hashes(flipped, even=True))) == found


def parts(count: int, flipped: int = 0) -> bytes:
    """So many regions of a photograph, at places of their own; the hash of each with so many bits flipped."""
    photograph = data.camera()  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    records = np.frombuffer(describe_regions(photograph), RECORD)
    places = np.unique(np.round(np.stack([records["x"], records["y"]], axis=1) / 8192), axis=0, return_index=True)[1]
    chosen = records[np.sort(places)[:count]].copy()
    chosen["hash"] ^= np.uint64((1 << flipped) - 1)
    return chosen.tobytes()


@pytest.mark.parametrize(("flipped", "found"), [(0, 1), (8, 1), (9, 0)])
def test_the_bits_of_regions(flipped: int, found: int) -> None:
    assert cut("region_bits") == 8
    assert len(find_crop_candidates([(1, parts(12)), (2, parts(12, flipped))])) == found


@pytest.mark.parametrize(("count", "votes", "found"), [(3, "votes", 1), (2, "votes", 0), (2, "votes_thorough", 1)])
def test_regions_that_make_a_candidate(count: int, votes: str, found: int) -> None:
    assert len(find_crop_candidates([(1, parts(count)), (2, parts(count))], votes=int(cut(votes)))) == found


def of_patched(gain: float) -> int:
    return blurred(gain, patched=True)


@pytest.mark.parametrize(
    ("name", "told", "below", "above"),
    [
        ("sharper", sharpened, 0, -1),
        ("sharpest", sharpened, -1, 0),
        ("blurry", blurred, 0, 1),
        ("blurry_patched", of_patched, 0, 1),
        ("lettered", one_sharpness, True, False),
        ("grey_colours", lambda at: lost_colour(at, 9.0), -1, 0),
        ("colours", lambda at: lost_colour(0.5, at), 0, -1),
    ],
)
def test_sharpness_and_colours(name: str, told: Callable[[float], int], below: int, above: int) -> None:
    assert (told(cut(name) - 0.01), told(cut(name) + 0.01)) == (below, above)


def test_what_is_said_of_one_side_is_said_of_the_other() -> None:
    for gain in (1.0, 1.3, 1.9, 3.0):
        assert sharpened(1 / gain) == -sharpened(gain)
        assert blurred(1 / gain) == -blurred(gain)
        assert one_sharpness(1 / gain) == one_sharpness(gain)


@pytest.mark.parametrize(("of_the_rival", "beaten"), [(7, True), (8, False)])
def test_the_least_lead_of_many_witnesses(of_the_rival: int, beaten: bool) -> None:
    """Of 18 witnesses 7 (lead 0.22) or 8 (lead 0.11, more than the 2 of 20 that few would need) speak for a rival."""
    assert cut("lead") / 20 < 1 - 2 * 8 / 18 < cut("least_lead") < 1 - 2 * 7 / 18
    draws = np.random.default_rng(5)
    source = draws.normal(size=(400, 45)).astype(np.float32)
    statements = {1: source, 2: source + np.float32(0.3) * draws.normal(size=source.shape).astype(np.float32)}
    for witness in range(18):
        noise = np.float32(0.3) * draws.normal(size=source.shape).astype(np.float32)
        statements[3 + witness] = statements[2 if witness < of_the_rival else 1] + noise
    election = elect(statements, np.zeros(45, np.float32) + np.float32(1e-6))
    assert election is not None and election.elected == {1}
    assert (2 in election.beaten) is beaten


@pytest.mark.parametrize(("flipped", "found"), [(8, [2]), (9, [])])
def test_the_bits_of_regions_in_a_search(flipped: int, found: list[int]) -> None:
    assert region_hits(parts(12), [(2, parts(12, flipped))]) == found
