"""Copies, duplicate clusters and people of two audits compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.reviews.deltas import ClusterChanges, HoldingChanges, PeopleChanges
from pdpo_audit.reports.deltas.reading import HoldingColumns, Numbers, among, distinct

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What became of each copy. ``here`` and ``there`` are the rows, before and now, of places that are in both.

    ``moved_from`` and ``moved_to`` are rows that belong together; ``went`` and ``came`` the rest.
    """

    here: Rows
    there: Rows
    changed: Mask
    moved_from: Rows
    moved_to: Rows
    went: Rows
    came: Rows
    again: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Contents and clusters of copies that were put up for erasure and went, by audits before the first one."""

    contents: Numbers
    clusters: Numbers


def sort_copies(before: HoldingColumns, now: HoldingColumns, put_up: Numbers, earlier: Erased) -> Sorted:
    """Every copy of both audits, each in one kind: same place, moved (same bytes, elsewhere), gone or new.

    Of copies with the same bytes those within one source are taken for moved first, in the order of the tables.
    ``put_up`` are the places that the first audit put up for erasure.
    """
    _, here, there = np.intersect1d(before.place, now.place, assume_unique=True, return_indices=True)
    changed = (before.content[here] != now.content[there]) & _known(before.content[here], now.content[there])
    unread = ~_known(before.content[here], now.content[there])
    changed |= unread & (before.bytes[here] != now.bytes[there])
    went, came = _rest(before.place, here), _rest(now.place, there)
    near = _paired(_within(before, went), _within(now, came))
    far_went, far_came = went[~near[0]], came[~near[1]]
    far = _paired(before.content[far_went], now.content[far_came])
    moved_from, moved_to = _together(before, now, went[near[0]], came[near[1]], far_went[far[0]], far_came[far[1]])
    went, came = far_went[~far[0]], far_came[~far[1]]
    erased = went[among(before.place[went], put_up)]
    contents = np.union1d(before.content[erased], earlier.contents)
    clusters = np.union1d(before.cluster[erased], earlier.clusters)
    again = _in_known(now.content[came], contents) | _in_known(now.cluster[came], clusters)
    return Sorted(
        here=here, there=there, changed=changed, moved_from=moved_from, moved_to=moved_to, went=went, came=came,
        again=again,
    )  # fmt: skip


def erased_between(audit: HoldingColumns, put_up: Numbers, later: HoldingColumns) -> Erased:
    """What an audit put up for erasure and a later one no longer holds at its place."""
    due = among(audit.place, put_up) & ~among(audit.place, later.place)
    return Erased(contents=distinct(audit.content[due]), clusters=distinct(audit.cluster[due]))


def holding_changes(before: HoldingColumns, now: HoldingColumns, found: Sorted) -> HoldingChanges:
    """The copies in numbers."""
    came = found.came
    of_known = _in_known(now.content[came], distinct(before.content))
    of_known |= _in_known(now.cluster[came], distinct(before.cluster))
    changed = int(found.changed.sum())
    return HoldingChanges(
        before=len(before.place),
        now=len(now.place),
        unchanged=len(found.here) - changed,
        changed=changed,
        moved=len(found.moved_to),
        new=len(came),
        gone=len(found.went),
        new_of_known=int(of_known.sum()),
        again=int(found.again.sum()),
        bytes_new=int(now.bytes[came].sum()),
        bytes_gone=int(before.bytes[found.went].sum()),
    )


def cluster_changes(before: HoldingColumns, now: HoldingColumns) -> ClusterChanges:
    """The duplicate clusters: an id lives on with the largest part; what else became of one shows in its contents."""
    old, old_sizes = _sizes(before.cluster)
    new, new_sizes = _sizes(now.cluster)
    both, of_old, of_new = np.intersect1d(old, new, assume_unique=True, return_indices=True)
    difference = new_sizes[of_new] - old_sizes[of_old]
    split, joined = _crossings(before, now)
    return ClusterChanges(
        before=len(old),
        now=len(new),
        born=len(new) - len(both),
        ended=len(old) - len(both),
        grew=int((difference > 0).sum()),
        shrank=int((difference < 0).sum()),
        split=split,
        joined=joined,
    )


def people_changes(before: HoldingColumns, now: HoldingColumns) -> PeopleChanges:
    """Pictures (a duplicate cluster, or a content that is in none) that show a recognisable or named person.

    A picture that was in one of its contents, or as a cluster, recognisable before is not newly found.
    """
    old, new = _pictures(before), _pictures(now)
    old_shown, new_shown = distinct(old[before.recognisable]), distinct(new[now.recognisable])
    known_contents = distinct(before.content[before.recognisable])
    same = among(new, old_shown) | _in_known(now.content, known_contents)
    before_known = distinct(new[same & now.recognisable])
    newly = np.setdiff1d(new_shown, before_known)
    held = among(new, distinct(old)) | _in_known(now.content, distinct(before.content))
    return PeopleChanges(
        before=len(old_shown),
        now=len(new_shown),
        newly=len(newly),
        newly_in_known=len(np.intersect1d(newly, distinct(new[held]))),
        no_longer=len(old_shown) + len(newly) - len(new_shown),
    )


def _known(left: Numbers, right: Numbers) -> Mask:
    return np.asarray((left != 0) & (right != 0))


def _in_known(numbers: Numbers, known: Numbers) -> Mask:
    """Which numbers are among the known ones; 0 stands for nothing."""
    return np.asarray(among(numbers, known) & (numbers != 0))


def _rest(places: Numbers, taken: Rows) -> Rows:
    left = np.ones(len(places), dtype=bool)
    left[taken] = False
    return np.flatnonzero(left)


def _within(side: HoldingColumns, rows: Rows) -> Numbers:
    """Content and source in one number: what can have moved within its source."""
    mixed: Numbers = side.content[rows] ^ (side.source[rows].astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    return np.where(side.content[rows] == 0, np.uint64(0), mixed)


def _paired(left: Numbers, right: Numbers) -> tuple[Mask, Mask]:
    """Which rows of both sides find one of the same key on the other; each only one, in order. Key 0 finds none."""
    _, inverse = np.unique(np.concatenate([left, right]), return_inverse=True)
    mine, theirs = inverse[: len(left)], inverse[len(left) :]
    most = int(inverse.max()) + 1 if len(inverse) else 0
    pairs = np.minimum(np.bincount(mine, minlength=most), np.bincount(theirs, minlength=most))
    return (_rank(mine) < pairs[mine]) & (left != 0), (_rank(theirs) < pairs[theirs]) & (right != 0)


def _rank(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """The number of each row among those of its group, in order."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.intp)
    lengths = np.diff(np.r_[starts, len(ordered)])
    rank = np.empty(len(groups), dtype=np.intp)
    rank[order] = np.arange(len(ordered)) - np.repeat(starts, lengths)
    return rank


