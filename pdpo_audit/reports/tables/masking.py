"""A distribution copy: the same tables with folders and file names replaced by codes that tell nothing.

Every column of every table has its rule here; what has none is left out. Digests of pictures become keyed codes, and
so do the ids that are made of digests: with a plain one anybody could test whether a certain picture is held.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pdpo_audit.model.audits import AuditHeader, SourceRecord
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.model.people import quoted_copy, quoted_sidecar
from pdpo_audit.model.reviewing.records import ReviewRecord
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

#: Columns that hold paths; texts of the same row that repeat its path are masked with it.
PATHS = ("path", "master_path", "oldest_path", "lowest_quality_path", "left_path", "right_path", "kept_path")

#: Columns that name sources; names that tell a folder become codes.
SOURCES = (
    "source", "sources", "master_source", "oldest_source", "lowest_quality_source", "left_source", "right_source",
    "kept_source",
)  # fmt: skip

#: Another copy, or a sidecar, that a text names: its place stands in no column of the row.
_QUOTED = tuple(
    (quoted, re.compile(re.escape(quoted("\0")).replace("\0", "(.*?)") + r"(?=$|[ ;:])"))
    for quoted in (quoted_copy, quoted_sidecar)
)

#: Columns of texts that this program writes, which may repeat a path, a name or an id of their row.
TEXTS = ("explanation", "explanation_zh", "detail", "master_reason", "people_reason", "reason", "determination")

#: Columns of texts that files and registers bring, and of people: codes that tell only which are alike.
CODED = {
    "artist": "text", "credit": "text", "rights": "text", "usage_terms": "text", "licence_reference": "text",
    "determined_by": "person", "confirmed_by": "person", "decided_by": "person", "decision_reason": "text",
    "approved_by": "person", "left_behind": "text", "quarantine_place": "text",
}  # fmt: skip

#: Columns of PLUS codes, which are kept where they are codes.
PLUS = ("model_release", "property_release", "minor_age")
_PLUS_CODE = re.compile(r"(?:.*/)?[A-Z]{2}-[A-Z0-9]{2,4}\Z")

#: Columns that tell no name and no digest.
KEPT = frozenset((
    "bytes", "format", "width", "height", "modified", "captured", "relation", "similarity", "is_master",
    "people_level", "sensitivity", "faces", "largest_face_px", "owner", "jurisdiction", "skipped_reason", "first_seen",
    "stale_thumbnail", "identity_numbers", "text_hints", "hard_link", "in_trash", "cached_thumbnail", "captured_doubt",
    "legal_determination", "copies", "jurisdictions", "additional_bytes",
    "master_status", "oldest", "newest", "contradictions",
    "kind", "x", "y", "score", "eye_distance_px", "sharpness", "grade", "rule", "pack",
    "pack_version", "pack_sha256", "severity", "proposal", "counted_from", "due_on", "authority", "authority_zh",
    "authority_rank", "confidence", "status", "outcome", "act", "due_rule", "due_rank", "rules", "missing_facts",
    "sequence", "at", "decided_role", "decided_on",
    "plan_id", "state", "acted_at", "proof", "method", "quarantined_until",
    "kept_fate", "kept_plan",
    "licence_ends_on", "registered_licence_ends_on", "consent_expires_on", "consent_withdrawn_on",
))  # fmt: skip

#: Columns that are left out: perceptual hashes, evidence of comparisons, what libraries said of a file, names of its
#: sidecars, and what the log tells of people and places.
LEFT_OUT = frozenset(("phash", "relation_evidence", "notes", "sidecars", "actor", "details", "previous", "digest"))

#: A name that is no common word: it holds something else than small Latin letters.
_UNCOMMON = re.compile(r"[^a-z]")


def mask_path(path: str, key: bytes) -> str:
    """``folder-3f2a91c4/file-0b77a2d18c03.jpg``: the same code for the same path and key, and nothing to read back.

    The folder's code is the same for all files in it. ``key`` is random for each audit, at least 16 bytes.
    """
    outer, mark, member = path.partition("!/")
    folder, _, name = outer.rpartition("/")
    suffix = PurePosixPath(name).suffix.lower()
    shown = suffix if suffix.isascii() and 1 < len(suffix) <= 6 and suffix[1:].isalnum() else ""
    masked = f"file-{_code(path, key, 12)}{shown}" if not mark else f"file-{_code(outer, key, 12)}{shown}"
    inside = f"!/{_code(member, key, 8)}" if mark else ""
    return f"folder-{_code(folder, key, 8)}/{masked}{inside}" if folder else f"{masked}{inside}"


def mask_id(identifier: str, key: bytes) -> str:
    """A cluster's or finding's id of the same form: ids are made of digests."""
    if not identifier:
        return ""
    kind, dash, rest = identifier.rpartition("-")
    code = _code(identifier, key, max(10, len(rest)))
    return f"{kind}{dash}{code.upper() if rest.isupper() or dash else code}"


def source_codes(header: AuditHeader, key: bytes) -> dict[str, str]:
    """A code for each source that is named after a folder on the way to it; names that people chose stay."""
    named = {
        source.name
        for source in header.sources
        if source.name.casefold() in re.split(r"[/\\:]", source.uri.casefold().rstrip("/"))
    }
    return {name: f"source-{_code(name, key, 8)}" for name in sorted(named)}


def mask_follow_up(found: FollowUp, key: bytes, sources: Mapping[str, str]) -> FollowUp:
    """``found`` with the codes that the tables carry in place of paths and ids."""
    masked = (
        replace(
            one,
            source=sources.get(one.source, one.source),
            erased_source=sources.get(one.erased_source, one.erased_source),
            path=mask_path(one.path, key),
            erased_path=mask_path(one.erased_path, key),
            cluster_id=mask_id(one.cluster_id, key),
        )
        for one in found.returned
    )
    return replace(found, returned=tuple(masked))


def mask_header(header: AuditHeader, key: bytes) -> AuditHeader:
    """``header`` without logins, addresses of sources, patterns of paths, and the selectors of holds.

    The people who answer for the audit stay named, and so do sources and their owners.
    """
    codes = source_codes(header, key)
    return replace(
        header,
        masked=True,
        stated={},
        operator="",
        assumptions=(),
        draft_reasons=tuple(_with_codes(reason, codes) for reason in header.draft_reasons),
        sources=tuple(_mask_source(source, key, codes) for source in header.sources),
        holds=tuple(_mask_hold(hold, key, codes) for hold in header.holds),
        review=_mask_review(header.review, key) if header.review else None,
        decided=tuple(replace(one, by=f"person-{_code(one.by, key, 8)}") for one in header.decided),
        open_matters=tuple(
            (f"matter-{_code(what, key, 8)}", tuple(codes.get(name, name) for name in names))
            for what, names in header.open_matters
        ),
    )


def _mask_review(found: ReviewRecord, key: bytes) -> ReviewRecord:
    """Codes for the people, and no words of theirs."""

    def code(name: str) -> str:
        return f"person-{_code(name, key, 8)}"

    return replace(
        found,
        lookers=tuple(replace(one, person=code(one.person)) for one in found.lookers),
        sign_offs=tuple(replace(one, by=code(one.by), remark="") for one in found.sign_offs),
    )


def _mask_source(source: SourceRecord, key: bytes, codes: Mapping[str, str]) -> SourceRecord:
    def mask(patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one if one == "**/*" else f"pattern-{_code(one, key, 8)}" for one in patterns)

    name = codes.get(source.name, source.name)
    return replace(source, name=name, uri="", include=mask(source.include), exclude=mask(source.exclude))


def _mask_hold(hold: Hold, key: bytes, codes: Mapping[str, str]) -> Hold:
    def code(kind: str, text: str) -> str:
        return f"{kind}-{_code(text, key, 8)}" if text else ""

    return replace(
        hold,
        matter=code("matter", hold.matter),
        issued_by=code("person", hold.issued_by),
        sha256=_code(hold.sha256, key, 64) if hold.sha256 else "",
        pictures=tuple(_code(one, key, 64) for one in hold.pictures),
        path_pattern=code("pattern", hold.path_pattern),
        cluster_id=mask_id(hold.cluster_id, key),
        source=codes.get(hold.source, hold.source),
    )


def _with_codes(text: str, codes: Mapping[str, str]) -> str:
    """``text`` with the names of sources, where they stand as words, replaced by their codes."""
    for name, code in codes.items():
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", code, text)
    return text


def _code(text: str, key: bytes, digits: int) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:digits]


class MaskedTables:
    """A ``TableSource`` without paths, digests, hashes, logins and texts of files; numbers are as inside."""

    def __init__(self, tables: TableSource, key: bytes, sources: Mapping[str, str] | None = None) -> None:
        self._tables = tables
        self._key = key
        self._sources = sources or {}
        self._mask = lru_cache(maxsize=20_000)(lambda path: mask_path(path, key))
        self._clusters: dict[str, str] = {}

    def chunks(self, table: Table, rows: int = 50_000) -> Iterator[pd.DataFrame]:
        """The rows of ``table``, masked."""
        return (self._masked(frame) for frame in self._tables.chunks(table, rows))

    def picture(self, cluster_id: str) -> bytes:
        """The cluster's pixelated picture."""
        if not self._clusters:
            for frame in self._tables.chunks(Table.CLUSTERS):
                self._clusters |= {mask_id(one, self._key): one for one in columns.text(frame, "cluster_id")}
        return self._tables.picture(self._clusters.get(cluster_id, ""))

    def names(self) -> Iterator[tuple[str, str, str]]:
        """Source, code and path of everything that the copy speaks of: what stays with the organisation."""
        for table in (Table.HOLDINGS, Table.SKIPPED):
            for frame in self._tables.chunks(table):
                for source, path in zip(columns.text(frame, "source"), columns.text(frame, "path"), strict=True):
                    yield source, self._mask(path) if path else "", path

    def _masked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The chunk with each column by its rule; texts first lose what the row's other columns held."""
        changed: dict[str, list[str]] = {}
        for text in (name for name in TEXTS if name in frame.columns):
            changed[text] = self._scrubbed(frame, text)
        for column in (str(name) for name in frame.columns):
            rule = self._rule(column)
            if rule is not None and column not in changed:
                changed[column] = [rule(value) if value else "" for value in columns.text(frame, column)]
        return frame.assign(**changed)

    def _rule(self, column: str) -> Callable[[str], str] | None:
        """What becomes of a cell; ``None``: it stays."""
        if column in KEPT:
            return None
        if column in PATHS:
            return self._mask
        if column in SOURCES:
            return lambda value: ";".join(self._sources.get(name, name) for name in value.split(";"))
        if column in ("cluster_id", "finding_id"):
            return lambda value: mask_id(value, self._key)
        if column == "sha256":
            return lambda value: _code(value, self._key, 64)
        if column in CODED:
            return lambda value: f"{CODED[column]}-{_code(value, self._key, 8)}"
        if column in PLUS:
            return lambda value: value if _PLUS_CODE.match(value) else f"text-{_code(value, self._key, 8)}"
        return lambda _: ""

    def _scrubbed(self, frame: pd.DataFrame, text: str) -> list[str]:
        """The texts of a column without the paths, names and ids of their rows."""
        said = [self._unquoted(_with_codes(value, self._sources)) for value in columns.text(frame, text)]
        for column in (name for name in PATHS if name in frame.columns):
            for place, path in enumerate(columns.text(frame, column)):
                if said[place] and path:
                    said[place] = self._without(said[place], path)
        if "cluster_id" in frame.columns:
            for place, cluster in enumerate(columns.text(frame, "cluster_id")):
                said[place] = said[place].replace(cluster, mask_id(cluster, self._key)) if cluster else said[place]
        return said

    def _unquoted(self, text: str) -> str:
        for quoted, pattern in _QUOTED:
            text = "".join(quoted(self._mask(part)) if at % 2 else part for at, part in enumerate(pattern.split(text)))
        return text

    def _without(self, text: str, path: str) -> str:
        """``text`` with the path, its file name, and names on the way to it that are no common words, masked."""
        text = text.replace(path, self._mask(path))
        parts = [part for step in path.split("!/") for part in step.split("/")]
        names = {part for part in parts if _UNCOMMON.search(part)} | {PurePosixPath(part).stem for part in parts[-1:]}
        for name in sorted(names, key=len, reverse=True):
            if len(name) > 3 and _UNCOMMON.search(name):
                text = text.replace(name, f"name-{_code(name, self._key, 8)}")
        return text
