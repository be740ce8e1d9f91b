"""What the stages of a scan report: plain counts, apart from the stages, so that telling "nothing to do" loads none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pdpo_audit.model.locations.holdings import Fault, Skipped, SkipReason
from pdpo_audit.model.locations.roots import NotReached

#: Seen, and no business of an audit of pictures: not told as something that could not be examined.
_NO_PICTURES = (SkipReason.OTHER_FILE, SkipReason.SIDECAR, SkipReason.CONTAINER_NOT_OPENED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What reading told: files read, and how many pictures were decoded or skipped in them.

    ``faults`` counts pictures that could not be examined by whose fault that is (``model.locations.holdings.Fault``),
    ``restless`` those whose file was written while it was read; ``returned`` copies that were certified as erased;
    ``away`` files that were not read because their store went away: the next scan reads them.
    """

    files: int = 0
    decoded: int = 0
    skipped: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    restless: int = 0
    returned: int = 0
    away: int = 0

    def plus(self, other: Examined) -> Examined:
        """Both together."""
        return Examined(
            files=self.files + other.files,
            decoded=self.decoded + other.decoded,
            skipped=self.skipped + other.skipped,
            faults=_sum(self.faults, other.faults),
            restless=self.restless + other.restless,
            returned=self.returned + other.returned,
            away=self.away + other.away,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """What came of it: clusters in force, and what became of those of the last time."""

    clusters: int
    additional_copies: int
    born: int
    ended: int
    verified_pairs: int
    not_compared: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFound:
    """What the face pass did in this run."""

    read: int
    failed: int
    faces: int
    faults: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: PeopleFound) -> PeopleFound:
        """Both together."""
        return PeopleFound(
            read=self.read + other.read,
            failed=self.failed + other.failed,
            faces=self.faces + other.faces,
            faults=_sum(self.faults, other.faults),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFound:
    """What the text pass did in this run; ``legible`` counts pictures with a number whose check digits are right, of
    all that were read so far."""

    read: int
    failed: int
    legible: int
    faults: Mapping[str, int] = field(default_factory=dict)


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
    text: TextFound | None = None
    #: What installs the text engine, where text was to be looked for and there is none.
    text_missing: str = ""
    #: Holdings that are further names of a file whose bytes are counted already.
    hard_links: int = 0
    #: Sources, or parts of them, of which nothing counts as examined, held or gone.
    not_reached: tuple[NotReached, ...] = ()
    #: The rows of the table ``skipped`` by reason, of this scan and those before; empty where nothing was read now.
    listed: Mapping[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether everything that is known was reached, and stood still while it was read."""
        return not self.not_reached and not self.examined.restless


def count_faults(skipped: Iterable[Skipped]) -> dict[str, int]:
    """How many of these could not be examined, by whose fault that is."""
    counted: dict[Fault, int] = {}
    for one in skipped:
        if one.reason not in _NO_PICTURES:
            counted[one.reason.fault] = counted.get(one.reason.fault, 0) + 1
    return {fault.value: counted[fault] for fault in Fault if fault in counted}


def _sum(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {key: left.get(key, 0) + right.get(key, 0) for key in (*left, *right)}
