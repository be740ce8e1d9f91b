"""A name, a release or a flag tied to one copy holds for every copy on which the person can be seen. Pure.

A crop that shows nobody stays as it is: what is told of the whole need not concern the part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pdpo_audit.model.clusters import SAME_PIXELS, Relation
from pdpo_audit.model.people import PeopleLevel, quoted_copy
from pdpo_audit.people.levels import PictureLevel

#: The master, and the copies that show the same.
_SAME_PICTURE = frozenset({Relation.MASTER, *SAME_PIXELS})
_SOMEBODY = (PeopleLevel.P1, PeopleLevel.P2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One content of a duplicate cluster: what it shows and says by itself, and a place that holds it."""

    content: int
    relation: Relation
    place: str
    own: PictureLevel


def share_levels(members: Sequence[Member]) -> dict[int, PictureLevel]:
    """The level of every content once the cluster's names, releases and flags are shared."""
    return {one.content: _flagged(_named(one, members), one, members) for one in members}


def _named(one: Member, members: Sequence[Member]) -> PictureLevel:
    if one.own.level is PeopleLevel.P3:
        return one.own
    for other in members:
        named = other.own.level is PeopleLevel.P3
        if (named and _same(one, other)) or (one.own.level in _SOMEBODY and (named or other.own.naming.reasons)):
            said = f"named by the metadata of {quoted_copy(other.place)}"
            return replace(
                one.own, level=PeopleLevel.P3, reason=f"{said}; {one.own.reason}", named=other.own.naming.names
            )
    return one.own


def _flagged(found: PictureLevel, one: Member, members: Sequence[Member]) -> PictureLevel:
    seen = found.level in (*_SOMEBODY, PeopleLevel.P3)
    flags = {
        flag for other in members if seen or _same(one, other) for flag in other.own.sensitivity or ()
    } | set(found.sensitivity or ())  # fmt: skip
    return replace(found, sensitivity=tuple(sorted(flags))) if flags else found


def _same(one: Member, other: Member) -> bool:
    return one.relation in _SAME_PICTURE and other.relation in _SAME_PICTURE
