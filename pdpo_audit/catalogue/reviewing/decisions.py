"""Decisions of the review pages, one after another; what stands now is in ``determinations``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.sayings.judgements import record_determinations
from pdpo_audit.catalogue.store import Store, Transaction

_KEPT, _STANDING = schema.decisions, schema.determinations
_PART = 500

#: A determination as the catalogue has it: the columns of ``determinations``.
Standing = Mapping[str, str]


def standing_on(connection: Connection, findings: Sequence[str]) -> dict[str, Standing]:
    """What was decided on findings and stands."""
    found: dict[str, Standing] = {}
    for start in range(0, len(findings), _PART):
        part = list(findings[start : start + _PART])
        for row in connection.execute(select(_STANDING).where(_STANDING.c.finding_id.in_(part))):
            found[row.finding_id] = row._asdict()
    return found


def decide_findings(transaction: Transaction, rows: Sequence[Standing], *, batch: str, browser: bytes, at: str) -> None:
    """Let determinations stand, and keep what stood before."""
    before = standing_on(transaction.connection, [row["finding_id"] for row in rows])
    kept = [
        {
            **row, "batch": batch, "browser": browser, "recorded_at": at, "taken_back_by": "", "taken_back_at": "",
            "before": _written(before.get(row["finding_id"])),
        }
        for row in rows
    ]  # fmt: skip
    if kept:
        transaction.connection.execute(insert(_KEPT), kept)
        record_determinations(transaction, [dict(row) for row in rows])


def batch_of(connection: Connection, batch: str) -> list[Row[Any]]:
    """The decisions that were made together."""
    return list(connection.execute(select(_KEPT).where(_KEPT.c.batch == batch).order_by(_KEPT.c.id)).all())


def take_back(transaction: Transaction, batch: str, *, by: str, at: str) -> dict[str, Standing | None]:
    """Take decisions back where nobody has decided since; what stands on each of those findings now, if anything."""
    connection = transaction.connection
    rows = [row for row in batch_of(connection, batch) if not row.taken_back_at]
    standing = standing_on(connection, [row.finding_id for row in rows])
    newest = _newest(connection, [row.finding_id for row in rows])
    undone: dict[str, Standing | None] = {}
    for row in rows:
        if newest.get(row.finding_id) != row.id or not _is_of(row, standing.get(row.finding_id)):
            continue
        before = json.loads(row.before) if row.before else None
        if before is None:
            connection.execute(delete(_STANDING).where(_STANDING.c.finding_id == row.finding_id))
        else:
            record_determinations(transaction, [before])
        connection.execute(update(_KEPT).where(_KEPT.c.id == row.id).values(taken_back_by=by, taken_back_at=at))
        undone[row.finding_id] = before
    return undone


def decisions_on(store: Store, findings: Sequence[str]) -> list[Row[Any]]:
    """Every decision of the pages on some findings, newest first."""
    query = select(_KEPT).where(_KEPT.c.finding_id.in_(list(findings))).order_by(_KEPT.c.id.desc()).limit(100)
    with store.reading() as connection:
        return list(connection.execute(query).all())


def first_found(store: Store, findings: Sequence[str]) -> dict[str, str]:
    """When the first assessment that had each of some findings was begun."""
    held, audits = schema.findings, schema.audits
    found: dict[str, str] = {}
    with store.reading() as connection:
        for start in range(0, len(findings), _PART):
            part = held.c.finding_id.in_(list(findings[start : start + _PART]))
            query = select(held.c.finding_id, func.min(audits.c.started_at)).join(
                audits, audits.c.number == held.c.audit
            )
            found |= {row[0]: row[1] for row in connection.execute(query.where(part).group_by(held.c.finding_id))}
    return found


def marks_on(store: Store, findings: Sequence[str]) -> list[list[str]]:
    """What tells whether anything was said on findings since: what stands with its words, and how much was said."""
    said: list[list[str]] = []
    with store.reading() as connection:
        standing = standing_on(connection, findings)
        said += [list(map(str, standing[one].values())) for one in sorted(standing)]
        counted = (func.max(_KEPT.c.id), func.count(func.nullif(_KEPT.c.taken_back_at, "")))
        for start in range(0, len(findings), _PART):
            part = list(findings[start : start + _PART])
            query = (
                select(_KEPT.c.finding_id, *counted).where(_KEPT.c.finding_id.in_(part)).group_by(_KEPT.c.finding_id)
            )
            said += sorted(list(map(str, row)) for row in connection.execute(query))
    return said


def newest_batches(store: Store, person: str, most: int = 50) -> list[Row[Any]]:
    """The newest decisions of a person that stand, one row each."""
    mine = (_KEPT.c.decided_by == person) & (_KEPT.c.taken_back_at == "")
    query = select(_KEPT).where(mine).order_by(_KEPT.c.id.desc()).limit(50 * most)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    first = {row.batch: row for row in reversed(rows)}
    return sorted(first.values(), key=lambda row: -row.id)[:most]


def _newest(connection: Connection, findings: Sequence[str]) -> dict[str, int]:
    """The newest decision on each finding that nobody took back."""
    found: dict[str, int] = {}
    for start in range(0, len(findings), _PART):
        part = list(findings[start : start + _PART])
        query = select(_KEPT.c.finding_id, _KEPT.c.id).where(_KEPT.c.finding_id.in_(part), _KEPT.c.taken_back_at == "")
        found |= {row.finding_id: row.id for row in connection.execute(query.order_by(_KEPT.c.id))}
    return found


def _is_of(row: Row[Any], standing: Standing | None) -> bool:
    """Whether what stands is this decision: another way in (a spreadsheet) may have decided since."""
    return standing is not None and all(row._mapping[name] == value for name, value in standing.items())


def _written(standing: Standing | None) -> str:
    return json.dumps(dict(standing), sort_keys=True, ensure_ascii=False) if standing else ""
