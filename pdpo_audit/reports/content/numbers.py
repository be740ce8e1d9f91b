"""Figures as plain numbers, ready for JSON: what the evidence carries and the next audit compares with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from pdpo_audit.reports.figures import Change, Cost, Share, SourceResult, Totals


def compare(totals: Totals, previous: Mapping[str, object] | None) -> tuple[Change, ...]:
    """The totals beside those of the audit before; measures it did not have are left out."""
    before = previous.get("totals") if previous else None
    if not isinstance(before, Mapping):
        return ()
    now: dict[str, int] = asdict(totals)
    return tuple(
        Change(measure=name, before=value, now=now[name])
        for name, value in before.items()
        if name in now and isinstance(value, int)
    )


def by_key(shares: Iterable[Share]) -> dict[str, dict[str, int]]:
    """Pictures, holdings and bytes of each value of a breakdown."""
    return {row.key: {"pictures": row.pictures, "holdings": row.holdings, "bytes": row.bytes} for row in shares}


def of_levels(shares: Sequence[Share]) -> dict[str, dict[str, int]]:
    """The same of people levels, with all copies of the pictures of each."""
    return {key: {**row, "held": share.held} for (key, row), share in zip(by_key(shares).items(), shares, strict=True)}


def holdings_by_key(shares: Iterable[Share]) -> dict[str, int]:
    """Holdings of each value of a breakdown."""
    return {row.key: row.holdings for row in shares}


def of_cost(found: Cost) -> dict[str, float | None]:
    """The cost of additional copies in HK$, rounded as it is printed."""
    return {
        "additional_gigabytes": round(found.gigabytes, 3),
        "yearly_low": round(found.yearly.low, 2),
        "yearly_high": round(found.yearly.high, 2),
        "yearly_at_stated_rates": None if found.stated_yearly is None else round(found.stated_yearly, 2),
    }


def of_source(rank: int, source: SourceResult) -> dict[str, object]:
    """What one source holds and what became of it."""
    return {
        "rank": rank,
        "name": source.record.name,
        "holdings": source.holdings,
        "bytes": source.bytes,
        "additional_copies": source.additional_copies,
        "additional_bytes": source.additional_bytes,
        "recognisable": source.recognisable,
        "named": source.named,
        "sensitive": source.sensitive,
        "skipped": source.skipped,
        "severities": asdict(source.grades),
        "outcomes": dict(source.outcomes),
    }
