"""The review as the report tells it: agreement of two readers, who looked, what is open, what was signed off."""

from __future__ import annotations

from collections import Counter

from pdpo_audit.catalogue.reviewing import second_looks, standing
from pdpo_audit.catalogue.sayings.decided import decided_in
from pdpo_audit.model.reviewing.records import Looker, PageSignOff, Postponed, ReviewRecord, SecondLooks
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.choices import ROLES, Choice, Said, told


def review_record(project: Project, audit_id: str) -> ReviewRecord | None:
    """What the review pages add to the report of an audit; ``None`` where nobody used them."""
    store = project.store
    decided = sum(one.findings for one in decided_in(store, audit_id))
    found = ReviewRecord(
        batches=standing.count_batches(store),
        undecided=standing.count_findings(store, audit_id) - decided,
        second_looks=agreement(project),
        lookers=_lookers(project),
        postponed=_postponed(project, audit_id),
        sign_offs=page_sign_offs(project, audit_id),
    )
    return found if found.anything else None


def agreement(project: Project) -> SecondLooks:
    """How often the second person, who did not know the first decision, chose the same."""
    looks = second_looks.looks_taken(project.store)
    read = [one for one in looks if one.read_at]
    differing = [one.id for one in read if one.choice != one.first_choice]
    return SecondLooks(
        drawn=len(looks),
        read=len(read),
        agreed=len(read) - len(differing),
        unsettled=len(second_looks.unsettled(project.store, differing)) if differing else 0,
    )


def page_sign_offs(project: Project, audit_id: str) -> tuple[PageSignOff, ...]:
    """What people signed off on the pages: this audit's decisions, or single ones of them."""
    with project.store.reading() as connection:
        known = standing.sign_offs(connection)
        mine = standing.batches_in(connection, audit_id, {row.named for row in known if row.subject == "batch"})
        rows = [row for row in known if row.subject == "audit" or row.named in mine]
        now = {row.named: standing.batch_digest(connection, row.named)[0] for row in rows if row.subject == "batch"}
        whole = standing.decided_digest(connection, audit_id)[0]
    return tuple(
        PageSignOff(
            subject=row.subject, named=row.named, findings=row.findings, role=row.role, decision=row.decision,
            remark=row.remark, by=row.said_by, at=row.at,
            stands=row.digest == (now[row.named] if row.subject == "batch" else whole),
        )
        for row in rows
    )  # fmt: skip


def _lookers(project: Project) -> tuple[Looker, ...]:
    seen: dict[str, Counter[str]] = {}
    for row in standing.lookers(project.store):
        seen.setdefault(row.person, Counter())[row.what] += row.number
    return tuple(
        Looker(person=person, cases=what["case"], clear_pictures=what["clear picture"]) for person, what in seen.items()
    )


def _postponed(project: Project, audit_id: str) -> tuple[Postponed, ...]:
    """Whom postponed findings wait for, from the words that stand before every such reason."""
    begins = {told(Said(choice=Choice.ESCALATE, role=role)): role for role in ROLES}
    begins[told(Said(choice=Choice.ASK_OWNER))] = "owner"
    found: Counter[str] = Counter()
    for reason, count in standing.postponed_on(project.store, audit_id).items():
        found[next((role for begin, role in begins.items() if reason.startswith(begin.strip())), "")] += count
    return tuple(Postponed(role=role, findings=count) for role, count in sorted(found.items()))