def _together(
    before: HoldingColumns, now: HoldingColumns, near_from: Rows, near_to: Rows, far_from: Rows, far_to: Rows
) -> tuple[Rows, Rows]:
    """Rows that moved, in pairs: of equal keys the first with the first."""
    near = np.argsort(_within(before, near_from), kind="stable"), np.argsort(_within(now, near_to), kind="stable")
    far = np.argsort(before.content[far_from], kind="stable"), np.argsort(now.content[far_to], kind="stable")
    return (
        np.concatenate([near_from[near[0]], far_from[far[0]]]),
        np.concatenate([near_to[near[1]], far_to[far[1]]]),
    )


def _sizes(clusters: Numbers) -> tuple[Numbers, NDArray[np.intp]]:
    ids, sizes = np.unique(clusters[clusters != 0], return_counts=True)
    return ids, sizes


def _crossings(before: HoldingColumns, now: HoldingColumns) -> tuple[int, int]:
    """How many clusters went into several, and how many came from several, by the contents that are in both audits."""
    old_contents, old_rows = np.unique(before.content, return_index=True)
    new_contents, new_rows = np.unique(now.content, return_index=True)
    shared, of_old, of_new = np.intersect1d(old_contents, new_contents, assume_unique=True, return_indices=True)
    left, right = before.cluster[old_rows[of_old]], now.cluster[new_rows[of_new]]
    inside = (left != 0) & (right != 0) & (shared != 0)
    if not inside.any():
        return 0, 0
    crossing = np.unique(np.stack([left[inside], right[inside]], axis=1), axis=0)
    parts = np.unique(crossing[:, 0], return_counts=True)[1]
    origins = np.unique(crossing[:, 1], return_counts=True)[1]
    return int((parts > 1).sum()), int((origins > 1).sum())


def _pictures(side: HoldingColumns) -> Numbers:
    """A number for each picture: its cluster's, its content's, or its place's where it was never read."""
    alone = np.where(side.content != 0, side.content, side.place)
    return np.where(side.cluster != 0, side.cluster, alone)
