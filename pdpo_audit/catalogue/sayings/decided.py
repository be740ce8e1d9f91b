"""What people said of the findings of an audit, counted: as it stands, or as it stood at a moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.audits import Decided
from pdpo_audit.model.events import DECIDED, TAKEN_BACK

#: A decision, by whom, in which role, on which day.
_Said = tuple[str, str, str, str]
_PART = 500
_WORDS = ("decision", "decided_by", "role", "decided_on")


def decided_in(store: Store, audit_id: str, *, until: datetime | None = None) -> tuple[Decided, ...]:
    """What people said of the findings of an audit, counted by person, role and decision; or had said ``until`` then.

    What was said since is taken from the event log, and so is what had stood before it.
    """
    with store.reading() as connection:
        if until is None or not _changed_since(connection, until):
            return tuple(_counted(connection, audit_id))
        return tuple(_count(_as_of(connection, audit_id, until)))


def _counted(connection: Connection, audit_id: str) -> Iterator[Decided]:
    said, findings, audits = schema.determinations, schema.findings, schema.audits
    who = (said.c.decision, said.c.decided_by, said.c.role)
    query = (
        select(*who, func.count(), func.min(said.c.decided_on), func.max(said.c.decided_on))
        .join(findings, findings.c.finding_id == said.c.finding_id)
        .join(audits, audits.c.number == findings.c.audit)
        .where(audits.c.id == audit_id)
        .group_by(*who)
        .order_by(*who)
    )
    for row in connection.execute(query):
        yield Decided(decision=row[0], by=row[1], role=row[2], findings=row[3], first_on=row[4], last_on=row[5])


def _changed_since(connection: Connection, until: datetime) -> bool:
    events = schema.events
    query = select(events.c.at).where(events.c.kind.in_((DECIDED, TAKEN_BACK))).order_by(events.c.sequence.desc())
    newest = connection.execute(query.limit(1)).scalar()
    return newest is not None and datetime.fromisoformat(newest) > until


def _as_of(connection: Connection, audit_id: str, until: datetime) -> dict[str, _Said]:
    """What stood then: today's decisions without those on findings that were decided since, which stand as they did."""
    before: dict[str, _Said] = {}
    since: set[str] = set()
    for at, kind, details in _events(connection):
        finding = str(details.get("finding_id", ""))
        if at > until:
            since.add(finding)
        elif "decision" in details:
            before[finding] = _said(details)
        elif kind == TAKEN_BACK:
            before.pop(finding, None)
    now = {finding: said for finding, said in _standing(connection) if finding not in since}
    then = {finding: said for finding, said in before.items() if finding in since}
    asked = _in_audit(connection, audit_id, [*now, *then])
    return {finding: said for finding, said in (now | then).items() if finding in asked}


def _standing(connection: Connection) -> Iterator[tuple[str, _Said]]:
    table = schema.determinations
    for row in connection.execute(select(table.c.finding_id, *(table.c[name] for name in _WORDS))):
        yield row[0], (row[1], row[2], row[3], row[4])


def _events(connection: Connection) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    """Decisions and what was taken back, in order; those whose texts have ended tell nothing."""
    events, texts = schema.events, schema.event_texts
    query = (
        select(events.c.at, events.c.kind, texts.c.details)
        .join(texts, texts.c.sequence == events.c.sequence)
        .where(events.c.kind.in_((DECIDED, TAKEN_BACK)))
        .order_by(events.c.sequence)
    )
    for row in connection.execute(query, execution_options={"yield_per": 1_000}):
        yield datetime.fromisoformat(row.at), row.kind, json.loads(row.details)


def _in_audit(connection: Connection, audit_id: str, findings: list[str]) -> set[str]:
    """Which of some findings an audit has."""
    held, audits = schema.findings, schema.audits
    found: set[str] = set()
    for start in range(0, len(findings), _PART):
        query = (
            select(held.c.finding_id)
            .join(audits, audits.c.number == held.c.audit)
            .where(audits.c.id == audit_id, held.c.finding_id.in_(findings[start : start + _PART]))
        )
        found |= {str(one) for one in connection.execute(query).scalars()}
    return found


def _said(details: dict[str, Any]) -> _Said:
    decision, by, role, on = (str(details.get(name, "")) for name in _WORDS)
    return decision, by, role, on


def _count(standing: dict[str, _Said]) -> Iterator[Decided]:
    days: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for decision, by, role, on in standing.values():
        days[decision, by, role].append(on)
    for (decision, by, role), found in sorted(days.items()):
        yield Decided(decision=decision, by=by, role=role, findings=len(found), first_on=min(found), last_on=max(found))
