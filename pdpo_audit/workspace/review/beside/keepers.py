"""Keeper rules: masters should lie under one folder, for all duplicate clusters at once, with preview and undo."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any

from pdpo_audit.catalogue.clusters import confirm_cluster
from pdpo_audit.catalogue.places import path_of
from pdpo_audit.catalogue.queries.naming import holdings_of_content
from pdpo_audit.catalogue.reviewing.keeping import clusters_judged, copies_under, places_of_holdings
from pdpo_audit.catalogue.sayings.judgements import (
    forget_judgement,
    judgement_digest,
    load_judgements,
    record_judgement,
)
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.errors import CallError
from pdpo_audit.model.clusters import SAME_PIXELS, Relation
from pdpo_audit.model.events import Details
from pdpo_audit.model.judgements import Judgement, JudgementKind
from pdpo_audit.model.locations.holdings import ImageRef, locate
from pdpo_audit.pipeline.clusters.confirming import place_digest
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.decisions import LARGEST, TYPED, ChangedError
from pdpo_audit.workspace.review.replacing import TAKEN_BACK
from pdpo_audit.workspace.review.reviewers import AbsentError, Reviewer, Right
from pdpo_audit.workspace.review.together.waiting import copy_confirmed
from pdpo_audit.workspace.setup.persons import check_speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A duplicate cluster whose master would be the copy under the folder, and where the present one lies."""

    cluster_id: str
    source: str
    path: str
    relation: str
    present_source: str
    present_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """What a rule would do: ``changes`` for the eye (the first ones), ``count`` in all; what is left alone, and why."""

    source: str
    folder: str
    count: int
    changes: tuple[Change, ...]
    #: The master lies there already; somebody confirmed a master; only poorer copies lie there.
    there: int
    judged: int
    poorer: int
    version: str


_SHOWN = 20
#: Masters confirmed one by one that are looked at, the newest.
_USUAL = 5


def preview_keeper(
    project: Project, reviewer: Reviewer, source: str, folder: str, *, also_poorer: bool = False
) -> Keeper:
    """What it would mean to prefer masters below a folder of a source.

    Left alone is a cluster whose master lies there or was confirmed by somebody, and one of which only copies lie
    there that do not show the same pixels as the master, unless ``also_poorer``.

    :raises CallError: the reviewer does not see this source, or too many clusters would change.
    """
    return _planned(project, reviewer, source, folder, also_poorer=also_poorer)[0]


def apply_keeper(
    project: Project, reviewer: Reviewer, source: str, folder: str, *, also_poorer: bool, reason: str, seen: str,
    typed: str,
) -> str:  # fmt: skip
    """Confirm the masters as they were shown; gives the name of the act, for taking it back.

    :raises ChangedError: other clusters would change than those shown.
    :raises CallError: the number was not typed, the reason lacks, or there is nothing to do.
    """
    planned, rows = _planned(project, reviewer, source, folder, also_poorer=also_poorer)
    if planned.version != seen:
        raise ChangedError("what would change is not what was shown", advice="look at the new preview")
    _permit(project, reviewer, planned, reason, typed)
    now, act = project.clock(), f"K-{project.token()}{project.token()}".upper()
    words = f"{act}: masters under {source}/{folder.strip('/')}. {reason.strip()}"
    with project.store.transaction() as transaction:
        for row in rows:
            ref = ImageRef(source=row.source, locator=locate(row.folder, row.name), member=row.member)
            judgement = Judgement(
                kind=JudgementKind.MASTER, left=row.digest, place=place_digest(ref), by=reviewer.name,
                role=reviewer.role, at=now.isoformat(timespec="seconds"), reason=words,
            )  # fmt: skip
            record_judgement(transaction, judgement)
            told: Details = {
                "content": row.digest.hex(), "judgement": judgement.judgement_id, "by": judgement.by,
                "role": judgement.role, "reason": words, RECORD: judgement_digest(judgement),
            }  # fmt: skip
            transaction.append_event("master confirmed", told, at=now, actor=project.actor)
    return act


def kept_by(project: Project, reviewer: Reviewer, act: str) -> list[Judgement]:
    """What stands of an act of this reviewer.

    :raises CallError: it is not theirs, or nothing stands of it.
    """
    known = load_judgements(project.store, JudgementKind.MASTER)
    mine = [one for one in known if one.by == reviewer.name and one.reason.startswith(f"{act}: ")]
    if not mine or not act.startswith("K-"):
        raise AbsentError("nothing of yours by this name stands")
    return mine


