"""What the reports say, composed once from the audit's tables, so that every writer prints the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.findings import PackIdentity
from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.model.reviews.deltas import Delta
from pdpo_audit.model.reviews.trends import Trend
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content import asking, breakdowns, cases, cost, numbers, ranking, selection
from pdpo_audit.reports.counting import cluster_pass, holding_pass, passes, rights  # fmt: skip
from pdpo_audit.reports.counting.rights import Rights
from pdpo_audit.reports.figures import (
    Case,
    Change,
    Cost,
    Custody,
    Graded,
    Grades,
    Integrity,
    LargeCluster,
    OwnerCases,
    RuleResult,
    Share,
    SkippedShare,
    SourceResult,
    Totals,
    Urgent,
)

if TYPE_CHECKING:
    from pdpo_audit.ports import TableSource

#: The jurisdiction that copies are at home in.
HOME = "HK"


def _is_reviewed(legal_review: str) -> bool:
    return bool(legal_review) and not legal_review.lower().startswith("not ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything the reports say. Text in it is as stored; writers escape it where it lands."""

    header: AuditHeader
    masked: bool
    #: Whether every case is printed, with all copies: in the list of one owner.
    whole: bool
    totals: Totals
    urgent: Urgent
    levels: tuple[Share, ...]
    bands: tuple[Share, ...]
    relations: tuple[Share, ...]
    sensitivity: tuple[Share, ...]
    sensitivity_looked_for: bool
    sensitivity_unlooked: int
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
    decisions: tuple[asking.OwnerDecisions, ...]
    owners: tuple[OwnerCases, ...]
    cases_shown: int
    findings_shown: int
    largest: tuple[LargeCluster, ...]
    contradicting: tuple[LargeCluster, ...]
    integrity: Integrity
    rights: Rights
    link_kinds: tuple[Share, ...]
    skipped: tuple[SkippedShare, ...]
    cost: Cost
    custody: Custody
    changes: tuple[Change, ...]
    follow_up: FollowUp | None
    delta: Delta | None = None
    trend: Trend = field(default_factory=Trend)

    @property
    def table_rows(self) -> dict[Table, int]:
        """How many rows each table has that the reports rest on."""
        totals = self.totals
        return {
            Table.HOLDINGS: totals.holdings,
            Table.CLUSTERS: totals.clusters,
            Table.FINDINGS: totals.findings,
            Table.DISPOSITIONS: totals.dispositions,
            Table.SKIPPED: totals.skipped,
            Table.LINKS: totals.links,
            Table.EVENTS: totals.events,
            Table.RIGHTS: self.rights.stated,
        }

    @property
    def printed(self) -> tuple[Case, ...]:
        """The cases that the printed report shows whole, most urgent first."""
        listed = (case for owner in self.owners for case in owner.cases if self.whole or case.number <= cases.PRINTED)
        return tuple(sorted(listed, key=lambda case: case.number))

    @property
    def outside(self) -> tuple[Share, ...]:
        """Copies outside Hong Kong, by jurisdiction; where no place is stated is another matter."""
        return tuple(share for share in self.jurisdictions if share.key not in ("", HOME))

    @property
    def recognisable_outside(self) -> int:
        """Copies outside Hong Kong that show a recognisable or named person."""
        return sum(share.holdings for share in self.recognisable_by_jurisdiction if share.key not in ("", HOME))

    @property
    def placeless(self) -> int:
        """Copies for which no place is stated."""
        return sum(share.holdings for share in self.jurisdictions if not share.key)

    @property
    def vendors(self) -> tuple[str, ...]:
        """The data processors that the sources name."""
        return tuple(dict.fromkeys(s.record.vendor for s in self.sources if s.record.vendor))

    @property
    def ownerless(self) -> tuple[str, ...]:
        """Sources without an owner."""
        return tuple(s.record.name for s in self.sources if not s.record.owner)

    @property
    def accountable(self) -> tuple[str, ...]:
        """The owners that the sources name."""
        return tuple(dict.fromkeys(s.record.owner for s in self.sources if s.record.owner))

    @property
    def purposeless(self) -> tuple[str, ...]:
        """Sources without a recorded purpose."""
        return tuple(s.record.name for s in self.sources if not s.record.purpose)

    @property
    def reached(self) -> tuple[str, ...]:
        """The sources of which at least a part was examined."""
        absent = {one.source for one in self.header.not_reached if not one.partly}
        return tuple(s.record.name for s in self.sources if s.record.name not in absent)

    @property
    def ended(self) -> tuple[str, ...]:
        """Sources whose purpose has ended by the day of assessment."""
        on = self.header.assessed_on
        return tuple(
            s.record.name for s in self.sources if s.record.purpose_ended_on and s.record.purpose_ended_on <= on
        )

    @property
    def left_out(self) -> tuple[tuple[str, str, str], ...]:
        """What the settings leave out: source, ``only`` or ``except``, and the pattern of paths."""
        return tuple(
            (source.record.name, kind, pattern)
            for source in self.sources
            for kind, patterns in (("only", source.record.include), ("except", source.record.exclude))
            for pattern in patterns
            if (kind, pattern) != ("only", "**/*")
        )

    @property
    def reviewed_packs(self) -> tuple[PackIdentity, ...]:
        """Rule packs that a lawyer reviewed."""
        return tuple(pack for pack in self.header.packs if _is_reviewed(pack.legal_review))

    @property
    def unreviewed_packs(self) -> tuple[PackIdentity, ...]:
        """Rule packs that no lawyer reviewed."""
        return tuple(pack for pack in self.header.packs if not _is_reviewed(pack.legal_review))

    def summary(self) -> dict[str, object]:
        """The numbers, ready for JSON: what the evidence carries and the next audit compares with."""
        header = self.header
        return {
            "audit_id": header.audit_id,
            "assessed_on": header.assessed_on.isoformat(),
            "masked": self.masked,
            "totals": asdict(self.totals),
            "urgent": asdict(self.urgent),
            "people_levels": numbers.of_levels(self.levels),
            "face_bands": numbers.by_key(self.bands),
            "relations": numbers.by_key(self.relations),
            "sensitivity": numbers.by_key(self.sensitivity) if self.sensitivity_looked_for else "not looked for",
            "sensitivity_not_looked_for": self.sensitivity_unlooked,
            "formats": numbers.by_key(self.formats),
            "jurisdictions": numbers.by_key(self.jurisdictions),
            "recognisable_by_jurisdiction": numbers.by_key(self.recognisable_by_jurisdiction),
            "clusters_across_jurisdictions": self.clusters_across_jurisdictions,
            "clusters_across_sources": self.clusters_across_sources,
            "severities": asdict(self.grades),
            "principles": {row.key: asdict(row.grades) for row in self.principles},
            "rules": {row.rule: asdict(row.grades) for row in self.rules},
            "outcomes": numbers.holdings_by_key(self.outcomes),
            "due_windows": numbers.holdings_by_key(self.due_windows),
            "due_by_act": numbers.holdings_by_key(self.due_by_act),
            "due_by_authority_rank": numbers.holdings_by_key(self.due_by_rank),
            "missing_facts": numbers.holdings_by_key(self.missing_facts),
            "links": numbers.holdings_by_key(self.link_kinds),
            "not_reached": [asdict(one) for one in header.not_reached],
            "skipped": [{"source": row.source, "reason": row.reason, "items": row.items} for row in self.skipped],
            "integrity": asdict(self.integrity),
            "rights": self.rights.summary(),
            "follow_up": self.follow_up.summary() if self.follow_up else None,
            "delta": self.delta.summary() if self.delta else None,
            "cost_hkd": numbers.of_cost(self.cost),
            "sources": [numbers.of_source(place, source) for place, source in enumerate(self.sources, 1)],
            "event_log": {"count": self.totals.events, "head": self.custody.head},
        }


