"""The benchmark of the review pages asks for what there is, and says when a bar is missed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import review_pages
from benchmarks.catalogue_pages import opened
from benchmarks.review_pages import Asked, measure, served, summed_up


def test_every_page_of_a_small_catalogue_is_answered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, number in (("_PAIRS", 3), ("_CASES", 3), ("_LARGEST", 2), ("_STARTS", 1)):
        monkeypatch.setattr(review_pages, name, number)
    with opened("sqlite", 1_000, 1, tmp_path) as store, served(store) as browsers:
        asked = measure(store, browsers, random.Random(1))
    kinds = {one.kind: one for one in summed_up(asked)}
    assert set(kinds) == {"start", "queue", "case"}
    assert kinds["start"].count == 2 and kinds["queue"].count > 50 and kinds["case"].count == 5
    assert all(0 < one.median <= one.ninety_fifth for one in kinds.values())


def test_the_sums_are_those_of_the_requests() -> None:
    asked = [Asked(kind="case", path=str(one), cpu=float(one), clock=0.0) for one in range(1, 101)]
    (found,) = summed_up(asked)
    assert (found.count, found.median, found.slowest.path) == (100, 50.5, "100")
    assert 95 <= found.ninety_fifth <= 96
