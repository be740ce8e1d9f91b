"""What additional copies cost to keep: a band, because storage rates differ and nobody's bill is known here."""

from __future__ import annotations

from collections.abc import Iterable

from pdpo_audit.reports.figures import Band, Cost, SourceResult

#: HK$ per GB and month of mid-tier enterprise cloud storage in Hong Kong: a published band, not independently
#: verified, and printed as an assumption. A source's own rate stands beside it where the settings state one.
RATES = Band(low=0.15, high=0.25)
#: HK$ a year below which the cost is said in words.
SMALL = 100.0
#: Storage is billed in decimal gigabytes.
BYTES_PER_GB = 1_000_000_000


def monthly(additional_bytes: int) -> Band:
    """HK$ a month for so many bytes at the assumed rates."""
    gigabytes = additional_bytes / BYTES_PER_GB
    return Band(low=gigabytes * RATES.low, high=gigabytes * RATES.high)


def stated(additional_bytes: int, rate: float | None) -> float | None:
    """HK$ a month at the organisation's own rate, ``None`` where it stated none."""
    return None if rate is None else additional_bytes / BYTES_PER_GB * rate


def yearly(additional_bytes: int, sources: Iterable[SourceResult]) -> Cost:
    """The whole audit's yearly cost of additional copies; stated only where every source with copies has a rate."""
    month = monthly(additional_bytes)
    own = [source.stated_monthly_cost for source in sources if source.additional_bytes]
    known = [amount for amount in own if amount is not None]
    complete = bool(own) and len(known) == len(own)
    stated_yearly = sum(known) * 12 if complete else None
    return Cost(
        gigabytes=additional_bytes / BYTES_PER_GB,
        yearly=Band(low=month.low * 12, high=month.high * 12),
        stated_yearly=stated_yearly,
        rates=RATES,
        is_small=max(month.high * 12, stated_yearly or 0.0) < SMALL,
    )
