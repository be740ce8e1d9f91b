"""What the stages of a scan report: plain counts, apart from the stages, so that telling "nothing to do" loads none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What reading told: files read, and how many pictures were decoded or skipped in them."""

    files: int = 0
    decoded: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """What came of it: clusters in force, and what became of those of the last time."""

    clusters: int
    additional_copies: int
    born: int
    ended: int
    verified_pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFound:
    """What the face pass did in this run."""

    read: int
    failed: int
    faces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSummary:
    """What a scan did: files by what became of them, pictures read, clusters formed, faces looked for."""

    new: int
    changed: int
    moved: int
    vanished: int
    unchanged: int
    examined: Examined
    clustered: Clustered
    people: PeopleFound | None
