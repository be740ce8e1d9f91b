"""Who judges what another person judged before is told; the first judgement stays in the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.sayings.judgements import forget_judgement
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.model.judgements import Judgement
from pdpo_audit.workspace.project import Project

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: The events that make or end judgements.
TAKEN_BACK = "judgement taken back"
_KINDS = ("master confirmed", "pair rejected", "legal status determined", TAKEN_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastJudgement:
    """One event of the history: what was said or taken back, of which judgement, by whom in which role, and why."""

    at: str
    event: str
    judgement_id: str
    by: str
    role: str
    value: str
    reason: str


def give_way(
    project: Project, transaction: Transaction, standing: Sequence[Judgement], made: Judgement, *, instead: bool
) -> None:
    """End what stands in the way of ``made``, in its transaction; each ending is an event.

    :raises CallError: somebody else judged it, and ``instead`` was not asked for.
    """
    others = [one for one in standing if one.by != made.by]
    if others and not instead:
        first = others[-1]
        raise CallError(
            f"{first.by}{f' ({first.role})' if first.role else ''} said {first.judgement_id} on {first.at[:10]}"
            f"{f': {first.value}' if first.value else ''}{f' ({first.reason})' if first.reason else ''}",
            advice="--instead puts yours in its place; the first stays in pdpo-audit decide list --history",
        )
    for one in standing:
        forget_judgement(transaction, one)
        told: Details = {
            "judgement": one.judgement_id, "kind": one.kind.value, "by": made.by, "first_by": one.by,
            "replaced_by": made.judgement_id,
        }  # fmt: skip
        transaction.append_event(TAKEN_BACK, told, at=project.clock(), actor=project.actor)


def history(project: Project) -> list[PastJudgement]:
    """Every judgement that was made or taken back, oldest first, as long as the log keeps the texts."""
    return [
        PastJudgement(
            at=entry.event.at,
            event=entry.event.kind,
            judgement_id=str(entry.event.details.get("judgement", "")),
            by=str(entry.event.details.get("by", "")),
            role=str(entry.event.details.get("role") or ""),
            value=str(entry.event.details.get("determination") or entry.event.details.get("replaced_by") or ""),
            reason=str(entry.event.details.get("reason") or ""),
        )
        for entry in project.store.events()
        if entry.event.kind in _KINDS and not entry.forgotten
    ]
