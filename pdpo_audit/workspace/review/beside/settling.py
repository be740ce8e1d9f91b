"""A case settled in one step: which copy is the master, and what is said of the findings on the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.queries.cases import Copy
from pdpo_audit.errors import CallError
from pdpo_audit.model.judgements import Judgement
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.cases import Case
from pdpo_audit.workspace.review.decisions import Said, decide_case
from pdpo_audit.workspace.review.judging import confirming
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.waiting import Move, move_in, rules_of_masters

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was recorded: the batch of decisions, the judgement that moves the master (empty where none did), and how
    many of the chosen findings were left to the next run, which makes them anew."""

    batch: str
    judgement_id: str
    left: int


def settle(
    project: Project, reviewer: Reviewer, case: Case, chosen: Collection[str], said: Said, check: Callable[[], None],
    *, master: str = "", instead: bool = False,
) -> Settled:  # fmt: skip
    """Decide chosen findings of a case, and let the copy with the number ``master`` be its master.

    All is recorded together, or nothing. What a rule says of the new master and of the present one because one of them
    is the master and the other is not is left open: with the next run it ends, or is asked anew.

    :raises CallError: there is no such copy, nothing is left to decide, or somebody else confirmed another master and
        ``instead`` was not asked for.
    """
    move = move_in(project, case.cluster_id) if case.cluster_id else None
    named = _named(case, master, move)
    gone = {move.new, move.old} if move else set()
    if named:
        gone = set() if named.is_master else {(one.source, one.path) for one in (named, case.master) if one}
    rows = [one for one in case.findings if one["finding_id"] in chosen]
    left = [one for one in rows if _waits(project, one, gone)]
    rows = [one for one in rows if one not in left]
    if left and not rows:
        raise CallError(
            "with this master nothing of what you ticked can be decided before the next run",
            advice="confirm the master alone, further down the case",
        )
    made: list[Judgement] = []
    confirm = named and confirming(
        project, f"{named.source}:{named.path}", by=reviewer.name, role=reviewer.role, reason=said.reason,
        instead=instead,
    )  # fmt: skip

    def also(transaction: Transaction) -> None:
        if confirm:
            made.append(confirm(transaction))

    batch = decide_case(project, reviewer, rows, said, check, also=also)
    return Settled(batch=batch, judgement_id=made[0].judgement_id if made else "", left=len(left))


def waiting_findings(project: Project, case: Case, move: Move | None = None) -> frozenset[str]:
    """The findings of a case that the next run ends or makes anew, because another master was confirmed."""
    move = move or (move_in(project, case.cluster_id) if case.cluster_id else None)
    gone = {move.new, move.old} if move else set()
    return frozenset(str(one["finding_id"]) for one in case.findings if _waits(project, one, gone))


def _named(case: Case, master: str, move: Move | None) -> Copy | None:
    """The copy that a form names as the master, where that is not what stands.

    :raises CallError: it is none of this case.
    """
    if not master or not case.cluster_id:
        return None
    found = next((one for one in case.copies if str(one.holding) == master), None)
    if found is None:
        raise CallError("there is no such copy")
    stands = found.holding == move.holding if move else found.is_master
    return None if stands else found


def _waits(project: Project, finding: Mapping[str, Any], places: Collection[tuple[str, str]]) -> bool:
    return (finding["source"], finding["path"]) in places and finding["rule"] in rules_of_masters(project)
