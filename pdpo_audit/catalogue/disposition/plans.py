"""Plans of disposition with their lines and approvals; where each line stands."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import place_key
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.disposition.acts import DisposalAct, State
from pdpo_audit.model.disposition.plans import PlanHeader, PlanItem, Result
from pdpo_audit.model.disposition.writing import plan_digest, read_header, read_item, write_item

_PLANS, _ITEMS, _APPROVALS = schema.disposal_plans, schema.disposal_items, schema.disposal_approvals

#: States in which a copy is not at its place, and is still held or on its way.
WAITING = (State.QUARANTINED.value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A plan as it is kept: the bytes of its header, their digest as it was recorded, and what ended it."""

    header: PlanHeader
    raw: bytes
    sha256: str
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """A line and where it stands; ``intent`` is what was begun and has no result."""

    item: PlanItem
    line: str
    state: State
    detail: str
    intent: str
    result: Result | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredApproval:
    """An approval as it was signed, and the signature."""

    number: int
    document: bytes
    signature: bytes
    received_at: str


def record_plan(transaction: Transaction, header: bytes, items: Sequence[PlanItem]) -> str:
    """Keep a new plan; its digest."""
    read, digest = read_header(header), plan_digest(header)
    transaction.connection.execute(
        insert(_PLANS).values(
            plan_id=read.plan_id, document=header.decode(), sha256=digest, made_at=read.made_at, ended=""
        )
    )
    for start in range(0, len(items), 5_000):
        rows = [_row(read.plan_id, item) for item in items[start : start + 5_000]]
        transaction.connection.execute(insert(_ITEMS), rows)
    return digest


def load_plan(store: Store, plan_id: str) -> StoredPlan | None:
    """A plan by its id."""
    with store.reading() as connection:
        row = connection.execute(select(_PLANS).where(_PLANS.c.plan_id == plan_id)).first()
    return None if row is None else _plan(row)


def load_plans(store: Store) -> list[StoredPlan]:
    """Every plan, the oldest first."""
    with store.reading() as connection:
        return [_plan(row) for row in connection.execute(select(_PLANS).order_by(_PLANS.c.made_at, _PLANS.c.plan_id))]


def stored_lines(connection: Connection, plan_id: str) -> Iterator[str]:
    """The lines of a plan as they are kept, in their order."""
    query = select(_ITEMS.c.line).where(_ITEMS.c.plan_id == plan_id).order_by(_ITEMS.c.number)
    for row in connection.execute(query, execution_options={"yield_per": 5_000}):
        yield str(row.line)


def items_of(
    store: Store, plan_id: str, *, after: int = 0, most: int = 5_000, states: Sequence[State] = (), intent: bool = False
) -> list[StoredItem]:
    """Some lines of a plan after the one numbered ``after``: in any of ``states``, or with an open ``intent``."""
    query = select(_ITEMS).where(_ITEMS.c.plan_id == plan_id, _ITEMS.c.number > after)
    if states:
        query = query.where(_ITEMS.c.state.in_([state.value for state in states]))
    if intent:
        query = query.where(_ITEMS.c.intent != "")
    with store.reading() as connection:
        return [_item(row) for row in connection.execute(query.order_by(_ITEMS.c.number).limit(most))]


def every_item(store: Store, plan_id: str) -> Iterator[StoredItem]:
    """All lines of a plan in their order, a part at a time."""
    for part in every_part(store, plan_id):
        yield from part


def every_part(store: Store, plan_id: str) -> Iterator[list[StoredItem]]:
    """All lines of a plan in their order, some thousand at a time."""
    after = 0
    while part := items_of(store, plan_id, after=after):
        yield part
        after = part[-1].item.number


def erased_places(store: Store, until: str) -> Iterator[tuple[str, str]]:
    """Source and path of the copies that went from their places to be erased, until a day (ISO 8601)."""
    gone = [state.value for state in (State.QUARANTINED, State.DONE, State.CERTIFIED)]
    query = select(_ITEMS).where(_ITEMS.c.state.in_(gone)).order_by(_ITEMS.c.plan_id, _ITEMS.c.number)
    with store.reading() as connection:
        for one in map(_item, connection.execute(query, execution_options={"yield_per": 5_000})):
            if one.item.act is DisposalAct.ERASE and one.result is not None and one.result.at[:10] <= until:
                yield one.item.source, one.item.path


def count_states(store: Store, plan_id: str) -> dict[tuple[str, str], int]:
    """How many lines of a plan stand where: by state and detail."""
    query = (
        select(_ITEMS.c.state, _ITEMS.c.detail, func.count())
        .where(_ITEMS.c.plan_id == plan_id)
        .group_by(_ITEMS.c.state, _ITEMS.c.detail)
    )
    with store.reading() as connection:
        return {(row[0], row[1]): int(row[2]) for row in connection.execute(query)}


