"""What the copies of an audit wait for, by source: a day that comes or has passed, or facts that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Integer, case, cast, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.findings import Outcome

_SAID, _AUDITS, _TERMS = schema.dispositions, schema.audits, schema.terms


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCount:
    """Copies whose day has passed, those that fall due from today until the end of a window, and the earliest day."""

    overdue: int
    soon: int
    earliest: str


def due_by_source(store: Store, audit_id: str, today: str, until: str) -> dict[str, DueCount]:
    """The copies of an audit that are due until a day, by source."""
    source, outcome = _TERMS.alias(), _TERMS.alias()
    passed = func.sum(cast(case((_SAID.c.due_on < today, 1), else_=0), Integer))
    query = (
        select(source.c.text, passed, func.count(), func.min(_SAID.c.due_on))
        .select_from(
            _SAID.join(_AUDITS, _AUDITS.c.number == _SAID.c.audit)
            .join(source, source.c.id == _SAID.c.source)
            .join(outcome, outcome.c.id == _SAID.c.outcome)
        )
        .where(
            _AUDITS.c.id == audit_id,
            _SAID.c.due_on > "",
            _SAID.c.due_on <= until,
            outcome.c.text.in_([Outcome.DUE.value, Outcome.NOT_YET_DUE.value]),
        )
        .group_by(source.c.text)
    )
    with store.reading() as connection:
        return {
            row[0]: DueCount(overdue=int(row[1] or 0), soon=int(row[2]) - int(row[1] or 0), earliest=row[3])
            for row in connection.execute(query)
        }


def missing_by_source(store: Store, audit_id: str) -> list[tuple[str, tuple[str, ...], int]]:
    """Which facts the copies of an audit that cannot be decided wait for: source, facts, and how many copies."""
    source, outcome, facts = _TERMS.alias(), _TERMS.alias(), _TERMS.alias()
    query = (
        select(source.c.text, facts.c.text, func.count())
        .select_from(
            _SAID.join(_AUDITS, _AUDITS.c.number == _SAID.c.audit)
            .join(source, source.c.id == _SAID.c.source)
            .join(outcome, outcome.c.id == _SAID.c.outcome)
            .join(facts, facts.c.id == _SAID.c.missing_facts)
        )
        .where(_AUDITS.c.id == audit_id, outcome.c.text == Outcome.CANNOT_DECIDE.value)
        .group_by(source.c.text, facts.c.text)
    )
    with store.reading() as connection:
        return [(row[0], tuple(filter(None, row[1].split(", "))), int(row[2])) for row in connection.execute(query)]
