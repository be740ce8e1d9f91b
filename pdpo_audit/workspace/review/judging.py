"""Judging: what named people say of pictures is kept, logged, and never overridden by a scan.

The log names contents by their digests and no path: it outlives the working data, and goes into masked reports too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.clusters import confirm_cluster
from pdpo_audit.catalogue.queries.contents import places_of
from pdpo_audit.catalogue.queries.naming import NamedHolding, holdings_named, holdings_of_content
from pdpo_audit.catalogue.sayings.judgements import (
    forget_judgement,
    judgement_digest,
    judgements_on,
    load_judgements,
    masters_of,
    record_judgement,
)
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.model.judgements import Judgement, JudgementKind, LegalDetermination, LegalReason
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.pipeline.clusters.confirming import place_digest
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.replacing import TAKEN_BACK, give_way
from pdpo_audit.workspace.review.reviewers import Right, roles_with
from pdpo_audit.workspace.setup.persons import check_speaker

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: What everybody who decides may say of a picture: that it shows no living individual.
NOBODY = (LegalDetermination.NOT_PERSONAL_DATA, LegalReason.NON_INDIVIDUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownJudgement:
    """A judgement in force for people: the places that hold its pictures now, first of each; ``*_copies`` how many."""

    judgement_id: str
    kind: str
    left: str
    left_copies: int
    right: str
    value: str
    code: str
    by: str
    role: str
    at: str
    reason: str


def _nothing() -> None:
    """Nothing has to be checked again."""


def confirm_master(
    project: Project,
    holding: str,
    *,
    by: str,
    role: str = "",
    reason: str = "",
    instead: bool = False,
    check: Callable[[], None] = _nothing,
) -> Judgement:
    """``by`` says that ``holding`` is the authoritative version of its duplicate cluster.

    What a scan proposed may be another copy: then the next scan relates the cluster to the one that was confirmed.
    ``check`` is asked, of this and the other judgements, when nobody else can change anything any more; it raises what
    is wrong.

    :raises CallError: nobody is named, ``holding`` is no member of a duplicate cluster, or somebody else confirmed a
        master of it and ``instead`` was not asked for.
    """
    confirm = confirming(project, holding, by=by, role=role, reason=reason, instead=instead)
    with project.store.transaction() as transaction:
        check()
        return confirm(transaction)


def confirming(
    project: Project, holding: str, *, by: str, role: str, reason: str, instead: bool
) -> Callable[[Transaction], Judgement]:
    """What confirms a master in a transaction that records more; see ``confirm_master``."""
    one = _holding(project, holding)
    if not one.cluster_id:
        raise CallError(f"{holding} is in no duplicate cluster", advice="pdpo-audit export clusters shows them all")
    place = place_digest(_ref(project, one))
    judgement = _judgement(project, JudgementKind.MASTER, one.digest, place=place, by=by, role=role, reason=reason)

    def confirm(transaction: Transaction) -> Judgement:
        standing = masters_of(transaction.connection, one.cluster_id)
        give_way(project, transaction, standing, judgement, instead=instead)
        record_judgement(transaction, judgement)
        if one.is_master:
            confirm_cluster(transaction, one.cluster_id, judgement.by)
        told: Details = {"content": one.digest.hex(), **_told(judgement)}
        transaction.append_event("master confirmed", told, at=project.clock(), actor=project.actor)
        return judgement

    return confirm


def reject_pair(
    project: Project,
    left: str,
    right: str,
    *,
    by: str,
    role: str = "",
    reason: str,
    instead: bool = False,
    check: Callable[[], None] = _nothing,
) -> Judgement:
    """``by`` says that two holdings are not the same picture: from the next scan on they share no cluster.

    It holds for their bytes, wherever copies of them lie, until one of the two changes.

    :raises CallError: nobody is named, no reason is given, or the two are equal byte for byte.
    """
    sides = [_holding(project, left), _holding(project, right)]
    first, second = sorted(one.digest for one in sides)
    if first == second:
        raise CallError("both are the same, byte for byte", advice="name two different pictures")
    if not reason.strip():
        raise CallError("a rejection needs its reason", advice="--reason TEXT")
    judgement = _judgement(project, JudgementKind.REJECTED, first, second, by=by, role=role, reason=reason)
    with project.store.transaction() as transaction:
        check()
        standing = judgements_on(transaction.connection, JudgementKind.REJECTED, first, second)
        give_way(project, transaction, standing, judgement, instead=instead)
        record_judgement(transaction, judgement)
        transaction.append_event(
            "pair rejected",
            {"left": first.hex(), "right": second.hex(), **_told(judgement)},
            at=project.clock(),
            actor=project.actor,
        )
    return judgement


def determine(
    project: Project,
    holding: str,
    determination: LegalDetermination,
    *,
    code: LegalReason,
    by: str,
    role: str,
    reason: str = "",
    instead: bool = False,
    check: Callable[[], None] = _nothing,
) -> Judgement:
    """``by`` determines what a picture is in law; it holds for every copy with the same bytes.

    :raises CallError: nobody is named, or ``not_assessed`` is given: that is what ``undo`` leads back to.
    """
    if determination is LegalDetermination.NOT_ASSESSED:
        raise CallError('"not_assessed" is no determination', advice="pdpo-audit decide undo takes one back")
    if not role.strip():
        raise CallError("a legal determination needs the role of who makes it", advice="--role dpo, --role legal ...")
    one = _holding(project, holding)
    judgement = _judgement(
        project, JudgementKind.LEGAL, one.digest, value=determination.value, code=code.value, by=by, role=role,
        reason=reason,
    )  # fmt: skip
    if role.strip().casefold() not in (lawyers := roles_with(Right.LAW)) and (determination, code) != NOBODY:
        raise CallError(
            f"{role.strip()} does not determine what a picture is in law", advice=f"one of {', '.join(lawyers)} does"
        )
    with project.store.transaction() as transaction:
        check()
        standing = judgements_on(transaction.connection, JudgementKind.LEGAL, one.digest)
        give_way(project, transaction, standing, judgement, instead=instead)
        record_judgement(transaction, judgement)
        transaction.append_event(
            "legal status determined",
            {
                "content": one.digest.hex(),
                "determination": judgement.value,
                "code": judgement.code,
                **_told(judgement),
            },
            at=project.clock(),
            actor=project.actor,
        )
    return judgement


def undo(project: Project, judgement_id: str, *, by: str, check: Callable[[], None] = _nothing) -> Judgement:
    """``by`` takes a judgement back; the event log keeps that it was made, and that it was taken back.

    :raises CallError: nobody is named, or no judgement in force has this id.
    """
    check_speaker(project, by)
    known = {one.judgement_id: one for one in load_judgements(project.store)}
    if judgement_id.upper() not in known:
        raise CallError(f"no judgement in force is called {judgement_id}", advice="pdpo-audit decide list")
    judgement = known[judgement_id.upper()]
    headed = {one.cluster_id for one in holdings_of_content(project.store, judgement.left) if one.confirmed_by}
    with project.store.transaction() as transaction:
        check()
        forget_judgement(transaction, judgement)
        if judgement.kind is JudgementKind.MASTER:
            for cluster_id in sorted(headed):
                confirm_cluster(transaction, cluster_id, "")
        transaction.append_event(
            TAKEN_BACK,
            {"judgement": judgement.judgement_id, "kind": judgement.kind.value, "by": _person(by)},
            at=project.clock(),
            actor=project.actor,
        )
    return judgement


def judgements(project: Project) -> list[ShownJudgement]:
    """The judgements in force, oldest first."""

    def place(digest: bytes) -> tuple[str, int]:
        held = holdings_of_content(project.store, digest) if digest else []
        return (f"{held[0].source}:{held[0].path}", len(held)) if held else ("(no longer held)" if digest else "", 0)

    shown = []
    for one in load_judgements(project.store):
        left, copies = place(one.left)
        shown.append(
            ShownJudgement(
                judgement_id=one.judgement_id,
                kind=one.kind.value,
                left=left,
                left_copies=copies,
                right=place(one.right)[0],
                value=one.value,
                code=one.code,
                by=one.by,
                role=one.role,
                at=one.at,
                reason=one.reason,
            )
        )
    return shown


def _judgement(
    project: Project,
    kind: JudgementKind,
    left: bytes,
    right: bytes = b"",
    *,
    place: bytes = b"",
    value: str = "",
    code: str = "",
    by: str,
    role: str,
    reason: str,
) -> Judgement:
    check_speaker(project, by, role)
    at = project.clock().isoformat(timespec="seconds")
    return Judgement(
        kind=kind, left=left, right=right, place=place, value=value, code=code, by=_person(by), role=role.strip(),
        at=at, reason=reason.strip(),
    )  # fmt: skip


def _told(judgement: Judgement) -> Details:
    return {
        "judgement": judgement.judgement_id,
        "by": judgement.by,
        "role": judgement.role,
        "reason": judgement.reason,
        RECORD: judgement_digest(judgement),
    }


def _person(name: str) -> str:
    if not any(char.isalpha() for char in name):
        raise CallError("a judgement needs the person who makes it", advice='--by "Chan Tai Man"')
    return " ".join(name.split())


def _holding(project: Project, name: str) -> NamedHolding:
    found = holdings_named(project.store, name)
    if len(found) != 1:
        where = f"it is in {', '.join(one.source for one in found)}" if found else "no holding is called so"
        raise CallError(
            f"{name}: {where}", advice="give the path as the tables write it, or source:path where two share it"
        )
    return found[0]


def _ref(project: Project, one: NamedHolding) -> ImageRef:

    return next(place.ref for place in places_of(project.store, [one.content]) if place.holding == one.holding)
