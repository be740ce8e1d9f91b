"""Either side of the cuts by which pages of one template are told from pages that say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from pdpo_audit.imaging.regions import RECORD
from pdpo_audit.similarity.candidates.written import Written, find_written
from tests.similarity.cuts import Case, decides

#: Signs of pieces that have nothing to do with each other, and of the ten pieces of a template.
SIGNS = np.random.default_rng(8).integers(0, 2**63, 4000, np.uint64)
TEMPLATE = SIGNS[:10].tolist()


def own(page: int, count: int) -> list[int]:
    """Pieces that no other page has."""
    return [int(one) for one in SIGNS[10 + 60 * page : 10 + 60 * page + count]]


def packed(signs: Sequence[int], *, strewn: bool = False) -> bytes:
    """Pieces one beside the other in lines of ten; ``strewn`` lie elsewhere, each in a direction of its own."""
    records = np.zeros(len(signs), RECORD)
    records["hash"] = signs
    places = np.arange(len(signs))
    records["x"], records["y"], records["size"] = 2000 + 6000 * (places % 10), 2000 + 6000 * (places // 10), 1500
    if strewn:
        records["x"], records["angle"] = records["x"][::-1] ^ (places * 7919 % 4096), places * 21_001 % 65_536
    return records.tobytes()


def found(pages: Mapping[int, bytes]) -> Written:
    return find_written(sorted(pages.items()))


def forms(count: int) -> dict[int, bytes]:
    """Pages that have the template and ten pieces of their own."""
    return {page: packed([*TEMPLATE, *own(page, 10)]) for page in range(1, count + 1)}


def linked(share: float) -> bool:
    """Whether a page of which the template's pieces are such a share has its layout."""
    more = own(20, round(10 / share) - 10)
    return any(one.content == 20 for one in found(forms(12) | {20: packed([*TEMPLATE, *more])}).layouts)


def bland(flipped: float) -> bool:
    """Whether a page says nothing but what the template says, five of whose pieces come again with flipped signs."""
    again = [sign ^ ((1 << int(flipped)) - 1) for sign in TEMPLATE[:5]]
    return any(20 in pages for pages in found(forms(12) | {20: packed([*TEMPLATE, *again])}).bland)


def shared(share: float) -> bool:
    """Whether two of many pages are compared that have such a share of the weight of their twenty pieces in common."""
    rare, common = np.log(33), np.log(33 / 2)
    count = round(20 * share * rare / (common + share * (rare - common)))
    pages = {page: packed(own(page, 20)) for page in range(1, 32)}
    pages[40] = packed([*own(1, 20)[:count], *own(40, 20 - count)])
    return (1, 40) in {tuple(pair) for pair in found(pages).pairs.tolist()}


CASES = [
    Case(name="template_pages", below=7, above=8, tell=lambda at: bool(found(forms(int(at))).layouts)),
    Case(name="of_template", below=0.29, above=0.32, tell=linked),
    Case(name="template_bits", below=16, above=17, tell=bland),
    Case(name="written_shared", below=0.25, above=0.38, tell=shared),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_either_side(case: Case) -> None:
    below, above = decides(case)
    assert below != above


def test_a_page_that_has_more_of_the_first_page_of_its_template_is_compared_with_it() -> None:
    """``written_same``: up to three tenths of the weight of its pieces the page has a layout and no more."""
    told: list[float | None] = []
    for count in range(2, 20):
        signs = [*own(1, 20)[:count], *TEMPLATE, *own(20, 20)]
        pages = forms(12) | {1: packed([*TEMPLATE, *own(1, 20)]), 20: packed(signs, strewn=True)}
        written = found(pages)
        layout = next((one for one in written.layouts if one.content == 20), None)
        assert (layout is None) == ([1, 20] in written.pairs.tolist())
        told.append(None if layout is None else layout.rare)
    shares = [share for share in told if share is not None]
    assert told == [*shares, *[None] * (len(told) - len(shares))] and shares == sorted(shares)
    assert 0.24 < max(shares) < 0.3 and len(shares) < len(told)
