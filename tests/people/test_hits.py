"""Putting candidates together: one box a face, whatever the order they come in."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pdpo_audit.people.detectors.hits import Hits, joined, no_hits, overlaps, suppressed


def hits_of(rows: list[tuple[int, int, int, int, float]]) -> Hits:
    table = np.array(rows, np.float32).reshape(-1, 5)
    boxes = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], axis=1)
    return Hits(boxes=boxes, scores=table[:, 4], points=np.zeros((len(table), 5, 2), np.float32))


ROWS = st.lists(
    st.tuples(
        st.integers(0, 300), st.integers(0, 300), st.integers(5, 90), st.integers(5, 90), st.integers(1, 10**6)
    ).map(lambda row: (*row[:4], row[4] / 10**6)),
    max_size=20,
    unique_by=lambda row: row[4],
)


def test_the_best_of_overlapping_boxes_stays() -> None:
    kept = suppressed(
        hits_of([(0, 0, 100, 100, 0.5), (10, 5, 100, 100, 0.9), (30, 30, 20, 20, 0.4), (300, 0, 50, 50, 0.3)])
    )
    assert kept.scores.tolist() == np.array([0.9, 0.3], np.float32).tolist()


@settings(deadline=None)  # a busy machine is no failure
@given(ROWS, st.randoms())
def test_order_does_not_matter_and_what_stays_does_not_overlap(
    rows: list[tuple[int, int, int, int, float]], random: object
) -> None:
    kept = suppressed(hits_of(rows))
    again = suppressed(hits_of(sorted(rows)))
    assert kept.boxes.tolist() == again.boxes.tolist()
    for place in range(len(kept)):
        over_union, over_smaller = overlaps(kept.boxes[place], kept.boxes[place + 1 :])
        assert (over_union < 0.4).all()
        assert (over_smaller < 0.7).all()


def test_mapping_and_joining() -> None:
    hits = hits_of([(10, 20, 30, 40, 0.5)])
    assert hits.mapped(scale=0.5, left=100, top=7).boxes.tolist() == [[105, 17, 120, 37]]
    assert len(joined([hits, no_hits(), hits])) == 2
    assert len(joined([])) == 0