def compose(
    header: AuditHeader,
    tables: TableSource,
    *,
    previous: Mapping[str, object] | None = None,
    masked: bool = False,
    follow_up: FollowUp | None = None,
    delta: Delta | None = None,
    whole: bool = False,
) -> Content:
    """Read every table once (the findings twice) and state what the reports say; memory is flat in the rows.

    ``previous`` is the ``summary()`` of the audit before, ``follow_up`` what became of its proposals, ``delta``
    what changed since. ``masked`` says
    that ``tables`` carry masked paths (``masking.MaskedTables``), which the reports then state.
    """
    findings = selection.pass_findings(tables)
    wanted = cases.wanted(findings.cases)
    clusters = cluster_pass.pass_clusters(tables, wanted.clusters)
    holdings = holding_pass.pass_holdings(tables, wanted)
    listed = frozenset((copy.source, copy.path) for found in holdings.copies.values() for copy in found.copies)
    dispositions = passes.pass_dispositions(tables, header.assessed_on, listed)
    skipped = passes.pass_skipped(tables)
    links, _, _ = passes.pass_column(tables, Table.LINKS, "kind")
    events, first_at, last_at = passes.pass_column(tables, Table.EVENTS, "kind")
    cube = holdings.cube
    most = (holding_pass.KEPT_COPIES,) if whole else ()
    totals = breakdowns.totals(cube, findings.cube, dispositions.cube, clusters.rows, skipped, links, events)
    sources = ranking.rank(header, cube, findings.cube, dispositions.cube, skipped)
    return Content(
        header=header,
        masked=masked,
        whole=whole,
        totals=totals,
        urgent=breakdowns.urgent(header, cube, findings.cube, dispositions.cube),
        levels=breakdowns.levels(cube, clusters.levels, clusters.copies),
        bands=breakdowns.bands(cube),
        relations=breakdowns.relations(cube),
        sensitivity=breakdowns.sensitivity(cube),
        sensitivity_looked_for=breakdowns.sensitivity_looked_for(cube),
        sensitivity_unlooked=breakdowns.sensitivity_unlooked(cube),
        formats=breakdowns.by(cube, "format"),
        jurisdictions=breakdowns.by(cube, "jurisdiction"),
        recognisable_by_jurisdiction=breakdowns.by(cube, "jurisdiction", people_level=breakdowns.RECOGNISABLE),
        clusters_across_jurisdictions=clusters.across_jurisdictions,
        clusters_across_sources=clusters.across_sources,
        sources=sources,
        grades=breakdowns.grades(findings.cube),
        principles=breakdowns.principles(findings.cube),
        rules=breakdowns.rules(header, findings.cube),
        outcomes=breakdowns.outcomes(dispositions.cube),
        due_windows=breakdowns.windows(dispositions.cube),
        due_by_act=breakdowns.due_by_act(dispositions.cube),
        due_by_rank=breakdowns.due_by_rank(dispositions.cube),
        missing_facts=breakdowns.missing_facts(dispositions.cube),
        decisions=asking.decisions(header, dispositions, findings.cube),
        owners=cases.by_owner(findings, holdings.copies, clusters.reasons, dispositions.of_copy, tables, *most),
        cases_shown=len(findings.cases),
        findings_shown=findings.shown,
        largest=clusters.largest,
        contradicting=clusters.contradicting,
        rights=rights.pass_rights(tables, header.assessed_on),
        integrity=breakdowns.integrity(cube, clusters),
        link_kinds=tuple(Share(key=kind, holdings=number) for kind, number in links.items()),
        skipped=skipped,
        cost=cost.yearly(totals.additional_bytes, sources),
        custody=Custody(
            first_at=first_at,
            last_at=last_at,
            head=header.event_head,
            kinds=tuple(Share(key=kind, holdings=number) for kind, number in events.items()),
        ),
        changes=numbers.compare(totals, previous),
        follow_up=follow_up,
        delta=delta,
    )
