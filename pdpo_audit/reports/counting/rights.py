"""The rights that are stated of copies, in one streaming pass: counted, and those that have ended listed."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.counting.passes import CHUNK
from pdpo_audit.reports.figures import Share

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

#: How many copies whose right has ended the printed report lists; the workbook lists all.
LISTED = 8
#: Days ahead in which an end counts as near.
SOON = 90
#: PLUS codes of the age disclosed that speak of a minor (under 18).
MINORS = frozenset({"AG-A17", "AG-A16", "AG-A15", "AG-U14"})

#: The numbers of ``Rights``, in their order.
COUNTS = (
    "stated", "noticed", "with_terms", "with_licence_end", "licences_ended", "licences_ending", "consents_ended",
    "minors",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRight:
    """A copy whose licence or consent has ended."""

    source: str
    path: str
    owner: str
    licensor: str
    terms: str
    kind: str
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What is known of rights: copies counted by what is stated of them, and those whose right has ended first.

    ``releases`` counts copies by the code of the model release (PLUS) as the pictures carry it.
    """

    stated: int
    noticed: int
    with_terms: int
    with_licence_end: int
    licences_ended: int
    licences_ending: int
    consents_ended: int
    minors: int
    releases: tuple[Share, ...]
    ended: tuple[EndedRight, ...]

    def summary(self) -> dict[str, object]:
        """The numbers, ready for JSON."""
        numbers = {name: getattr(self, name) for name in COUNTS}
        return numbers | {"releases": {share.key: share.holdings for share in self.releases}}


#: Sorts the listed ones: the day of the end, source, path and kind (both rights of one copy may end on one day).
_Entry = tuple[int, str, str, str, EndedRight]


class _Count:
    """What is counted while the rows stream by."""

    def __init__(self, on: date) -> None:
        self.on, self.soon = on, on + timedelta(days=SOON)
        self.numbers: dict[str, int] = {}
        self.releases: dict[str, int] = {}
        self.ended: list[_Entry] = []

    def add(self, name: str, condition: bool) -> None:
        self.numbers[name] = self.numbers.get(name, 0) + condition

    def keep(self, found: EndedRight) -> None:
        entry = (-found.ends_on.toordinal(), found.source, found.path, found.kind, found)
        if len(self.ended) < LISTED:
            heapq.heappush(self.ended, entry)
        else:
            heapq.heappushpop(self.ended, entry)


def pass_rights(tables: TableSource, on: date) -> Rights:
    """Count what metadata and register state of rights, seen from ``on``; an end on that day counts as ended."""
    count = _Count(on)
    for frame in tables.chunks(Table.RIGHTS, CHUNK):
        for row in _texts(frame):
            _meet(row, count)
    number = count.numbers
    return Rights(
        stated=number.get("stated", 0),
        noticed=number.get("noticed", 0),
        with_terms=number.get("with_terms", 0),
        with_licence_end=number.get("with_licence_end", 0),
        licences_ended=number.get("licences_ended", 0),
        licences_ending=number.get("licences_ending", 0),
        consents_ended=number.get("consents_ended", 0),
        minors=number.get("minors", 0),
        releases=tuple(Share(key=key, holdings=rows) for key, rows in sorted(count.releases.items())),
        ended=tuple(entry[-1] for entry in sorted(count.ended, key=lambda one: (-one[0], *one[1:4]))),
    )


def _texts(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{name: columns.cell(value) for name, value in row.items()} for row in columns.records(frame)]


def _meet(row: dict[str, str], count: _Count) -> None:
    """Count one row; the earlier of two ends of a licence counts, a withdrawn consent before one that expires."""
    licence = _earlier(row["licence_ends_on"], row["registered_licence_ends_on"])
    consent = _earlier(row["consent_withdrawn_on"], row["consent_expires_on"])
    count.add("stated", True)
    count.add("noticed", bool(row["rights"]))
    count.add("with_terms", bool(row["usage_terms"]))
    count.add("with_licence_end", licence is not None)
    count.add("licences_ended", licence is not None and licence <= count.on)
    count.add("licences_ending", licence is not None and count.on < licence <= count.soon)
    count.add("consents_ended", consent is not None and consent <= count.on)
    count.add("minors", _code(row["minor_age"]) in MINORS)
    if release := _code(row["model_release"]):
        count.releases[release] = count.releases.get(release, 0) + 1
    for kind, ends in (("licence", licence), ("consent", consent)):
        if ends is not None and ends <= count.on:
            count.keep(_ended(row, kind, ends))


def _ended(row: dict[str, str], kind: str, ends: date) -> EndedRight:
    return EndedRight(
        source=row["source"],
        path=row["path"],
        owner=row["owner"],
        licensor=row["licence_reference"] or row["credit"] or row["artist"],
        terms=row["usage_terms"],
        kind=kind,
        ends_on=ends,
    )


def _earlier(*texts: str) -> date | None:
    return min((found for text in texts if (found := columns.day(text)) is not None), default=None)


def _code(text: str) -> str:
    """The code of a PLUS value, which may be written as an address (``http://ns.useplus.org/ldf/vocab/MR-UMR``)."""
    return text.rpartition("/")[2]
