"""The exported tables and their stable columns: what other programs script against. Columns are only ever added."""

from __future__ import annotations

from enum import StrEnum


class Table(StrEnum):
    """A table that ``export`` writes."""

    HOLDINGS = "holdings"
    CLUSTERS = "clusters"
    LINKS = "links"
    PEOPLE = "people"
    FINDINGS = "findings"
    DISPOSITIONS = "dispositions"
    SKIPPED = "skipped"
    EVENTS = "events"
    RIGHTS = "rights"
    DISPOSALS = "disposals"


COLUMNS: dict[Table, tuple[str, ...]] = {
    Table.HOLDINGS: (
        "source",
        "path",
        "bytes",
        "sha256",
        "format",
        "width",
        "height",
        "modified",
        "captured",
        "cluster_id",
        "relation",
        "similarity",
        "is_master",
        "people_level",
        "sensitivity",
        "faces",
        "largest_face_px",
        "owner",
        "jurisdiction",
        "skipped_reason",
        "phash",
        "first_seen",
        "stale_thumbnail",
        "legal_determination",
        "determined_by",
        "relation_evidence",
        "notes",
        "hard_link",
        "in_trash",
        "captured_doubt",
        "sidecars",
        "people_reason",
        "identity_numbers",
        "text_hints",
        "cached_thumbnail",
    ),
    Table.CLUSTERS: (
        "cluster_id",
        "copies",
        "sources",
        "jurisdictions",
        "bytes",
        "additional_bytes",
        "master_source",
        "master_path",
        "master_reason",
        "master_status",
        "confirmed_by",
        "people_level",
        "faces",
        "first_seen",
        "oldest",
        "newest",
        "people_reason",
        "contradictions",
        "oldest_source",
        "oldest_path",
        "lowest_quality_source",
        "lowest_quality_path",
    ),
    Table.LINKS: (
        "left_source",
        "left_path",
        "right_source",
        "right_path",
        "kind",
        "similarity",
        "relation_evidence",
    ),
    Table.PEOPLE: (
        "source",
        "path",
        "x",
        "y",
        "width",
        "height",
        "score",
        "eye_distance_px",
        "sharpness",
        "grade",
        "reason",
    ),
    Table.FINDINGS: (
        "finding_id",
        "rule",
        "pack",
        "pack_version",
        "pack_sha256",
        "severity",
        "proposal",
        "counted_from",
        "due_on",
        "cluster_id",
        "source",
        "path",
        "owner",
        "jurisdiction",
        "authority",
        "authority_rank",
        "confidence",
        "people_level",
        "status",
        "determination",
        "explanation",
        "explanation_zh",
        "authority_zh",
        "decided_by",
        "decided_role",
        "decided_on",
        "decision_reason",
    ),
    Table.DISPOSITIONS: (
        "source",
        "path",
        "outcome",
        "act",
        "due_on",
        "due_rule",
        "due_rank",
        "rules",
        "missing_facts",
        "explanation",
        "explanation_zh",
    ),
    Table.SKIPPED: ("source", "path", "reason", "detail"),
    Table.EVENTS: ("sequence", "at", "actor", "kind", "details", "previous", "digest"),
    Table.RIGHTS: (
        "source",
        "path",
        "owner",
        "cluster_id",
        "is_master",
        "people_level",
        "artist",
        "credit",
        "rights",
        "usage_terms",
        "model_release",
        "property_release",
        "minor_age",
        "licence_ends_on",
        "licence_reference",
        "registered_licence_ends_on",
        "consent_expires_on",
        "consent_withdrawn_on",
    ),
    Table.DISPOSALS: (
        "plan_id",
        "source",
        "path",
        "sha256",
        "act",
        "state",
        "detail",
        "rule",
        "approved_by",
        "acted_at",
        "proof",
        "left_behind",
        "method",
        "bytes",
        "cluster_id",
        "kept_source",
        "kept_path",
        "authority",
        "owner",
        "quarantined_until",
        "kept_fate",
        "kept_plan",
    ),
}

#: Columns of findings that are not frozen with an assessment: who decided on them since.
DECIDED = ("decided_by", "decided_role", "decided_on", "decision_reason")


def frozen_columns(table: Table) -> tuple[str, ...]:
    """The columns of a table that an assessment freezes."""
    return tuple(name for name in COLUMNS[table] if name not in DECIDED)
