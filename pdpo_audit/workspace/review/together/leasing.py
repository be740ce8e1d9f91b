"""Check-out: somebody takes a batch of cases for a while, and nobody else decides them meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.queries.pages import read_cases
from pdpo_audit.catalogue.reviewing import leases as kept
from pdpo_audit.errors import CallError
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.queue import assessed, read_queue
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.waiting import Waiting

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: Cases of a batch, and at most; findings that are gone through for one.
BATCH, LARGEST = 20, 50
_SEARCHED, _PAGE = 20_000, 500


class TakenError(CallError):
    """Somebody else is at this: nothing was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Who has a case, and until when (ISO 8601)."""

    person: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedCase:
    """A case of one's batch: its first finding, how many it has, how many are open and can be decided now."""

    key: str
    finding: Mapping[str, Any]
    findings: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What somebody has taken; ``until`` is empty where that is nothing."""

    cases: tuple[LeasedCase, ...]
    until: str

    @property
    def next(self) -> str:
        """The first case with an open finding; empty where all is decided."""
        return next((one.key for one in self.cases if one.open), "")


def case_of(finding: Mapping[str, Any]) -> str:
    """The key of the case in which a finding is decided."""
    return str(finding["cluster_id"] or finding["finding_id"])


def take_batch(
    project: Project, reviewer: Reviewer, where: Mapping[str, str], *, due_until: str = "", size: int = BATCH
) -> tuple[str, ...]:
    """Take the next cases that fit filters, have an open finding and are nobody's; gives their keys.

    What one had before is given back.

    :raises CallError: nothing is free, or so many may not be taken.
    """
    if not 1 <= size <= LARGEST:
        raise CallError(f"take 1 to {LARGEST} cases at once")
    filters = {**where, "status": "open"}
    now = project.clock()
    with project.store.transaction() as transaction:
        kept.end_leases(transaction, reviewer.name, _text(now))
        held = kept.live_cases(transaction.connection, _text(now))
        keys = tuple(islice(_free(project, reviewer, filters, due_until, held), size))
        if not keys:
            raise CallError("nothing is free that fits this filter", advice="others may be at it, or all is decided")
        kept.record_lease(transaction, reviewer.name, keys, at=_text(now), until=_until(project, now))
    return keys


def give_back(project: Project, reviewer: Reviewer) -> int:
    """Give back what one has taken; gives how many batches."""
    with project.store.transaction() as transaction:
        return kept.end_leases(transaction, reviewer.name, _text(project.clock()))


def my_batch(project: Project, reviewer: Reviewer) -> Batch:
    """What a reviewer has taken, in the order in which it was found."""
    live = kept.leases_of(project.store, _text(project.clock()))
    mine = {key: row for key, row in live.items() if row.person == reviewer.name}
    rows: dict[str, list[Mapping[str, Any]]] = {}
    if mine:
        for row in read_cases(project.store, assessed(project), mine, within=reviewer.sources):
            rows.setdefault(case_of(row), []).append(row)
    waiting = Waiting(project)
    cases = tuple(
        LeasedCase(
            key=key, finding=found[0], findings=len(found),
            open=sum(one["status"] == "open" and not waiting.holds(one) for one in found),
        )
        for key, found in rows.items()
    )  # fmt: skip
    return Batch(cases=cases, until=max((row.until for row in mine.values()), default=""))


def taken_by_others(project: Project, reviewer: Reviewer) -> dict[str, Taken]:
    """The cases that somebody else has now, by their key."""
    live = kept.leases_of(project.store, _text(project.clock()))
    return {key: Taken(person=one.person, until=one.until) for key, one in live.items() if one.person != reviewer.name}


def refuse_taken(project: Project, reviewer: Reviewer, keys: Collection[str]) -> None:
    """:raises TakenError: somebody else has one of these cases now."""
    others = taken_by_others(project, reviewer)
    if taken := [others[key] for key in sorted(keys) if key in others]:
        raise TakenError(
            f"{taken[0].person} has taken this until {taken[0].until[11:16]}; nothing was recorded",
            advice="it comes back when it is given back, or then",
        )


def work_on(project: Project, transaction: Transaction, reviewer: Reviewer) -> None:
    """Whoever works keeps what they have taken for as long again."""
    now = project.clock()
    kept.extend_leases(transaction, reviewer.name, now=_text(now), until=_until(project, now))


def _free(
    project: Project, reviewer: Reviewer, where: Mapping[str, str], due_until: str, held: Collection[str]
) -> Iterator[str]:
    """The keys of cases that fit and that nobody has, each once."""
    after, seen = -1, set(held)
    for _ in range(_SEARCHED // _PAGE):
        found = read_queue(project, reviewer, Table.FINDINGS, where, after=after, due_until=due_until, rows=_PAGE)
        for row in found.rows:
            key = case_of(row)
            if key not in seen:
                seen.add(key)
                yield key
        if found.after is None:
            return
        after = found.after


def _until(project: Project, now: datetime) -> str:
    return _text(now + timedelta(minutes=project.settings.review.lease_minutes))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
