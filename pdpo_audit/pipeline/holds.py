"""Beside stage 5: a hold never selects less than it did, whatever was moved, renamed or forgotten since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.memory import MARK, Memory
from pdpo_audit.catalogue.sayings.holds import Selected, add_selected, load_holds, load_selected, vouch_for_selected
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.findings import OPEN_MATTER, Hold
from pdpo_audit.policy.stating.holds import select

if TYPE_CHECKING:
    import pandas as pd

#: In place of a place's digest: the hold is on every copy with these bytes.
ANYWHERE = b""


def holds_over(store: Store, memory: Memory, holdings: pd.DataFrame, standing: Sequence[Hold] = ()) -> list[Hold]:
    """Every hold, with the holdings (``source, path, sha256``) that it selected before and goes on selecting.

    ``standing`` are holds that nobody placed, on what open matters may concern: they are never recorded.

    A hold on pictures or a duplicate cluster is on every copy of the contents that it selected. Any other is on what
    lay at the places that it selected; where such a copy is no longer at its place, on every copy with its bytes.
    """
    selected = load_selected(store)
    placed = [
        replace(hold, also=_still(selected.get(hold.hold_id, ()), memory, holdings)) for hold in load_holds(store)
    ]
    return [*placed, *standing]


def remember_selected(
    transaction: Transaction, memory: Memory, holds: Sequence[Hold], holdings: pd.DataFrame, on: date
) -> str:
    """Keep what the active holds select now, by content and keyed place; what the event of it says (``SELECTED``)."""
    placed = [one for one in holds if one.kind != OPEN_MATTER]
    for hold in placed:
        chosen = holdings[select([hold], holdings, on).rows > 0]
        everywhere = bool(hold.sha256 or hold.pictures or hold.cluster_id)
        pairs = {
            (bytes.fromhex(sha256), ANYWHERE if everywhere else _place(memory, source, path))
            for source, path, sha256 in _places(chosen)
        }
        add_selected(transaction, hold.hold_id, pairs)
        if pairs and not everywhere:
            transaction.remember(MARK, memory.mark())
    return vouch_for_selected(transaction.connection, [hold.hold_id for hold in placed])


def _still(selected: Iterable[Selected], memory: Memory, holdings: pd.DataFrame) -> frozenset[tuple[str, str]]:
    places: dict[str, set[bytes]] = {}
    for digest, selected_at in selected:
        places.setdefault(digest.hex(), set()).add(selected_at)
    if not places:
        return frozenset()
    rows = _places(holdings[holdings["sha256"].isin(places)])
    found = [(source, path, sha256, _place(memory, source, path)) for source, path, sha256 in rows]
    present: dict[str, set[bytes]] = {}
    for _, _, sha256, place in found:
        present.setdefault(sha256, {ANYWHERE}).add(place)
    lost = {sha256 for sha256, wanted in places.items() if wanted - present.get(sha256, set())}
    return frozenset(
        (source, path)
        for source, path, sha256, place in found
        if sha256 in lost or place in places[sha256] or ANYWHERE in places[sha256]
    )


def _places(holdings: pd.DataFrame) -> list[tuple[str, str, str]]:
    rows = zip(holdings["source"], holdings["path"], holdings["sha256"], strict=True)
    return [(str(source), str(path), str(sha256)) for source, path, sha256 in rows if sha256]


def _place(memory: Memory, source: str, path: str) -> bytes:
    return memory.place(source, path.encode("utf-8", "surrogatepass"))
