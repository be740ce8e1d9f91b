"""What a purge leaves: nothing of what the program worked out."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from benchmarks.large_catalogue import make_catalogue
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.care.purging import forget_working_data
from pdpo_audit.catalogue.elections import record_elections
from pdpo_audit.catalogue.memory import Memory
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.clusters import Election, Voter

#: Tables of working data, each filled here.
FILLED = ("holdings", "folders", "findings", "dispositions", "elections")


def test_a_purge_leaves_nothing_that_was_worked_out(tmp_path: Path) -> None:
    store = Store.open("sqlite:///catalogue.db", tmp_path)
    try:
        make_catalogue(store, 40, seed=3)
        voters = tuple(Voter(content=number, orientation=0) for number in range(1, 5))
        with store.transaction() as transaction:
            record_elections(transaction, {voters: Election(elected=frozenset({1}), beaten=frozenset({2}))}, "m")
        assert all(counts(store).values())
        with store.transaction() as transaction:
            forget_working_data(transaction, Memory(key=bytes(16)))
        assert not any(counts(store).values())
    finally:
        store.close()


def counts(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(schema.metadata.tables[name])).scalar_one()
            for name in FILLED
        }
