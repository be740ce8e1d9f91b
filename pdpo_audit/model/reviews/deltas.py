"""What changed between two audits, in numbers that add up, with the first places of each kind by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a finding opened or closed; where several would do, the first of these.

    ``library``: its copy is new, gone, moved or changed. ``rules``: its rule pack is another one. ``method``: another
    version of a method sees the same copy otherwise. ``library`` again: copies joined or left its duplicate cluster.
    ``time``: its due day fell between the two audits. ``facts``: everything else, which is what people, settings and
    registers stated.
    """

    LIBRARY = "library"
    METHOD = "method"
    RULES = "rules"
    TIME = "time"
    FACTS = "facts"


class Kind(StrEnum):
    """What happened to a copy. Those made again are new ones, too."""

    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    CHANGED = "changed"
    AGAIN = "made again"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingChanges:
    """Copies: ``before`` = unchanged + changed + moved + gone, ``now`` = unchanged + changed + moved + new.

    ``new_of_known`` are new copies of pictures that were held before; ``again`` new copies of pictures of which a copy
    had been put up for erasure and was gone.
    """

    before: int
    now: int
    unchanged: int
    changed: int
    moved: int
    new: int
    gone: int
    new_of_known: int
    again: int
    bytes_new: int
    bytes_gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterChanges:
    """Duplicate clusters: ``now`` = before + born - ended; the others count clusters that are in both audits."""

    before: int
    now: int
    born: int
    ended: int
    grew: int
    shrank: int
    split: int
    joined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleChanges:
    """Pictures with a recognisable or named person; those newly found are in ``newly_in_known`` where they were held
    before, and otherwise came with the library. ``now`` = before + newly - no_longer."""

    before: int
    now: int
    newly: int
    newly_in_known: int
    no_longer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChanges:
    """Findings: ``now`` = before + opened - closed; ``opened_by`` and ``closed_by`` add up to these.

    ``overdue`` are open and past their day, ``newly_overdue`` those of them that were not at the first audit.
    ``reopened`` were opened now and had been there in an audit before the first.
    """

    before: int
    now: int
    opened: int
    closed: int
    stayed: int
    overdue: int
    newly_overdue: int
    reopened: int
    opened_by: Mapping[Cause, int]
    closed_by: Mapping[Cause, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesOf:
    """The changes of one source or owner."""

    name: str
    new: int
    gone: int
    moved: int
    changed: int
    again: int
    opened: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ListedChange:
    """One copy by its place; ``was_source`` and ``was_path`` where it moved from."""

    kind: Kind
    source: str
    path: str
    was_source: str = ""
    was_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNamed:
    """An audit of the comparison, and what it was made with."""

    audit_id: str
    assessed_on: str
    methods: Mapping[str, str]
    packs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """Everything that changed from ``before`` to ``now``; ``listed`` names the first places of each kind.

    ``not_compared`` names the sources that one of the two audits did not reach: no number holds anything of them.
    """

    before: AuditNamed
    now: AuditNamed
    holdings: HoldingChanges
    clusters: ClusterChanges
    people: PeopleChanges
    findings: FindingChanges
    sources: tuple[ChangesOf, ...]
    owners: tuple[ChangesOf, ...]
    listed: tuple[ListedChange, ...] = ()
    not_compared: tuple[str, ...] = ()

    @property
    def methods_changed(self) -> tuple[str, ...]:
        """The methods of which another version was at work."""
        names = sorted({*self.before.methods, *self.now.methods})
        return tuple(name for name in names if self.before.methods.get(name) != self.now.methods.get(name))

    @property
    def packs_changed(self) -> tuple[str, ...]:
        """The rule packs that are new, gone or read otherwise."""
        return tuple(sorted({name for name, _ in set(self.before.packs) ^ set(self.now.packs)}))

    def summary(self) -> dict[str, object]:
        """The numbers, ready for JSON; no path."""
        found = asdict(self)
        del found["listed"]
        return found | {"methods_changed": list(self.methods_changed), "packs_changed": list(self.packs_changed)}

    def document(self) -> dict[str, object]:
        """The numbers and the places that are listed, ready for JSON."""
        return self.summary() | {"listed": [asdict(one) for one in self.listed]}
