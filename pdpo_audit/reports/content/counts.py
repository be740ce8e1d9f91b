"""The tables of an audit, each read once, and what is counted of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content import breakdowns, cases, legibility, ranking, selection
from pdpo_audit.reports.counting import cluster_pass, holding_pass, passes
from pdpo_audit.reports.figures import (
    Custody,
    Graded,
    Grades,
    Integrity,
    LargeCluster,
    RuleResult,
    Share,
    SkippedShare,
    SourceResult,
    Totals,
    Urgent,
)

if TYPE_CHECKING:
    from pdpo_audit.ports import TableSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """What one pass over each table left; ``links`` and ``events`` by kind."""

    findings: selection.FindingPass
    clusters: cluster_pass.ClusterPass
    holdings: holding_pass.HoldingPass
    dispositions: passes.DispositionPass
    skipped: tuple[SkippedShare, ...]
    links: Mapping[str, int]
    events: Mapping[str, int]
    first_event: str
    last_event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The breakdowns of a report."""

    totals: Totals
    urgent: Urgent
    levels: tuple[Share, ...]
    bands: tuple[Share, ...]
    relations: tuple[Share, ...]
    sensitivity: tuple[Share, ...]
    sensitivity_looked_for: bool
    sensitivity_unlooked: int
    legible: tuple[Share, ...]
    legible_unlooked: int
    hints: tuple[Share, ...]
    formats: tuple[Share, ...]
    jurisdictions: tuple[Share, ...]
    recognisable_by_jurisdiction: tuple[Share, ...]
    clusters_across_jurisdictions: int
    clusters_across_sources: int
    sources: tuple[SourceResult, ...]
    grades: Grades
    principles: tuple[Graded, ...]
    rules: tuple[RuleResult, ...]
    outcomes: tuple[Share, ...]
    due_windows: tuple[Share, ...]
    due_by_act: tuple[Share, ...]
    due_by_rank: tuple[Share, ...]
    missing_facts: tuple[Share, ...]
    #: Findings that rest on a period which a rule pack suggests and nobody has adopted.
    suggested: int
    largest: tuple[LargeCluster, ...]
    contradicting: tuple[LargeCluster, ...]
    integrity: Integrity
    link_kinds: tuple[Share, ...]
    skipped: tuple[SkippedShare, ...]
    custody: Custody


def read_tables(header: AuditHeader, tables: TableSource) -> Passes:
    """Read every table once, the findings twice; memory is flat in the rows."""
    findings = selection.pass_findings(tables)
    wanted = cases.wanted(findings.cases)
    clusters = cluster_pass.pass_clusters(tables, wanted.clusters)
    holdings = holding_pass.pass_holdings(tables, wanted)
    listed = frozenset((copy.source, copy.path) for found in holdings.copies.values() for copy in found.copies)
    links, _, _ = passes.pass_column(tables, Table.LINKS, "kind")
    events, first, last = passes.pass_column(tables, Table.EVENTS, "kind")
    return Passes(
        findings=findings,
        clusters=clusters,
        holdings=holdings,
        dispositions=passes.pass_dispositions(tables, header.assessed_on, listed),
        skipped=passes.pass_skipped(tables),
        links=links,
        events=events,
        first_event=first,
        last_event=last,
    )


def count(header: AuditHeader, read: Passes) -> Counts:
    """The breakdowns of what was read."""
    held, found, judged = read.holdings.cube, read.findings.cube, read.dispositions.cube
    clusters = read.clusters
    return Counts(
        totals=breakdowns.totals(held, found, judged, clusters.rows, read.skipped, read.links, read.events),
        urgent=breakdowns.urgent(header, held, found, judged),
        levels=breakdowns.levels(held, clusters.levels, clusters.copies),
        bands=breakdowns.bands(held),
        relations=breakdowns.relations(held),
        sensitivity=breakdowns.sensitivity(held),
        sensitivity_looked_for=breakdowns.sensitivity_looked_for(held),
        sensitivity_unlooked=breakdowns.sensitivity_unlooked(held),
        legible=legibility.by_kind(held),
        legible_unlooked=legibility.unlooked(held),
        hints=legibility.hints(held),
        formats=breakdowns.by(held, "format"),
        jurisdictions=breakdowns.by(held, "jurisdiction"),
        recognisable_by_jurisdiction=breakdowns.by(held, "jurisdiction", people_level=breakdowns.RECOGNISABLE),
        clusters_across_jurisdictions=clusters.across_jurisdictions,
        clusters_across_sources=clusters.across_sources,
        sources=ranking.rank(header, held, found, judged, breakdowns.unexamined(read.skipped)),
        grades=breakdowns.grades(found),
        principles=breakdowns.principles(found),
        rules=breakdowns.rules(header, found),
        outcomes=breakdowns.outcomes(judged),
        due_windows=breakdowns.windows(judged),
        due_by_act=breakdowns.due_by_act(judged),
        due_by_rank=breakdowns.due_by_rank(judged),
        missing_facts=breakdowns.missing_facts(judged),
        suggested=found.total(authority_rank=AuthorityRank.SUGGESTED_DEFAULT.value).rows,
        largest=clusters.largest,
        contradicting=clusters.contradicting,
        integrity=breakdowns.integrity(held, clusters),
        link_kinds=_shares(read.links),
        skipped=breakdowns.unexamined(read.skipped),
        custody=Custody(
            first_at=read.first_event,
            last_at=read.last_event,
            head=header.event_head,
            kinds=_shares(read.events),
        ),
    )


def _shares(numbers: Mapping[str, int]) -> tuple[Share, ...]:
    return tuple(Share(key=kind, holdings=number) for kind, number in numbers.items())
