"""In a worker: what lies inside a file, member by member, as deep as the settings let it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pdpo_audit.imaging import FileKind, sniff
from pdpo_audit.model.locations.holdings import ImageProblem, ImageRef, Skipped, SkipReason
from pdpo_audit.model.pictures import Examination
from pdpo_audit.sources.containers.members import Budget, Member, Unread
from pdpo_audit.sources.containers.opening import members, opens

#: Longer names than this (printed, with the way to them) cannot be kept.
_LONGEST = 1_500
Results = Iterator[Examination | Skipped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """How members are examined: ``examine`` takes the bytes and place of one, ``depth`` is how deep it is looked.

    ``begin`` is told each member before it is touched; those of ``without`` are not, and have their problem already.
    """

    examine: Callable[[bytes, ImageRef], list[Examination | Skipped]]
    depth: int
    begin: Callable[[str], None] = lambda _: None
    without: Mapping[str, ImageProblem] = field(default_factory=dict)


def look_inside(looker: Looker, data: bytes, ref: ImageRef, format: str) -> Results:
    """Every picture in a file that holds others, and why the rest was not examined; something in any case."""
    yield from _inside(looker, data, ref, format, Budget(), looker.depth)


def _inside(looker: Looker, data: bytes, ref: ImageRef, format: str, budget: Budget, depth: int) -> Results:
    empty = True
    try:
        for member in members(format, data, ref.members[-1] if ref.members else ref.locator, budget):
            for one in _results(looker, member, ref, format, budget, depth):
                empty = False
                yield one
            looker.begin(ref.member)
    except ImageProblem as problem:
        yield Skipped(ref=ref, reason=problem.reason, detail=f"{format}: {problem.detail}")
        return
    if empty:
        yield Skipped(ref=ref, reason=SkipReason.OTHER_FILE, detail=f"{format}, opened: no picture in it")


def _results(
    looker: Looker, member: Member | Unread, outer: ImageRef, format: str, budget: Budget, depth: int
) -> Results:
    at = outer.within(member.name)
    if len(at.member) > _LONGEST:
        short = member.name[:100] + b" " + hashlib.sha256(member.name).hexdigest()[:12].encode()
        detail = f"{format}: the name of a file inside is too long"
        yield Skipped(ref=outer.within(short), reason=SkipReason.TOO_LARGE, detail=detail)
    elif isinstance(member, Unread):
        yield member.problem.at(at)
    elif at.member in looker.without:
        yield looker.without[at.member].at(at)
    else:
        looker.begin(at.member)
        yield from _of_member(looker, member, at, budget, depth)


def _of_member(looker: Looker, member: Member, at: ImageRef, budget: Budget, depth: int) -> Results:
    try:
        kind, format = sniff(member.head(), member.name)
    except ImageProblem as problem:
        yield problem.at(at)
        return
    if kind is FileKind.OTHER:
        if not member.part:
            yield Skipped(ref=at, reason=SkipReason.OTHER_FILE, detail=format)
        return
    if kind is FileKind.CONTAINER and (not opens(format) or depth <= 1):
        detail = format if depth > 1 else f"{format}: lies too deep"
        yield Skipped(ref=at, reason=SkipReason.CONTAINER_NOT_OPENED, detail=detail)
        return
    try:
        data = member.read()
    except ImageProblem as problem:
        yield problem.at(at)
        return
    if kind is FileKind.CONTAINER:
        yield from _inside(looker, data, at, format, budget, depth - 1)
        return
    note = member.note()
    for one in looker.examine(data, at):
        yield replace(one, here=note) if isinstance(one, Examination) and note else one
