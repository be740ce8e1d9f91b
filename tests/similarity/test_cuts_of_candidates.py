"""Either side of the cuts that find what is compared: they decide about no pair, and about what is never seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import RECORD
from pdpo_audit.model.clusters import Verdict, VerifiedPair
from pdpo_audit.similarity.candidates.meeting import meet
from pdpo_audit.similarity.candidates.votes import agree
from pdpo_audit.similarity.clusters import Known, group
from pdpo_audit.similarity.components import Component, Settled
from pdpo_audit.similarity.facts import Preferences
from pdpo_audit.similarity.origin.masters import propose
from pdpo_audit.similarity.resolution import resolve
from tests.similarity.cuts import Case, decides
from tests.similarity.test_written import facts


def asked(flipped: float, *, level: str = "near", thorough: bool = False) -> int:
    """How many components two contents make whose hashes differ by so many bits."""
    parts = unlike(int(flipped))
    contents = [replace(facts(one + 1, is_page=False), perceptual=parts[one].tobytes()) for one in (0, 1)]
    formed: list[Component] = []

    def settle(components: Sequence[Component]) -> Iterable[Settled]:
        formed.extend(components)
        return ()

    resolve(contents, settle, Preferences(), level=level, thorough=thorough)
    return len(formed)


def unlike(flipped: int) -> NDArray[np.uint8]:
    """Two hashes that differ in so many bits, as many of each kind of frequency that mirroring changes."""
    bits = np.random.default_rng(11).integers(0, 2, (16, 16), np.uint8)
    other = bits.copy()
    for kind, (down, across) in enumerate(((0, 0), (0, 1), (1, 0))):
        more = np.zeros(64, np.uint8)
        more[: (flipped + kind) // 3] = 1
        other[down::2, across::2] ^= more.reshape(8, 8)
    return np.packbits(np.stack([bits.ravel(), other.ravel()]), axis=1)


def met(pages: float) -> bool:
    """Whether so many pages without a word, of one look, are compared for their hashes alone."""
    contents = {number: facts(number, bits=1) for number in range(1, int(pages) + 1)}
    return bool(meet(contents, sorted(contents), 60, lambda wanted: [(one, b"") for one in wanted]).pairs)


def filled_alike(bits: float) -> int:
    """How many pairs are asked for of two pages that share a master's layout and lie so many bits apart."""
    first = [(one, other) for one in range(1, 6) for other in range(one + 1, 6)]
    pairs = {
        (one, other): VerifiedPair(left=one, right=other, verdict=Verdict.SAME_LAYOUT, similarity=0.5)
        for one, other in [*first, (1, 6), (1, 7)]
    }
    around = {one: set(range(1, 6)) - {one} for one in range(1, 6)} | {6: {1, 7}, 7: {1, 6}}
    around[1] |= {6, 7}
    known = Known(neighbours=around, pairs=pairs, rejected=set(), propose=min, apart=lambda _one, _other: int(bits))
    return len(group(range(1, 8), known).wanted)


def matches(rows: Sequence[tuple[float, float, float, float]]) -> NDArray[np.void]:
    """Regions at x, y, of a size (shares of the longer side) and a direction (radians)."""
    records = np.zeros(len(rows), RECORD)
    for name, column, unit in (("x", 0, 65536), ("y", 1, 65536), ("size", 2, 65536)):
        records[name] = [round(row[column] * unit) for row in rows]
    records["angle"] = [round(row[3] * 32768 / np.pi) & 0xFFFF for row in rows]
    return records


def agreeing(*, place: float = 0.0, scale: float = 0.0, turn: float = 0.0) -> int:
    """How many of three matches agree, one of which is off by so much."""
    first = [(0.2, 0.2, 0.02, 0.0), (0.7, 0.3, 0.02, 0.0), (0.2, 0.8, 0.02, 0.0)]
    off = (0.2 + place * 0.06, 0.8, 0.02 * float(np.exp(scale)), turn)
    vote = agree(matches(first), matches([*first[:2], off]), False)
    return vote.count if vote else 0


def central(bits: float) -> int:
    """The master of four pictures of one frame: the larger one, if it is as near to the others as they are."""
    apart = np.zeros(256, np.uint8)
    apart[np.random.default_rng(2).permutation(256)[: int(bits)]] = 1
    other = replace(facts(9, is_page=False), perceptual=np.packbits(apart).tobytes(), width=1800, height=2400)
    return propose([*(facts(number, is_page=False) for number in (1, 2, 3)), other], Preferences())[0]


CASES = [
    Case(name="hash_radius_thorough", below=74, above=76, tell=lambda at: asked(at, thorough=True)),
    Case(name="hash_radius_pixel", below=8, above=9, tell=lambda at: asked(at, level="pixel")),
    Case(name="document_radius", below=30, above=32, tell=filled_alike),
    Case(name="neighbour_bits", below=39, above=41, tell=central),
    Case(name="page_neighbours", below=6, above=7, tell=met),
    Case(name="vote_place", below=0.95, above=1.1, tell=lambda at: agreeing(place=at)),
    Case(name="vote_scale", below=0.28, above=0.32, tell=lambda at: agreeing(scale=at)),
    Case(name="vote_turn", below=0.38, above=0.42, tell=lambda at: agreeing(turn=at)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_either_side(case: Case) -> None:
    below, above = decides(case)
    assert below != above
