"""A copy and the files that belong to it go the same way: all of them or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pdpo_audit.model.disposition.acts import Detail
from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.ports.disposers import Disposer, LeftAlone, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file: its place, its bytes by digest, and its name in the quarantine."""

    path: str
    locator: bytes
    sha256: str
    name: bytes


def parts_of(plan_sha256: str, item: PlanItem) -> tuple[Part, ...]:
    """The copy first, then what belongs to it. Names say nothing of what it is, and the plan finds them again."""
    name = hashlib.sha256(f"{plan_sha256}\0{item.number}".encode()).hexdigest()[:40].encode()
    copy = Part(path=item.path, locator=read_place(item.path)[0], sha256=item.sha256, name=name)
    beside = (
        Part(
            path=one.path, locator=read_place(one.path)[0], sha256=one.sha256, name=name + f"-with-{number}".encode()
        )
        for number, one in enumerate(item.companions)
    )  # fmt: skip
    return (copy, *beside)


def take_all(disposer: Disposer, parts: Sequence[Part], *, again: bool = False) -> Taken:
    """Everything into the quarantine; ``again`` says that an earlier call may have brought the copy there already.

    :raises LeftAlone: one part cannot follow; what was taken is back.
    """
    copy, *beside = parts
    taken = (disposer.find(copy.locator, copy.sha256, copy.name) if again else None) or disposer.take(
        copy.locator, copy.sha256, copy.name
    )
    for part in beside:
        try:
            if disposer.find(part.locator, part.sha256, part.name) is None:
                disposer.take(part.locator, part.sha256, part.name)
        except LeftAlone as alone:
            put_all_back(disposer, parts)
            raise LeftAlone(Detail.COMPANION, f"{part.path}: {alone.detail} {alone.words}".strip()) from alone
    return taken


def put_all_back(disposer: Disposer, parts: Sequence[Part]) -> str:
    """Whatever of it is in the quarantine, back to its place; words on what could not be as before."""
    words = ""
    for part in parts:
        taken = disposer.find(part.locator, part.sha256, part.name)
        if taken is not None:
            words = disposer.put_back(taken, part.locator, part.sha256) or words
    return words


def erase_all(disposer: Disposer, parts: Sequence[Part]) -> None:
    """Whatever of it is still in the quarantine ends; the copy last, so that what ended is known by it."""
    for part in reversed(parts):
        taken = disposer.find(part.locator, part.sha256, part.name)
        if taken is not None:
            disposer.erase(taken, part.sha256)


def move_all(disposer: Disposer, parts: Sequence[Part], root: bytes, below: bytes) -> Taken:
    """Everything from the quarantine to a declared place, each below ``below`` where it was; the copy last."""
    moved: Taken | None = None
    for part in reversed(parts):
        target = below + b"/" + part.locator
        taken = disposer.find(part.locator, part.sha256, part.name)
        if taken is not None:
            moved = disposer.move_on(taken, part.sha256, root, target)
        else:
            moved = Taken(place=target, device=0, inode=0)
    assert moved is not None
    return moved
