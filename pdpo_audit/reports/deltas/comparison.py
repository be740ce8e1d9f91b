"""Two audits compared from their tables: every number that report, workbook, pages and ``compare`` say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.reviews.deltas import AuditNamed, ChangesOf, Delta, Kind, ListedChange
from pdpo_audit.reports.deltas.findings import Turned, finding_changes, places_of, turn
from pdpo_audit.reports.deltas.holdings import (
    Erased,
    Sorted,
    cluster_changes,
    erased_between,
    holding_changes,
    people_changes,
    sort_copies,
)
from pdpo_audit.reports.deltas.reading import (
    Codes,
    Digester,
    FindingColumns,
    Frames,
    HoldingColumns,
    Numbers,
    distinct,
    read_findings,
    read_holdings,
    read_places,
    read_put_up,
)
from pdpo_audit.reports.deltas.unreached import Unreached, narrow, passed_over, without
from pdpo_audit.reports.words.literal import formulated

if TYPE_CHECKING:
    from pdpo_audit.reports.deltas.holdings import Rows

#: Places of each kind that are named.
LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTables:
    """An audit to compare: who it is, its tables, and the sources that it did not reach as a whole."""

    named: AuditNamed
    holdings: Frames
    findings: Frames
    dispositions: Frames
    skipped: Frames
    not_reached: frozenset[str] = frozenset()

    @property
    def unreached(self) -> Unreached:
        """What it did not reach: sources, and folders in others."""
        return Unreached(sources=self.not_reached, folders=passed_over(self.skipped))

    def without(self, unreached: Unreached) -> AuditTables:
        """The same audit, had this not been declared."""
        if not unreached:
            return self
        return replace(
            self, holdings=without(self.holdings, unreached), findings=without(self.findings, unreached),
            dispositions=without(self.dispositions, unreached),
        )  # fmt: skip


def compare_audits(
    before: AuditTables, now: AuditTables, *, earlier: Sequence[AuditTables] = (), key: str, listed: int = LISTED,
    erased: Sequence[tuple[str, str]] = (),
) -> Delta:  # fmt: skip
    """What changed from one audit to another. ``earlier`` are the audits before both, oldest first: a copy made again
    after an erasure that one of them proposed, and a finding that one of them had, are known by them.

    A source or folder that one of the two did not reach is left out of all: absence is no evidence of anything.
    ``erased`` are the places of copies that were erased under a plan, whatever the audits say of them.
    ``key`` (16 letters by chance) is what places and digests are hashed under. One pass over each table, and another
    over the holdings for the names of the copies that are listed.
    """
    unknown = narrow(before.unreached | now.unreached, before.holdings, now.holdings)
    before, now = before.without(unknown), now.without(unknown)
    earlier = [one.without(unknown) for one in earlier]
    digester = Digester(key=key)
    old, new = read_holdings(before.holdings, digester), read_holdings(now.holdings, digester)
    acted = digester.places(erased)
    ended, known_findings = _earlier(earlier, old, acted, digester)
    old_findings, new_findings = read_findings(before.findings, digester), read_findings(now.findings, digester)
    put_up = np.union1d(read_put_up(before.dispositions, digester, old_findings), acted)
    found = sort_copies(old, new, put_up, ended)
    days = _day(before.named.assessed_on), _day(now.named.assessed_on)
    places = places_of(old, new, found, same_methods=before.named.methods == now.named.methods)
    packs = _packs(before.named, digester), _packs(now.named, digester)
    turned = turn(old_findings, new_findings, places, packs=packs, days=days)
    sides = _Sides(old=old, new=new, old_findings=old_findings, new_findings=new_findings, found=found, turned=turned)
    return Delta(
        before=before.named,
        now=now.named,
        holdings=holding_changes(old, new, found),
        clusters=cluster_changes(old, new),
        people=people_changes(old, new),
        findings=finding_changes(old_findings, new_findings, turned, known_findings, days),
        sources=_by(sides, "source", digester),
        owners=_by(sides, "owner", digester),
        listed=tuple(_list(before, now, sides, listed)),
        not_compared=tuple(sorted(formulated(name) for name in unknown.named)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    old: HoldingColumns
    new: HoldingColumns
    old_findings: FindingColumns
    new_findings: FindingColumns
    found: Sorted
    turned: Turned


def _earlier(
    audits: Sequence[AuditTables], old: HoldingColumns, acted: Numbers, digester: Digester
) -> tuple[Erased, Numbers]:
    """What earlier audits put up for erasure and the first one no longer held; and every finding that they had."""
    contents, clusters, findings = [[np.empty(0, np.uint64)] for _ in range(3)]
    for audit in audits:
        said = read_findings(audit.findings, digester)
        put_up = np.union1d(read_put_up(audit.dispositions, digester, said), acted)
        erased = erased_between(read_holdings(audit.holdings, digester), put_up, old)
        contents.append(erased.contents)
        clusters.append(erased.clusters)
        findings.append(said.finding)
    return (
        Erased(contents=distinct(np.concatenate(contents)), clusters=distinct(np.concatenate(clusters))),
        distinct(np.concatenate(findings)),
    )


def _packs(audit: AuditNamed, digester: Digester) -> Numbers:
    import pandas as pd

    if not audit.packs:
        return np.empty(0, np.uint64)
    names, digests = zip(*audit.packs, strict=True)
    return digester.digest(pd.Series(list(names), dtype=object), pd.Series(list(digests), dtype=object))


def _day(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def _by(sides: _Sides, column: str, digester: Digester) -> tuple[ChangesOf, ...]:
    """The changes of each source or owner that has any, by name."""
    found, turned = sides.found, sides.turned
    old, new = getattr(sides.old, column), getattr(sides.new, column)
    counted = {
        "new": _count(new, found.came),
        "gone": _count(old, found.went),
        "moved": _count(new, found.moved_to),
        "changed": _count(new, found.there[found.changed]),
        "again": _count(new, found.came[found.again]),
        "opened": _count(getattr(sides.new_findings, column), turned.opened),
        "closed": _count(getattr(sides.old_findings, column), turned.closed),
    }
    names = {code: name for name, code in digester.names.items()}
    codes = sorted({code for numbers in counted.values() for code in numbers}, key=lambda code: names[code])
    return tuple(
        ChangesOf(name=formulated(names[code]), **{kind: numbers.get(code, 0) for kind, numbers in counted.items()})
        for code in codes
    )


def _count(codes: Codes, rows: NDArray[np.intp]) -> dict[int, int]:
    found, numbers = np.unique(codes[rows], return_counts=True)
    return dict(zip(found.tolist(), numbers.tolist(), strict=True))


def _list(before: AuditTables, now: AuditTables, sides: _Sides, most: int) -> Iterable[ListedChange]:
    """The first copies of each kind by the order of the tables."""
    found = sides.found
    again = found.came[found.again]
    moved = np.argsort(found.moved_to, kind="stable")[:most]
    chosen: dict[Kind, Rows] = {
        Kind.AGAIN: again[:most],
        Kind.NEW: np.setdiff1d(found.came, again)[:most],
        Kind.CHANGED: np.sort(found.there[found.changed])[:most],
        Kind.MOVED: found.moved_to[moved],
    }
    here = read_places(now.holdings, [int(row) for rows in chosen.values() for row in rows])
    gone, origins = found.went[:most], found.moved_from[moved]
    there = read_places(before.holdings, [int(row) for row in (*gone, *origins)])
    came_from = dict(zip(found.moved_to[moved].tolist(), origins.tolist(), strict=True))
    for kind, rows in chosen.items():
        for row in rows.tolist():
            was = there.get(came_from.get(row, -1), ("", "")) if kind is Kind.MOVED else ("", "")
            yield _listed(kind, here[row], was)
    for row in gone.tolist():
        yield _listed(Kind.GONE, there[row], ("", ""))


def _listed(kind: Kind, place: tuple[str, str], was: tuple[str, str]) -> ListedChange:
    source, path, was_source, was_path = map(formulated, (*place, *was))
    return ListedChange(kind=kind, source=source, path=path, was_source=was_source, was_path=was_path)
