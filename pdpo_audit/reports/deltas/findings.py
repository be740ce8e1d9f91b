"""Findings of two audits compared, and why they opened and closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.reviews.deltas import Cause, FindingChanges
from pdpo_audit.reports.deltas.holdings import Mask, Sorted
from pdpo_audit.reports.deltas.reading import FindingColumns, HoldingColumns, Numbers, among, distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Places that are in both audits with the same bytes; those of them that are seen otherwise, and why."""

    unchanged: Numbers
    by_library: Numbers
    by_method: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """The rows that opened (of the second audit) and closed (of the first), each with its cause."""

    opened: NDArray[np.intp]
    closed: NDArray[np.intp]
    opened_by: Mapping[Cause, int]
    closed_by: Mapping[Cause, int]


def places_of(before: HoldingColumns, now: HoldingColumns, found: Sorted, *, same_methods: bool) -> Places:
    """The places whose bytes did not change. A copy that is seen otherwise, or in a cluster of another size, is so by
    the library where copies of its cluster came, went or changed, and else by the method where that is another one."""
    here, there = found.here[~found.changed], found.there[~found.changed]
    place = before.place[here]
    otherwise = before.seen[here] != now.seen[there]
    otherwise |= _cluster_sizes(before)[here] != _cluster_sizes(now)[there]
    left = np.concatenate([found.went, found.moved_from, found.here[found.changed]])
    joined = np.concatenate([found.came, found.moved_to, found.there[found.changed]])
    touched = among(before.cluster[here], _named(before.cluster[left]))
    touched |= among(now.cluster[there], _named(now.cluster[joined]))
    by_method = otherwise & ~touched & (not same_methods)
    return Places(unchanged=place, by_library=place[otherwise & touched], by_method=place[by_method])


def turn(
    before: FindingColumns,
    now: FindingColumns,
    places: Places,
    *,
    packs: tuple[Numbers, Numbers],
    days: tuple[int, int],
) -> Turned:
    """What opened and closed. ``packs`` and ``days`` (ordinals) are those of both audits."""
    opened = np.flatnonzero(~among(now.finding, before.finding))
    closed = np.flatnonzero(~among(before.finding, now.finding))
    came_due = (now.due[opened] > days[0]) & (now.due[opened] <= days[1])
    never = np.zeros(len(closed), dtype=bool)
    return Turned(
        opened=opened,
        closed=closed,
        opened_by=_causes(now, opened, places, ~among(now.pack[opened], packs[0]), came_due),
        closed_by=_causes(before, closed, places, ~among(before.pack[closed], packs[1]), never),
    )


def finding_changes(
    before: FindingColumns, now: FindingColumns, turned: Turned, earlier: Numbers, days: tuple[int, int]
) -> FindingChanges:
    """The findings in numbers; ``earlier`` are the findings of audits before the first."""
    overdue = now.open & (now.due > 0) & (now.due < days[1])
    was_overdue = before.open & (before.due > 0) & (before.due < days[0])
    return FindingChanges(
        before=len(before.finding),
        now=len(now.finding),
        opened=len(turned.opened),
        closed=len(turned.closed),
        stayed=len(now.finding) - len(turned.opened),
        overdue=int(overdue.sum()),
        newly_overdue=int((overdue & ~among(now.finding, before.finding[was_overdue])).sum()),
        reopened=int(among(now.finding[turned.opened], earlier).sum()),
        opened_by=turned.opened_by,
        closed_by=turned.closed_by,
    )


def _causes(
    side: FindingColumns, rows: NDArray[np.intp], places: Places, other_pack: Mask, came_due: Mask
) -> dict[Cause, int]:
    """Each row has the first cause that applies, so that the numbers add up; what speaks of a whole source has no copy
    that could have changed."""
    place = side.place[rows]
    order = (
        (Cause.LIBRARY, ~among(place, places.unchanged) & ~side.whole[rows]),
        (Cause.RULES, other_pack),
        (Cause.METHOD, among(place, places.by_method)),
        (Cause.LIBRARY, among(place, places.by_library)),
        (Cause.TIME, came_due),
        (Cause.FACTS, np.ones(len(rows), dtype=bool)),
    )
    left = np.ones(len(rows), dtype=bool)
    counted = dict.fromkeys(Cause, 0)
    for cause, applies in order:
        counted[cause] += int((applies & left).sum())
        left &= ~applies
    return counted


def _named(clusters: Numbers) -> Numbers:
    return distinct(clusters[clusters != 0])


def _cluster_sizes(side: HoldingColumns) -> NDArray[np.intp]:
    """The size of each copy's cluster, 1 where it is in none."""
    _, inverse, sizes = np.unique(side.cluster, return_inverse=True, return_counts=True)
    return np.where(side.cluster != 0, sizes[inverse], 1)
