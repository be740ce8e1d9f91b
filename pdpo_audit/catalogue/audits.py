"""Assessments and audits: frozen once reported."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAudit:
    """An assessment; once ``folder`` names where its reports lie it is an audit and never changes."""

    audit_id: str
    started_at: str
    finished_at: str
    assessed_on: str
    folder: str
    #: The last event when it was assessed: what was scanned later is not in it.
    event: int
    methods: dict[str, str]
    #: The newest record of a holding when it was assessed: a place recorded later is new, a file that moved is not.
    last_holding: int = 0


def record_assessment(
    transaction: Transaction, audit: StoredAudit, findings: pd.DataFrame, dispositions: pd.DataFrame
) -> None:
    """Freeze what the rules said; ``last_holding`` is taken from what is recorded now."""
    last_holding = transaction.connection.execute(select(func.max(schema.holdings.c.id))).scalar() or 0
    document = {"event": audit.event, "methods": audit.methods, "last_holding": last_holding}
    transaction.connection.execute(
        insert(schema.audits).values(
            id=audit.audit_id, started_at=audit.started_at, finished_at=audit.finished_at,
            assessed_on=audit.assessed_on, folder=audit.folder, document=json.dumps(document, sort_keys=True),
        )
    )  # fmt: skip
    for number, row in enumerate(_records(findings)):
        transaction.connection.execute(
            insert(schema.findings).values(audit_id=audit.audit_id, row=number, finding_id=row[0], document=_json(row))
        )
    outcome = list(dispositions.columns).index("outcome")
    rows = [
        {"audit_id": audit.audit_id, "row": number, "outcome": row[outcome], "document": _json(row)}
        for number, row in enumerate(_records(dispositions))
    ]
    if rows:
        transaction.connection.execute(insert(schema.dispositions), rows)


def close_audit(transaction: Transaction, audit_id: str, folder: str, finished_at: str) -> None:
    """The reports of this audit are written and sealed in ``folder``."""
    table = schema.audits
    transaction.connection.execute(
        update(table).where(table.c.id == audit_id).values(folder=folder, finished_at=finished_at)
    )


def load_audits(store: Store) -> list[StoredAudit]:
    """Every assessment and audit, oldest first."""
    table = schema.audits
    with store.reading() as connection:
        rows = connection.execute(select(table)).all()
    # By their place in the event log: two assessments may fall into one second.
    return sorted((_audit(row) for row in rows), key=lambda audit: audit.event)


def count_outcomes(store: Store, audit_id: str) -> dict[str, int]:
    """Holdings by the ladder's outcome."""
    table = schema.dispositions
    query = select(table.c.outcome, func.count()).where(table.c.audit_id == audit_id).group_by(table.c.outcome)
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query.order_by(table.c.outcome))}


def last_event(store: Store) -> int:
    """The sequence number of the newest event, 0 before the first."""
    with store.reading() as connection:
        return int(connection.execute(select(func.max(schema.events.c.sequence))).scalar() or 0)


def _audit(row: Row[Any]) -> StoredAudit:
    document = json.loads(row.document)
    return StoredAudit(
        audit_id=row.id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        assessed_on=row.assessed_on,
        folder=row.folder,
        event=document["event"],
        methods=document["methods"],
        last_holding=document.get("last_holding", 0),
    )


def _records(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    return frame.itertuples(index=False, name=None)


def _json(row: tuple[Any, ...]) -> str:
    return json.dumps([None if value != value else value for value in row], ensure_ascii=False, default=str)
