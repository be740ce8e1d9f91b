"""What a picture shows of people: detected faces, their grade, and the level of the whole picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pdpo_audit.model.locations.holdings import Skipped


class Grade(StrEnum):
    """How recognisable one face is; ``borderline`` counts as exposure."""

    IDENTIFIABLE = "identifiable"
    BORDERLINE = "borderline"
    NOT_IDENTIFIABLE = "not identifiable"
    DOUBTFUL = "doubtful"  # face-like, living person not certain


class PeopleLevel(StrEnum):
    """The people level of a picture; ``unknown`` where the face pass did not run or failed, never P0."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    UNKNOWN = "unknown"


#: From the least to the most that is shown. What nobody looked at ranks above "no face detected": it may show one.
RISING = (PeopleLevel.P0, PeopleLevel.UNKNOWN, PeopleLevel.P1, PeopleLevel.P2, PeopleLevel.P3)


def rank(level: PeopleLevel) -> int:
    """The place of a level in ``RISING``."""
    return RISING.index(level)


#: Words for people, always with the code in brackets beside them.
LEVEL_WORDS = {
    PeopleLevel.P0: "no face detected",
    PeopleLevel.P1: "people visible, identification not indicated",
    PeopleLevel.P2: "recognisable person",
    PeopleLevel.P3: "person named by associated data",
    PeopleLevel.UNKNOWN: "not examined for faces",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One detected face in pixels of the upright image (EXIF orientation applied), origin top left.

    ``score`` 0 to 1 from the detector; ``eye_distance_px`` between the eye centres; ``sharpness`` is ``lapvar112``,
    the variance of the Laplacian of the grey crop resized to 112 x 112. ``frame`` is that of an animation, from 0;
    below it that of a further picture in the file, from -1 down; ``covered``: its lower half looks covered, as by a
    mask. No embedding is ever part of it.
    """

    x: int
    y: int
    width: int
    height: int
    score: float
    eye_distance_px: float
    sharpness: float
    grade: Grade
    reason: str
    frame: int = 0
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a detector saw in one picture: the faces, largest first, and how many candidates it dropped."""

    faces: tuple[Face, ...]
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceReading:
    """What the face pass found in one content; ``thumbnail`` is a JPEG with every face pixelated, or empty.

    ``dropped`` counts what looked like a face and, on a second look, like none: nothing is left out in silence.
    """

    content: int
    detector: str
    faces: tuple[Face, ...]
    width: int = 0
    height: int = 0
    crowd: bool = False
    thumbnail: bytes = b""
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFailure:
    """The face pass could not read this content: its level stays ``unknown``."""

    content: int
    detector: str
    skipped: Skipped


def band(faces: int) -> str:
    """The number of faces as reports carry it: ``0``, ``1``, ``2-5``, ``more than 5``."""
    if faces <= 1:
        return str(faces)
    return "2-5" if faces <= 5 else "more than 5"


def quoted_copy(place: str) -> str:
    """A copy as reasons name it: in quotes, so that a distribution copy can mask the place."""
    return f'the copy "{place}"'


def quoted_sidecar(place: str) -> str:
    """A sidecar as reasons name it, for the same end."""
    return f'the sidecar "{place}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One copy in a duplicate cluster: what its pixels and data show of people, why, and where it lies."""

    level: PeopleLevel
    reason: str
    place: str
    master: bool = False


def cluster_level(versions: Sequence[Version]) -> tuple[PeopleLevel, str]:
    """The highest level of a duplicate cluster's copies, with its reason; ``unknown`` where there is none.

    Where a copy shows more than the master (a crop may have cut the face off), the reason says so, and so it does
    where a copy was not examined. One that nobody looked at keeps a cluster without faces from being P0.
    """
    if not versions:
        return PeopleLevel.UNKNOWN, "no copy of this duplicate cluster was examined"
    highest = max(versions, key=lambda one: (rank(one.level), one.master))
    master = next((one for one in versions if one.master), highest)
    reason = highest.reason
    if rank(highest.level) > rank(master.level):
        match master.level:
            case PeopleLevel.P0:
                said = f"the master shows no face while {quoted_copy(highest.place)} does"
            case PeopleLevel.UNKNOWN:
                said = f"the master was not examined for faces, {quoted_copy(highest.place)} was"
            case _:
                said = f"shown by {quoted_copy(highest.place)} and not by the master"
        reason = f"{said}: {reason}"
    missing = sum(one.level is PeopleLevel.UNKNOWN for one in versions)
    if missing:
        reason = f"{reason}; {missing} of {len(versions)} copies not examined for faces"
    return highest.level, reason
