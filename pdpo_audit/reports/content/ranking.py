"""The sources in order of risk: which library first, by stated reasons and not by a made-up score."""

from __future__ import annotations

from pdpo_audit.model.audits import AuditHeader, SourceRecord
from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.reports.content import cost
from pdpo_audit.reports.content.breakdowns import PICTURES, RECOGNISABLE, flagged, grades
from pdpo_audit.reports.counting.cubes import Cube, Weight
from pdpo_audit.reports.figures import SkippedShare, SourceResult


def rank(
    header: AuditHeader, holdings: Cube, findings: Cube, dispositions: Cube, skipped: tuple[SkippedShare, ...]
) -> tuple[SourceResult, ...]:
    """Every declared source and every source that holds or skipped something, riskiest first."""
    declared = {record.name: record for record in header.sources}
    met = set(holdings.by("source")) | {row.source for row in skipped} | set(dispositions.by("source"))
    records = [*declared.values(), *(SourceRecord(name=name, uri="") for name in sorted(met - set(declared)))]
    results = [
        _result(record, record.name in declared, holdings, findings, dispositions, skipped) for record in records
    ]
    return tuple(sorted(results, key=risk, reverse=True))


def risk(source: SourceResult) -> tuple[int, ...]:
    """The order of risk, one criterion after the other: the report prints the list in these words."""
    return (
        source.grades.critical,
        int(source.record.maybe_public and source.recognisable + source.sensitive > 0),
        source.sensitive,
        source.grades.major,
        source.outcomes.get(Outcome.DUE.value, 0),
        source.named,
        source.recognisable,
        source.additional_copies,
        source.holdings,
    )


def _result(
    record: SourceRecord,
    declared: bool,
    holdings: Cube,
    findings: Cube,
    dispositions: Cube,
    skipped: tuple[SkippedShare, ...],
) -> SourceResult:
    name = record.name
    everything = holdings.total(source=name)
    additional = holdings.total(source=name, place="additional")
    outcomes = dispositions.by("outcome", source=name)
    return SourceResult(
        record=record,
        declared=declared,
        holdings=everything.rows,
        bytes=everything.bytes,
        pictures=holdings.total(source=name, place=PICTURES).rows,
        additional_copies=additional.rows,
        additional_bytes=additional.bytes,
        recognisable=holdings.total(source=name, people_level=RECOGNISABLE).rows,
        named=holdings.total(source=name, people_level=PeopleLevel.P3.value).rows,
        unknown_people=holdings.total(source=name, people_level=PeopleLevel.UNKNOWN.value).rows,
        sensitive=flagged(holdings, source=name).rows,
        grades=grades(findings, source=name),
        outcomes={rung.value: outcomes.get(rung.value, Weight()).rows for rung in Outcome},
        skipped=sum(row.items for row in skipped if row.source == name),
        monthly_cost=cost.monthly(additional.bytes),
        stated_monthly_cost=cost.stated(additional.bytes, record.cost_hkd_per_gb_month),
    )
