"""Plans of reviews, every version of them: what was said once stays, and counts until something else does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.reviews.plans import PlanVersion, plan_from

_PLANS = schema.plans


def record_version(transaction: Transaction, version: PlanVersion, *, at: datetime, by: str) -> None:
    """Keep what was said of a plan, and that it was said."""
    document = json.dumps(version.plan.document(), sort_keys=True, ensure_ascii=False) if version.plan else ""
    when = at.isoformat(timespec="seconds")
    transaction.connection.execute(
        insert(_PLANS).values(
            name=version.name,
            document=document,
            since=version.since.isoformat(),
            act=version.act,
            stated_at=when,
            stated_by=by,
        )
    )
    details = {"plan": version.name, "act": version.act, "since": version.since.isoformat(), "says": document}
    transaction.append_event("review planned", dict(details), at=at, actor=by)


def load_plans(store: Store) -> dict[str, tuple[PlanVersion, ...]]:
    """The history of each plan by its name, removed ones included."""
    with store.reading() as connection:
        return known_plans(connection)


def known_plans(connection: Connection) -> dict[str, tuple[PlanVersion, ...]]:
    """The same as an open transaction sees it."""
    return _histories(connection.execute(select(_PLANS).order_by(_PLANS.c.id)))


def _histories(rows: Iterable[Row[Any]]) -> dict[str, tuple[PlanVersion, ...]]:
    found: dict[str, list[PlanVersion]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(
            PlanVersion(
                name=row.name,
                plan=plan_from(json.loads(row.document)) if row.document else None,
                since=date.fromisoformat(row.since),
                stated_at=row.stated_at,
                stated_by=row.stated_by,
                act=row.act,
            )
        )
    return {name: tuple(versions) for name, versions in sorted(found.items())}
