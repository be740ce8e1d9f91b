"""The index of what is written proposes what comparing every piece with every other one would."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pdpo_audit.imaging.lines import TURNED
from pdpo_audit.imaging.regions import RECORD
from pdpo_audit.similarity.candidates import written
from pdpo_audit.similarity.candidates.written import find_written
from pdpo_audit.similarity.cuts import cut

PAGES, TEMPLATE, COPIES = 40, 50, 20
_Rows = NDArray[np.int64]


def every_piece(pages: written._Pages, asked: _Rows, turned: bool) -> tuple[_Rows, _Rows]:
    """What is asked for against all pieces of other pages, without any index."""
    flip = np.uint64(TURNED if turned else 0)
    apart = np.bitwise_count(pages.hashes[asked][:, None] ^ pages.hashes[None] ^ flip)
    rows, second = np.nonzero((apart <= cut("piece_bits")) & (pages.owner[asked][:, None] != pages.owner[None]))
    return asked[rows], second


def piece(draw: np.random.Generator, count: int) -> NDArray[np.void]:
    """Pieces anywhere on a page."""
    made = np.zeros(count, RECORD)
    made["hash"] = draw.integers(0, 2**64, count, dtype=np.uint64)
    for name in ("x", "y"):
        made[name] = draw.integers(3_000, 60_000, count)
    made["size"] = draw.integers(2_000, 4_000, count)
    return made


def copied(page: NDArray[np.void], draw: np.random.Generator) -> NDArray[np.void]:
    """The page again: some bits of each piece wrong, some pieces lost, a little out of place, or on its head."""
    made = page[draw.random(len(page)) > draw.uniform(0, 0.4)].copy()
    wrong = draw.random((len(made), 64)) < draw.uniform(0.0, 0.14)
    made["hash"] ^= np.packbits(wrong, axis=1).view(">u8").ravel().astype(np.uint64)
    for name in ("x", "y"):
        made[name] += draw.integers(0, 200, len(made)).astype(np.uint16)
    if draw.random() < 0.3:
        made["hash"] ^= np.uint64(TURNED)
        made["x"], made["y"] = 65535 - made["x"], 65535 - made["y"]
        made["angle"] += np.uint16(32768)
    return made


def library(seed: int) -> list[tuple[int, bytes]]:
    """Forms of two templates with entries of their own, and copies of some of them."""
    draw = np.random.default_rng(seed)
    templates = [piece(draw, TEMPLATE) for _ in range(2)]
    forms = [np.concatenate([templates[at % 2], piece(draw, int(draw.integers(4, 12)))]) for at in range(PAGES)]
    made = [*forms, *(copied(forms[int(draw.integers(PAGES))], draw) for _ in range(COPIES))]
    return [(number, one.tobytes()) for number, one in enumerate(made, 1)]


def pairs(pages: list[tuple[int, bytes]]) -> set[tuple[int, int]]:
    return {(int(one), int(other)) for one, other in find_written(pages).pairs}


def test_the_index_proposes_what_comparing_every_piece_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are drawn bits: pieces that differ in most of what may differ can miss all of them, pages hardly do."""
    libraries = [library(seed) for seed in range(8)]
    found = [pairs(pages) for pages in libraries]
    monkeypatch.setattr(written, "_matches", every_piece)
    wanted = [pairs(pages) for pages in libraries]
    assert all(index <= exact for index, exact in zip(found, wanted, strict=True))
    assert sum(map(len, wanted)) >= 8 * COPIES
    assert sum(map(len, found)) >= 0.99 * sum(map(len, wanted))
