"""The verbs of the API: each takes a call and gives what is answered, by the same functions as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pdpo_audit.model.tables import Table
from pdpo_audit.review.api import shapes
from pdpo_audit.review.house import House
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.beside.pictures import judge_picture
from pdpo_audit.workspace.review.beside.versions import unchanged
from pdpo_audit.workspace.review.cases import Case, note_look, open_case
from pdpo_audit.workspace.review.decisions import (
    Group,
    decide_case,
    decide_group,
    decided_batch,
    gather,
    read_said,
    undo_batch,
)
from pdpo_audit.workspace.review.queue import MANY, assessed, count_waiting, outcomes, read_queue
from pdpo_audit.workspace.review.reviewers import AbsentError, Reviewer, Right
from pdpo_audit.workspace.review.together.leasing import give_back, my_batch, take_batch, taken_by_others

#: No row has a larger number, in either database.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: who it is for, what its path, query and body say."""

    house: House
    reviewer: Reviewer
    path: Mapping[str, str]
    query: Any
    body: Any

    @property
    def project(self) -> Project:
        """The workspace."""
        return self.house.project


def me(call: Call) -> shapes.Me:
    """Whom the token acts for"""
    one = call.reviewer
    rights = [right.value for right in Right if one.may(right)]
    return shapes.Me(name=one.name, roles=list(one.roles), rights=rights, sources=sorted(one.sources))


def standing(call: Call) -> shapes.Standing:
    """Where the newest assessment stands"""
    return shapes.Standing(
        audit_id=assessed(call.project),
        waiting=count_waiting(call.project, call.reviewer),
        many=MANY,
        outcomes=dict(outcomes(call.project)) if call.reviewer.sees_everything else {},
    )


def findings(call: Call) -> shapes.Findings:
    """Findings, a page at a time"""
    return shapes.Findings(**_page(call, Table.FINDINGS, shapes.Finding))


def copies(call: Call) -> shapes.Copies:
    """Copies by what is due for each, a page at a time"""
    return shapes.Copies(**_page(call, Table.DISPOSITIONS, shapes.Disposition))


def case(call: Call) -> shapes.Case:
    """A case: its copies, findings, what was said; that it was looked at is kept"""
    found = open_case(call.project, call.reviewer, call.path["key"])
    note_look(call.project, call.reviewer, found)
    taken = taken_by_others(call.project, call.reviewer).get(found.key)
    return shapes.Case(
        key=found.key,
        cluster_id=found.cluster_id,
        version=found.version,
        copies=[_copy(found, one) for one in found.copies],
        hidden=found.hidden,
        findings=[_record(shapes.Finding, one) for one in found.findings],
        said=_said(found),
        related=[
            shapes.Related(source=one.source, path=one.path, kind=one.kind, similarity=one.similarity)
            for one in found.links
        ],
        taken=shapes.Taken(person=taken.person, until=taken.until) if taken else None,
    )


def decide(call: Call) -> shapes.Decided:
    """Decide findings of a case as it was shown"""
    found, check = unchanged(call.project, call.reviewer, call.path["key"], call.body.version)
    chosen = [one for one in found.findings if one["finding_id"] in set(call.body.findings)]
    if len(chosen) != len(set(call.body.findings)):
        raise AbsentError("a finding is none of this case")
    said = read_said(_fields(call.body))
    return _decided(call, decide_case(call.project, call.reviewer, chosen, said, check))


def judge(call: Call) -> shapes.Judged:
    """Say something of the pictures of a case"""
    found, check = unchanged(call.project, call.reviewer, call.path["key"], call.body.version)
    judge_picture(call.project, call.reviewer, found, _fields(call.body), check)
    return shapes.Judged(key=found.key, version=open_case(call.project, call.reviewer, found.key).version)


def preview(call: Call) -> shapes.Group:
    """What a group decision would decide; nothing is recorded"""
    group = _group(call)
    return shapes.Group(
        version=group.version,
        findings=len(group.findings),
        held=group.held,
        decided=group.decided,
        taken=group.taken,
        examples=[_record(shapes.Finding, one) for one in group.findings[:20]],
    )


def decide_many(call: Call) -> shapes.Decided:
    """Decide a group as its preview showed it"""
    said, group = read_said(_fields(call.body.decision)), _group(call)
    batch = decide_group(call.project, call.reviewer, group, said, seen=call.body.version, typed=str(call.body.count))
    return _decided(call, batch)