def undo_keeper(project: Project, reviewer: Reviewer, act: str) -> int:
    """Take an act back; gives how many clusters are as before."""
    mine = kept_by(project, reviewer, act)
    with project.store.transaction() as transaction:
        for one in mine:
            headed = {held.cluster_id for held in holdings_of_content(project.store, one.left) if held.confirmed_by}
            forget_judgement(transaction, one)
            for cluster_id in sorted(headed):
                confirm_cluster(transaction, cluster_id, "")
            told: Details = {"judgement": one.judgement_id, "kind": one.kind.value, "by": reviewer.name}
            transaction.append_event(TAKEN_BACK, told, at=project.clock(), actor=project.actor)
    return len(mine)


def _planned(
    project: Project, reviewer: Reviewer, source: str, folder: str, *, also_poorer: bool
) -> tuple[Keeper, list[Any]]:
    if source not in reviewer.sources:
        raise CallError("there is no such source", advice="choose one that you see")
    rows = copies_under(project.store, source, folder)
    masters = places_of_holdings(project.store, sorted({row.master_id for row in rows}))
    judged, chosen = clusters_judged(project.store), []
    there = left = poorer = 0
    for cluster_id, members in groupby(
        sorted(rows, key=lambda row: str(row.cluster_id)), lambda row: str(row.cluster_id)
    ):
        found = list(members)
        best = min(found, key=lambda row: _rank(row, masters))
        if any(row.id == row.master_id for row in found):
            there += 1
        elif cluster_id in judged:
            left += 1
        elif _rank(best, masters)[0] and not also_poorer:
            poorer += 1
        else:
            chosen.append(best)
    if len(chosen) > LARGEST:
        raise CallError(f"more than {LARGEST:,} clusters would change", advice="choose a smaller folder")
    version = hashlib.sha256("\n".join(f"{row.cluster_id} {row.id}" for row in chosen).encode()).hexdigest()[:32]
    changes = tuple(_change(row, masters) for row in chosen[:_SHOWN])
    keeper = Keeper(
        source=source, folder=folder, count=len(chosen), changes=changes, there=there, judged=left, poorer=poorer,
        version=version,
    )  # fmt: skip
    return keeper, chosen


def _rank(row: Any, masters: Any) -> tuple[bool, int, int]:
    """Copies that show the master's pixels before others, larger ones before smaller, then as they stand."""
    master = masters.get(row.master_id)
    same = (master is not None and master.content_id == row.content_id) or row.relation in SAME_PIXELS
    return not same, -row.width * row.height, row.id


def _change(row: Any, masters: Any) -> Change:
    master = masters.get(row.master_id)
    same = master is not None and master.content_id == row.content_id
    return Change(
        cluster_id=row.cluster_id,
        source=row.source,
        path=path_of(row),
        relation=Relation.BYTE_IDENTICAL.value if same else row.relation,
        present_source=master.source if master else "",
        present_path=path_of(master) if master else "",
    )


def _permit(project: Project, reviewer: Reviewer, keeper: Keeper, reason: str, typed: str) -> None:
    if not reviewer.may(Right.DECIDE):
        raise CallError("your role does not decide")
    check_speaker(project, reviewer.name, reviewer.role)
    if not keeper.count:
        raise CallError("there is nothing to change")
    if len(reason.strip()) < 3 or len(reason) > 4000:
        raise CallError("say why masters should lie there")
    if keeper.count > TYPED and typed.strip().replace(",", "") != str(keeper.count):
        raise CallError(f"type {keeper.count} to change so many at once")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A folder of a source (empty: all of it) below which somebody has put masters one by one, and how many."""

    source: str
    folder: str
    count: int


def usual_folder(project: Project, reviewer: Reviewer) -> Usual | None:
    """Where the master lies that a reviewer confirmed last, where others that they confirmed lie in one folder with it.

    ``None`` where it is the only one. What a rule confirmed for many at once does not count.
    """
    known = load_judgements(project.store, JudgementKind.MASTER)
    mine = [one for one in known if one.by == reviewer.name and not one.reason.startswith("K-")]
    places = [place for one in mine[-_USUAL:] if (place := _place_of(project, one)) and place[0] in reviewer.sources]
    if not places:
        return None
    source, inside = places[-1]
    shared = [_common(inside, other) for name, other in places if name == source]
    folder = min((one for one in shared if one), key=len, default=[])
    count = sum(name == source and other[: len(folder)] == folder for name, other in places)
    return Usual(source=source, folder="/".join(folder), count=count) if count > 1 else None


def _common(one: list[str], other: list[str]) -> list[str]:
    """The folders in which both lie."""
    return [name for name, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))]


def _place_of(project: Project, said: Judgement) -> tuple[str, list[str]] | None:
    """The source and the folders of the copy that a confirmation speaks of."""
    copy = copy_confirmed(project, said)
    return (copy.source, copy.path.split("/")[:-1]) if copy else None


def sources_of(reviewer: Reviewer) -> Sequence[str]:
    """The sources among which this reviewer chooses."""
    return sorted(reviewer.sources)
