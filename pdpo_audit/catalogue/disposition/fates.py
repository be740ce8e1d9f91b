"""Which plan took a copy that another one named as staying."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import place_key
from pdpo_audit.model.disposition.acts import DisposalAct, State
from pdpo_audit.model.disposition.plans import Keeper
from pdpo_audit.model.disposition.stays import TakenSince

_ITEMS = schema.disposal_items
_TAKEN = (State.QUARANTINED.value, State.DONE.value, State.CERTIFIED.value)
_BATCH = 500


def taken_since(connection: Connection, keepers: Iterable[Keeper]) -> dict[Keeper, TakenSince]:
    """Of copies, by place and bytes, those that a plan took, each with the plan that did so last."""
    wanted: dict[bytes, list[Keeper]] = {}
    for one in dict.fromkeys(keepers):
        wanted.setdefault(place_key(one.source, one.path), []).append(one)
    query = select(_ITEMS.c.place, _ITEMS.c.sha256, _ITEMS.c.plan_id, _ITEMS.c.act, _ITEMS.c.state, _ITEMS.c.result)
    query = query.where(_ITEMS.c.state.in_(_TAKEN), _ITEMS.c.act != DisposalAct.KEEP.value)
    found: dict[Keeper, TakenSince] = {}
    places = list(wanted)
    for start in range(0, len(places), _BATCH):
        for row in connection.execute(query.where(_ITEMS.c.place.in_(places[start : start + _BATCH]))):
            result = json.loads(row.result) if row.result else {}
            waits = row.state == State.QUARANTINED.value
            taken = TakenSince(
                plan_id=row.plan_id, act=row.act, on=str(result.get("at", ""))[:10], waits=waits,
                ends_on=str(result.get("ends_on", "")) if waits else "",
            )  # fmt: skip
            for one in wanted[bytes(row.place)]:
                same = bytes.fromhex(one.sha256) == bytes(row.sha256)
                if same and (one not in found or found[one].on <= taken.on):
                    found[one] = taken
    return found