def decided(call: Call) -> shapes.Decided:
    """Decisions of this person that were made together"""
    return _decided(call, call.path["batch"])


def undo(call: Call) -> shapes.Decided:
    """Take decisions back where nobody has decided since"""
    undo_batch(call.project, call.reviewer, call.path["batch"])
    return _decided(call, call.path["batch"])


def batch(call: Call) -> shapes.Batch:
    """The cases that this person has taken"""
    found = my_batch(call.project, call.reviewer)
    cases = [shapes.LeasedCase(key=one.key, findings=one.findings, open=one.open) for one in found.cases]
    return shapes.Batch(until=found.until, cases=cases)


def take(call: Call) -> shapes.Batch:
    """Take the next cases that fit; what one had before is given back"""
    where = _asked(call.body.filters)
    take_batch(call.project, call.reviewer, where, due_until=_day(call.body.due_until), size=call.body.size)
    return batch(call)


def give(call: Call) -> shapes.Batch:
    """Give back what this person has taken"""
    give_back(call.project, call.reviewer)
    return batch(call)


def picture(call: Call) -> bytes:
    """A picture with every face covered"""
    number = call.path["content"]
    content = int(number) if number.isascii() and number.isdigit() and len(number) < 20 else _LARGEST
    made = call.house.pictures.covered(call.reviewer, min(content, _LARGEST))
    if not made:
        raise AbsentError("there is no picture of it")
    return made


def _page(call: Call, table: Table, shape: Any) -> dict[str, Any]:
    asked = call.query
    where = {name: value for name, value in _asked(asked).items() if name not in ("due_until", "after", "limit")}
    found = read_queue(
        call.project, call.reviewer, table, where, after=asked.after, due_until=_day(asked.due_until), rows=asked.limit
    )
    return {"audit_id": found.audit_id, "rows": [_record(shape, row) for row in found.rows], "after": found.after}


def _asked(filters: Any) -> dict[str, str]:
    return {name: value for name, value in filters.model_dump(mode="json").items() if value not in ("", None)}


def _fields(body: Any) -> dict[str, str]:
    """A body as a form would have sent it."""
    said = body.model_dump(mode="json", exclude={"findings", "version"})
    return {name: "" if value in (None, False) else str(value) for name, value in said.items()}


def _record(shape: Any, row: Mapping[str, Any]) -> Any:
    return shape(**{name: str(row.get(name) or "") for name in shape.model_fields})


def _copy(found: Case, one: Any) -> shapes.Copy:
    due = found.dispositions.get((one.source, one.path), {})
    names = ("holding", "content", "source", "path", "bytes", "format", "width", "height", "modified", "captured",
             "first_seen", "relation", "similarity", "is_master", "confirmed_by", "faces")  # fmt: skip
    told: dict[str, Any] = {name: getattr(one, name) for name in names}
    told |= {name: str(due.get(name) or "") for name in ("outcome", "act", "due_on")}
    return shapes.Copy(**told, sha256=one.sha256.hex(), people_level=one.level, stated=dict(one.stated))


def _said(found: Case) -> list[shapes.Event]:
    judged = [
        shapes.Event(at=one.at, by=one.by, what=one.kind.value, value=one.value, reason=one.reason, taken_back=False)
        for one in found.judgements
    ]
    return judged + [
        shapes.Event(
            at=one.recorded_at, by=one.decided_by, what="decision", value=one.decision, reason=one.reason,
            taken_back=bool(one.taken_back_at),
        )
        for one in found.history
    ]  # fmt: skip


def _group(call: Call) -> Group:
    body = call.body
    return gather(call.project, call.reviewer, _asked(body.filters), folder=body.folder, due_until=_day(body.due_until))


def _decided(call: Call, batch_name: str) -> shapes.Decided:
    rows = decided_batch(call.project, call.reviewer, batch_name)
    return shapes.Decided(
        batch=batch_name,
        decision=rows[0].decision,
        by=rows[0].decided_by,
        at=rows[0].recorded_at,
        reason=rows[0].reason,
        findings=[row.finding_id for row in rows],
        taken_back=[row.finding_id for row in rows if row.taken_back_at],
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
