"""The workbook's long sheets: which table fills them, their columns, widths and kinds of value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import Act, Outcome
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.workbook.column_kinds import GROUPS, Column, Kind

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.reports.content.composition import Content

    Select = Callable[[pd.DataFrame], pd.DataFrame]

#: Rows of data on one sheet; Excel's own limit is 1,048,576 lines.
ROWS_PER_SHEET = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LongSheet:
    """A sheet with one row per row of ``table`` that ``select`` keeps; ``count`` is known before it is written."""

    name: str
    caption: str
    table: Table
    columns: tuple[Column, ...]
    count: int
    select: Select


def _all(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _for_erasure(frame: pd.DataFrame) -> pd.DataFrame:
    due = columns.text(frame, "outcome") == Outcome.DUE.value
    return frame[due & (columns.text(frame, "act") == Act.ERASE.value)]


#: Levels whose pictures a person should look at.
REVIEWED = (PeopleLevel.P1, PeopleLevel.P2, PeopleLevel.P3, PeopleLevel.UNKNOWN)


def _to_review(frame: pd.DataFrame) -> pd.DataFrame:
    """Every copy that shows people or was not examined for them, with bands and never boxes.

    Copies and not pictures: a master whose face was made unrecognisable must not hide its copies.
    """
    level = columns.text(frame, "people_level").replace("", PeopleLevel.UNKNOWN.value)
    kept = frame[level.isin([known.value for known in REVIEWED])]
    return kept.assign(people_level=level[kept.index], faces=_bands(kept))


def _bands(frame: pd.DataFrame) -> pd.Series[str]:
    import numpy as np
    import pandas as pd

    faces = columns.numbers(frame, "faces")
    return pd.Series(
        np.select([faces <= 0, faces == 1, faces <= 5], ["0", "1", "2-5"], "more than 5"), index=frame.index
    )


def _banded(frame: pd.DataFrame) -> pd.DataFrame:
    """The chunk with its number of faces as a band."""
    return frame.assign(faces=_bands(frame).where(columns.text(frame, "faces") != "", ""))


def long_sheets(content: Content) -> tuple[LongSheet, ...]:
    """The sheets that are filled from tables, in the workbook's order, with the number of rows each will have."""
    totals = content.totals
    erase = next((share.holdings for share in content.due_by_act if share.key == Act.ERASE.value), 0)
    reviewed = sum(share.holdings for share in content.levels if share.key in REVIEWED)
    return (
        _sheet("Holdings", "Every stored copy, one row each", Table.HOLDINGS, HOLDINGS, totals.holdings, _banded),
        _sheet("Clusters", "Duplicate clusters: holdings that show the same picture", Table.CLUSTERS, CLUSTERS,
               totals.clusters, _banded),
        _sheet("Findings", "What each rule says of each holding", Table.FINDINGS, FINDINGS, totals.findings),
        _sheet("Dispositions", "The result of all findings, one row per holding", Table.DISPOSITIONS, DISPOSITIONS,
               totals.dispositions),
        _sheet("ProposedErasure", "Erasure review due: proposed for erasure, subject to approval", Table.DISPOSITIONS,
               PROPOSED, erase, _for_erasure),
        _sheet("Links", "Related pictures that are not duplicates", Table.LINKS, LINKS, totals.links),
        _sheet("PeopleReview", "Copies that show people, for a person's determination; bands, never boxes",
               Table.HOLDINGS, REVIEW, reviewed, _to_review),
        _sheet("Rights_Licences", "Copies of whose rights their metadata or a register says anything", Table.RIGHTS,
               RIGHTS, content.rights.stated),
        _sheet("Skipped", "Seen and not examined, with the reason; sidecars", Table.SKIPPED, SKIPPED,
               totals.skipped + totals.sidecars),
        _sheet("EvidenceLog", "The event log; each line carries the digest of the one before", Table.EVENTS, EVENTS,
               totals.events),
    )  # fmt: skip


def _sheet(
    name: str, caption: str, table: Table, listed: tuple[Column, ...], count: int, select: Select = _all
) -> LongSheet:
    return LongSheet(name=name, caption=caption, table=table, columns=listed, count=count, select=select)


def _column(key: str, title: str, width: int, kind: Kind = Kind.TEXT, group: str = "") -> Column:
    return Column(key=key, title=title, width=width, kind=kind, group=group or GROUPS.get(key, ""))


