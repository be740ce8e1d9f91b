"""Estimates from samples: their intervals cover the truth as often as they say, also where copies lie in clusters."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.estimation import Store, coverage, made_store
from pdpo_audit.sampling.draws import draw_files, draw_groups, files_to_draw, group_by_size
from pdpo_audit.sampling.intervals import Stratum, estimate_share, estimate_total, wilson

REPEATED = 300


@pytest.fixture(scope="module")
def store() -> Store:
    return made_store(40_000, seed=3)


def test_intervals_cover_the_truth_about_95_times_in_100(store: Store) -> None:
    # 300 repetitions: three standard errors are 3.8 points; the benchmark repeats it 2,000 times.
    found = coverage(store, repetitions=REPEATED, seed=11)
    assert set(found) == {"recognisable share", "additional copies", "additional bytes"}
    assert all(0.912 <= share <= 0.988 for share in found.values()), found


def test_what_was_read_whole_is_known() -> None:
    whole = Stratum(size=4, measured=np.array([1.0, 0.0, 0.0, 1.0]))
    assert (estimate_share([whole]).low, estimate_share([whole]).high) == (0.5, 0.5)
    assert estimate_total([whole]).low == estimate_total([whole]).high == 2


def test_wilson_is_wilson() -> None:
    # Newcombe 1998, table I, method 3 (score): 81 of 263, and 0 of 20.
    found, none = wilson(81 / 263, 263), wilson(0.0, 20)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert (round(none.low, 4), round(none.high, 4)) == (0.0, 0.1611)


def test_only_files_of_one_size_are_groups_and_groups_are_read_whole() -> None:
    sizes = np.array([5, 7, 5, 9, 7, 5, 0, 0], dtype=np.int64)
    groups = {group.bytes: sorted(group.rows.tolist()) for group in group_by_size(sizes)}
    assert groups == {5: [0, 2, 5], 7: [1, 4]}
    drawn = draw_groups(group_by_size(sizes), 1, np.random.default_rng(1))
    assert sorted(len(group.rows) for _, chosen in drawn for group in chosen) == [2, 3]


def test_each_source_is_drawn_from_and_two_points_take_some_2400_files() -> None:
    source = np.repeat(np.array([0, 1], dtype=np.int32), [100_000, 50])
    drawn = draw_files(source, files_to_draw(2), np.random.default_rng(1))
    assert [one.size for one in drawn] == [100_000, 50]
    assert len(drawn[1].rows) == 50 and 2_390 <= len(drawn[0].rows) <= 2_402
