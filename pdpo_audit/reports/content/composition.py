"""What the reports say, composed once from the audit's tables, so that every writer prints the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.findings import PackIdentity
from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.model.reviews.deltas import Delta
from pdpo_audit.model.reviews.trends import Trend
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content import asking, cases, cost, numbers
from pdpo_audit.reports.content.counts import Counts, count, read_tables
from pdpo_audit.reports.content.disposals import Disposals, read_disposals
from pdpo_audit.reports.counting import rights
from pdpo_audit.reports.counting.holding_pass import KEPT_COPIES
from pdpo_audit.reports.counting.rights import Rights
from pdpo_audit.reports.figures import Case, Change, Cost, OwnerCases, Share

if TYPE_CHECKING:
    from pdpo_audit.ports import TableSource

#: The jurisdiction that copies are at home in.
HOME = "HK"


def _is_reviewed(legal_review: str) -> bool:
    return bool(legal_review) and not legal_review.lower().startswith("not ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content(Counts):
    """Everything the reports say. Text in it is as stored; writers escape it where it lands."""

    header: AuditHeader
    masked: bool
    #: Whether every case is printed, with all copies: in the list of one owner.
    whole: bool
    decisions: tuple[asking.OwnerDecisions, ...]
    owners: tuple[OwnerCases, ...]
    cases_shown: int
    findings_shown: int
    rights: Rights
    cost: Cost
    changes: tuple[Change, ...]
    follow_up: FollowUp | None
    disposals: Disposals = field(default_factory=Disposals)
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
            Table.SKIPPED: totals.skipped + totals.sidecars,
            Table.LINKS: totals.links,
            Table.EVENTS: totals.events,
            Table.RIGHTS: self.rights.stated,
            Table.DISPOSALS: self.disposals.lines,
        }

    @property
    def asked(self) -> tuple[asking.OwnerDecisions, ...]:
        """The owners that have something to decide."""
        return tuple(one for one in self.decisions if one.asked)

    @property
    def hold_roles(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Who says whether holds are still needed: each placing role with its holds."""
        roles = dict.fromkeys(hold.issuer_role for hold in self.header.holds)
        return tuple(
            (role, tuple(one.hold_id for one in self.header.holds if one.issuer_role == role)) for role in roles
        )

    @property
    def passed(self) -> int:
        """Copies that are due, with a day that has passed."""
        return sum(share.holdings for share in self.due_windows if share.key == "passed")

    @property
    def passed_since(self) -> date | None:
        """The first of the days that have passed."""
        return min((one.earliest for one in self.decisions if one.earliest), default=None)

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
    def experimental(self) -> tuple[Share, ...]:
        """Copies in formats of which too few real files were tried."""
        from pdpo_audit.imaging.formats.table import EXPERIMENTAL  # loads decoders, which only a report's pages need

        return tuple(one for one in self.formats if one.key in EXPERIMENTAL)

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
            "legible_numbers": numbers.by_key(self.legible),
            "text_not_looked_for": self.legible_unlooked,
            "text_hints": numbers.by_key(self.hints),
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
    """Read the tables (``counts.read_tables``) and state what the reports say.

    ``previous`` is the ``summary()`` of the audit before, ``follow_up`` what became of its proposals, ``delta``
    what changed since. ``masked`` says that ``tables`` carry masked paths (``masking.MaskedTables``), which the reports
    then state.
    """
    read = read_tables(header, tables)
    counts = count(header, read)
    findings = read.findings
    most = (KEPT_COPIES,) if whole else ()
    return Content(
        **{one.name: getattr(counts, one.name) for one in fields(counts)},
        header=header,
        masked=masked,
        whole=whole,
        decisions=asking.decisions(header, read.dispositions, findings.cube),
        owners=cases.by_owner(
            findings, read.holdings.copies, read.clusters.reasons, read.dispositions.of_copy, tables, *most
        ),
        cases_shown=len(findings.cases),
        findings_shown=findings.shown,
        rights=rights.pass_rights(tables, header.assessed_on),
        cost=cost.yearly(counts.totals.additional_bytes, counts.sources),
        changes=numbers.compare(counts.totals, previous),
        follow_up=follow_up,
        disposals=read_disposals(tables),
        delta=delta,
    )
