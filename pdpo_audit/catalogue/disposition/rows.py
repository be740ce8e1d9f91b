"""The table ``disposals``: every line of every plan, with who approved and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pdpo_audit.catalogue.disposition.fates import taken_since
from pdpo_audit.catalogue.disposition.plans import StoredItem, approvals_of, every_part, load_plans
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.disposition.acts import State
from pdpo_audit.model.disposition.approvals import APPROVE
from pdpo_audit.model.disposition.plans import Keeper
from pdpo_audit.model.disposition.stays import Fate, TakenSince
from pdpo_audit.model.disposition.writing import read_approval


def disposal_rows(store: Store) -> Iterator[tuple[Any, ...]]:
    """One row a line, plans and lines in their order."""
    for stored in load_plans(store):
        with store.reading() as connection:
            said = [read_approval(one.document) for one in approvals_of(connection, stored.header.plan_id)]
        named = dict.fromkeys(f"{one.name} ({one.role}) {one.at[:10]}" for one in said if one.decision == APPROVE)
        for part in every_part(store, stored.header.plan_id):
            with store.reading() as connection:
                taken = taken_since(connection, (keeper for one in part for keeper in one.item.keepers[:1]))
            for one in part:
                yield _row(stored.header.plan_id, one, "; ".join(named), taken)


def _row(plan_id: str, one: StoredItem, approved_by: str, taken: Mapping[Keeper, TakenSince]) -> tuple[Any, ...]:
    item, result = one.item, one.result
    keeper = item.keepers[0] if item.keepers else None
    since = taken.get(keeper) if keeper else None
    proof = f"disposals/{plan_id}/certificate.json" if one.state is State.CERTIFIED else ""
    return (
        plan_id, item.source, item.path, item.sha256, item.act.value, one.state.value, one.detail, item.rule,
        approved_by, result.at if result else "", proof, result.left_behind if result else "",
        result.method if result else "", item.bytes, item.cluster_id, keeper.source if keeper else "",
        keeper.path if keeper else "", item.authority, item.owner,
        result.ends_on if result and one.state is State.QUARANTINED else "",
        "" if since is None else (Fate.WAITS if since.waits else Fate.TAKEN).value, since.plan_id if since else "",
    )  # fmt: skip