def count_without_keepers(store: Store, plan_id: str) -> int:
    """Of how many copies that a plan erases no other stays; the lines are canonical JSON, so their text tells it."""
    query = (
        select(func.count())
        .select_from(_ITEMS)
        .where(_ITEMS.c.plan_id == plan_id, _ITEMS.c.act == DisposalAct.ERASE.value)
        .where(_ITEMS.c.line.contains('"keepers":[]', autoescape=True))
    )
    with store.reading() as connection:
        return int(connection.execute(query).scalar() or 0)


def intend(transaction: Transaction, plan_id: str, numbers: Sequence[int], intent: str) -> None:
    """These lines are about to be acted on."""
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        transaction.connection.execute(
            update(_ITEMS).where(_ITEMS.c.plan_id == plan_id, _ITEMS.c.number.in_(part)).values(intent=intent)
        )


def settle(transaction: Transaction, plan_id: str, results: Sequence[Result]) -> None:
    """What became of lines; their intents are closed."""
    for result in results:
        values: Mapping[str, Any] = {
            "state": result.state, "detail": result.detail, "intent": "", "ends_on": result.ends_on,
            "result": json.dumps(dataclasses.asdict(result), sort_keys=True, ensure_ascii=False),
        }  # fmt: skip
        transaction.connection.execute(
            update(_ITEMS).where(_ITEMS.c.plan_id == plan_id, _ITEMS.c.number == result.number).values(**values)
        )


def end_plan(transaction: Transaction, plan_id: str, ended: str) -> None:
    """Nothing more is begun under this plan."""
    transaction.connection.execute(update(_PLANS).where(_PLANS.c.plan_id == plan_id).values(ended=ended))


def add_approval(transaction: Transaction, plan_id: str, document: bytes, signature: bytes, at: str, by: str) -> int:
    """Keep what somebody said of a plan; its number."""
    connection = transaction.connection
    query = select(func.max(_APPROVALS.c.number)).where(_APPROVALS.c.plan_id == plan_id)
    number = int(connection.execute(query).scalar() or 0) + 1
    connection.execute(
        insert(_APPROVALS).values(
            plan_id=plan_id, number=number, document=document.decode(), signature=signature, received_at=at,
            received_by=by,
        )
    )  # fmt: skip
    return number


def approvals_of(connection: Connection, plan_id: str) -> list[StoredApproval]:
    """What people said of a plan, in the order in which it came."""
    query = select(_APPROVALS).where(_APPROVALS.c.plan_id == plan_id).order_by(_APPROVALS.c.number)
    return [
        StoredApproval(
            number=row.number, document=row.document.encode(), signature=bytes(row.signature),
            received_at=row.received_at,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def on_their_way(connection: Connection, places: Sequence[tuple[str, str]], but: str = "") -> set[tuple[str, str]]:
    """Those of some places that a plan is about to take away, or has: they are no copies that stay.

    Plans that were rejected count no more, nor does the one called ``but``.
    """
    keys = {place_key(*place): place for place in places}
    open_states = [state.value for state in (State.PLANNED, State.APPROVED, State.QUARANTINED)]
    query = (
        select(_ITEMS.c.place)
        .join(_PLANS, _PLANS.c.plan_id == _ITEMS.c.plan_id)
        .where(_PLANS.c.ended == "", _ITEMS.c.plan_id != but, _ITEMS.c.act != "keep")
        .where(_ITEMS.c.state.in_(open_states))
    )
    found: set[tuple[str, str]] = set()
    wanted = list(keys)
    for start in range(0, len(wanted), 500):
        rows = connection.execute(query.where(_ITEMS.c.place.in_(wanted[start : start + 500])))
        found |= {keys[bytes(row.place)] for row in rows}
    return found


def _row(plan_id: str, item: PlanItem) -> dict[str, Any]:
    state = State.AWAITING_OWNER if item.task else State.PLANNED
    return {
        "plan_id": plan_id, "number": item.number, "line": write_item(item), "place": place_key(item.source, item.path),
        "sha256": bytes.fromhex(item.sha256), "act": item.act.value, "state": state.value, "detail": item.task,
        "intent": "", "result": "", "ends_on": "",
    }  # fmt: skip


def _plan(row: Row[Any]) -> StoredPlan:
    raw = str(row.document).encode()
    return StoredPlan(header=read_header(raw), raw=raw, sha256=row.sha256, ended=row.ended)


def _item(row: Row[Any]) -> StoredItem:
    return StoredItem(
        item=read_item(row.line),
        line=row.line,
        state=State(row.state),
        detail=row.detail,
        intent=row.intent,
        result=Result(**json.loads(row.result)) if row.result else None,
    )