_SOURCE = _column("source", "Source", 18)
_PATH = _column("path", "Path", 52)
_OWNER = _column("owner", "Owner", 22)
_PLACE = _column("jurisdiction", "Jurisdiction", 12)
_CLUSTER = _column("cluster_id", "Duplicate cluster", 18)
_LEVEL = _column("people_level", "People level", 12)

HOLDINGS = (
    _SOURCE,
    _PATH,
    _OWNER,
    _PLACE,
    _CLUSTER,
    _column("relation", "Relation to master", 16),
    _column("similarity", "Similarity", 10, Kind.FRACTION),
    _column("is_master", "Master", 8, Kind.FLAG),
    _LEVEL,
    _column("faces", "Faces (band)", 12),
    _column("largest_face_px", "Largest face (px)", 12, Kind.NUMBER),
    _column("sensitivity", "Sensitivity flags", 18),
    _column("identity_numbers", "Identity numbers", 20),
    _column("text_hints", "Topics by words", 16),
    _column("bytes", "Bytes", 14, Kind.NUMBER),
    _column("format", "Format", 9),
    _column("width", "Width (px)", 9, Kind.NUMBER),
    _column("height", "Height (px)", 9, Kind.NUMBER),
    _column("captured", "Captured (HKT where the camera tells its zone)", 20, Kind.TIME),
    _column("captured_doubt", "Doubtful: the date cannot be", 14),
    _column("modified", "Modified (HKT)", 17, Kind.TIME),
    _column("first_seen", "First seen", 12, Kind.DAY),
    _column("skipped_reason", "Not decoded because", 18),
    _column("people_reason", "Why this level", 34),
    _column("sidecars", "Sidecars read with it", 30),
    _column("stale_thumbnail", "Thumbnail inside shows another picture", 14, Kind.FLAG),
    _column("hard_link", "Another name of a file counted already", 14, Kind.FLAG),
    _column("in_trash", "In a trash folder", 9, Kind.FLAG),
    _column("cached_thumbnail", "Thumbnail in a cache", 9, Kind.FLAG),
    _column("quarantined_until", "In quarantine, still held, until", 14, Kind.DAY),
    _column("quarantine_place", "Place in the quarantine", 30),
    _column("notes", "Notes", 30),
    _column("sha256", "SHA-256 of the file", 66),
    _column("phash", "pHash", 18),
)
CLUSTERS = (
    _CLUSTER,
    _column("copies", "Copies", 9, Kind.NUMBER),
    _column("sources", "Sources", 26),
    _column("jurisdictions", "Jurisdictions", 16),
    _column("bytes", "Bytes", 14, Kind.NUMBER),
    _column("additional_bytes", "Bytes of additional copies", 16, Kind.NUMBER),
    _column("master_source", "Master's source", 18),
    _column("master_path", "Master's path", 52),
    _column("master_reason", "Why this master", 34),
    _column("master_status", "Master status", 13),
    _column("confirmed_by", "Confirmed by", 18),
    _LEVEL,
    _column("faces", "Faces (band)", 12),
    _column("people_reason", "Why this level", 34),
    _column("contradictions", "Metadata that contradict each other", 30),
    _column("first_seen", "First seen", 12, Kind.DAY),
    _column("oldest", "Oldest (HKT where the camera tells its zone)", 20, Kind.TIME),
    _column("newest", "Newest (HKT where the camera tells its zone)", 20, Kind.TIME),
    _column("oldest_source", "Oldest copy's source", 18),
    _column("oldest_path", "Oldest copy's path", 40),
    _column("lowest_quality_source", "Poorest copy's source", 18),
    _column("lowest_quality_path", "Poorest copy's path", 40),
)
FINDINGS = (
    _column("finding_id", "Finding", 16),
    _column("severity", "Grade", 12),
    _column("rule", "Rule", 14),
    _column("proposal", "Proposed", 20),
    _column("due_on", "Due on", 12, Kind.DAY),
    _column("counted_from", "Counted from", 26),
    _CLUSTER,
    _SOURCE,
    _PATH,
    _OWNER,
    _PLACE,
    _LEVEL,
    _column("authority", "Authority", 40),
    _column("authority_zh", "Authority (Chinese)", 40),
    _column("authority_rank", "Authority rank", 18),
    _column("confidence", "Confidence", 14),
    _column("status", "Status", 11),
    _column("determination", "Determination", 16),
    _column("decided_by", "Decided by", 18),
    _column("decided_on", "Decided on", 12, Kind.DAY),
    _column("decision_reason", "Reason", 30),
    _column("explanation", "Explanation", 70),
    _column("explanation_zh", "Explanation (Chinese)", 70),
    _column("pack", "Rule pack", 16),
    _column("pack_version", "Version", 9),
    _column("pack_sha256", "Pack SHA-256", 66),
)
DISPOSITIONS = (
    _SOURCE,
    _PATH,
    _column("outcome", "Outcome", 15),
    _column("act", "Act that is due", 15),
    _column("due_on", "Due on", 12, Kind.DAY),
    _column("due_rule", "Rule that gives the day", 14),
    _column("due_rank", "Rank of that rule", 20),
    _column("rules", "Rules", 24),
    _column("missing_facts", "Missing facts", 30),
    _column("explanation", "Explanation", 70),
    _column("explanation_zh", "Explanation (Chinese)", 70),
)
PROPOSED = (
    _SOURCE,
    _PATH,
    _column("due_on", "Due on", 12, Kind.DAY),
    _column("due_rule", "Rule that gives the day", 14),
    _column("due_rank", "Rank of that rule", 20),
    _column("rules", "Rules", 24),
    _column("explanation", "Why", 70),
    _column("approver_1", "First approver", 18),
    _column("approver_2", "Second approver", 18),
    _column("hold_checked_at", "Holds checked at", 18),
    _column("quarantine_until", "Quarantine until", 16),
    _column("executed_at", "Executed at", 16),
    _column("method", "Method", 16),
    _column("verified_by", "Verified by", 16),
)
LINKS = (
    _column("kind", "Kind", 14, group="links"),
    _column("similarity", "Similarity", 10, Kind.FRACTION),
    _column("left_source", "One source", 18),
    _column("left_path", "One path", 52),
    _column("right_source", "Other source", 18),
    _column("right_path", "Other path", 52),
)
REVIEW = (
    _SOURCE,
    _PATH,
    _CLUSTER,
    _column("is_master", "Master", 8, Kind.FLAG),
    _LEVEL,
    _column("faces", "Faces (band)", 12),
    _column("sensitivity", "Sensitivity flags", 18),
    _OWNER,
    _column("reviewer", "Reviewer", 18),
    _column("reviewed_on", "Date", 12),
    _column("determination", "Determination", 18),
    _column("reason_code", "Reason code", 22),
    _column("second_reviewer", "Second reviewer", 18),
)
RIGHTS = (
    _SOURCE,
    _PATH,
    _OWNER,
    _CLUSTER,
    _column("is_master", "Master", 8, Kind.FLAG),
    _LEVEL,
    _column("artist", "Creator", 20),
    _column("credit", "Credit line", 20),
    _column("rights", "Copyright notice", 30),
    _column("licence_reference", "Licence (register)", 18),
    _column("usage_terms", "Terms and restrictions", 40),
    _column("licence_ends_on", "Licence ends (picture)", 14, Kind.DAY),
    _column("registered_licence_ends_on", "Licence ends (register)", 14, Kind.DAY),
    _column("model_release", "Model release", 14),
    _column("consent_expires_on", "Consent expires", 14, Kind.DAY),
    _column("consent_withdrawn_on", "Consent withdrawn", 14, Kind.DAY),
    _column("property_release", "Property release", 14),
    _column("minor_age", "Age declared", 12),
    _column("scope", "Scope, seats and uses (to fill in)", 26),
    _column("usage_events", "Uses found (to fill in)", 22),
)
SKIPPED = (
    _SOURCE,
    _PATH,
    _column("reason", "Reason", 22, group="reasons"),
    _column("detail", "Detail", 60),
)
EVENTS = (
    _column("sequence", "No.", 8, Kind.NUMBER),
    _column("at", "At (UTC)", 30),
    _column("actor", "Actor", 18),
    _column("kind", "Event", 22),
    _column("details", "Details", 60),
    _column("previous", "Digest before", 66),
    _column("digest", "Digest", 66),
)
