"""Made catalogues are whole, shaped as promised, and the same on both databases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import func, inspect, select

from benchmarks.catalogue_pages import time_pages
from benchmarks.catalogues.library import draw_library
from benchmarks.catalogues.observations import DETECTOR
from benchmarks.catalogues.shape import SOURCES
from benchmarks.catalogues.writing import write
from benchmarks.large_catalogue import Made, make_catalogue
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.queries.tables import CatalogueTables
from pdpo_audit.catalogue.sayings.holds import load_holds
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.events import first_broken
from pdpo_audit.model.tables import Table, frozen_columns
from tests.postgres import Database

PICTURES = 1_500
RECORDS = {
    one.name: SourceRecord(name=one.name, uri=one.name, owner=one.owner, jurisdiction=one.jurisdiction)
    for one in SOURCES
}


def made(url: str, folder: Path, seed: int = 3) -> tuple[Store, Made]:
    store = Store.open(url, folder)
    return store, make_catalogue(store, PICTURES, seed=seed)


def exported(store: Store, table: Table) -> pd.DataFrame:
    audit = load_audits(store)[-1].audit_id
    return pd.concat(list(CatalogueTables(store, RECORDS, detector=DETECTOR, audit_id=audit).chunks(table)))


def test_a_made_catalogue_is_whole(catalogue_url: str, tmp_path: Path) -> None:
    store, said = made(catalogue_url, tmp_path)
    tables = {table: exported(store, table) for table in Table}
    assert said.holdings == PICTURES
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.holdings)).scalar() == PICTURES
    held = set(zip(tables[Table.HOLDINGS]["source"], tables[Table.HOLDINGS]["path"], strict=True))
    for table in (Table.FINDINGS, Table.DISPOSITIONS):
        assert set(zip(tables[table]["source"], tables[table]["path"], strict=True)) <= held
    assert len(tables[Table.DISPOSITIONS]) == len(held)
    assert len(tables[Table.FINDINGS]) == said.findings > 300
    assert len(tables[Table.CLUSTERS]) == said.clusters > 100
    assert tables[Table.CLUSTERS]["copies"].min() >= 2
    assert set(tables[Table.FINDINGS]["cluster_id"]) <= {"", *tables[Table.CLUSTERS]["cluster_id"]}
    assert {"decided", "open"} == set(tables[Table.FINDINGS]["status"])
    assert load_holds(store) and first_broken(store.events()) is None
    store.close()


def test_every_column_that_can_be_filtered_is_timed(tmp_path: Path) -> None:
    store, _ = made(f"sqlite:///{tmp_path}/made.db", tmp_path)
    timed = time_pages(store)
    asked = {(one.table, name) for one in timed for name in one.where}
    every = {(table.value, name) for table in (Table.FINDINGS, Table.DISPOSITIONS) for name in frozen_columns(table)}
    assert asked == every and all(one.first > 0 for one in timed)
    store.close()


def test_every_index_is_back_and_every_reference_leads_somewhere(catalogue_url: str, tmp_path: Path) -> None:
    store, _ = made(catalogue_url, tmp_path)
    inspector = inspect(store.engine)
    for table in schema.metadata.sorted_tables:
        assert {index.name for index in table.indexes} <= {one["name"] for one in inspector.get_indexes(table.name)}
    if store.engine.dialect.name == "sqlite":
        with store.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    else:
        with store.transaction() as transaction:  # its numbers go on after the made ones
            transaction.connection.execute(schema.sources.insert().values(name="another"))
    store.close()


def test_the_same_seed_gives_the_same_tables_on_both_databases(postgresql: Database, tmp_path: Path) -> None:
    (one, _), (other, _) = made(f"sqlite:///{tmp_path}/one.db", tmp_path), made(postgresql.url, tmp_path)
    (different, _) = made(f"sqlite:///{tmp_path}/other.db", tmp_path, seed=4)
    for table in set(Table) - {Table.EVENTS}:
        first, second = exported(one, table), exported(other, table)
        assert first.to_csv(index=False) == second.to_csv(index=False), table
    assert not exported(one, Table.FINDINGS).equals(exported(different, Table.FINDINGS))
    for store in (one, other, different):
        store.close()


def test_copies_and_folders_have_long_tails() -> None:
    library = draw_library(np.random.default_rng(5), 60_000)
    copies = np.bincount(library.picture)
    assert copies.sum() == 60_000
    assert 0.6 < (copies == 1).mean() < 0.85
    assert copies.max() > 100
    assert 0.25 < 1 - len(copies) / 60_000 < 0.5  # additional copies among all holdings
    rooms = np.bincount(library.folder)
    assert rooms.max() > 20 * np.median(rooms[rooms > 0])
    places = set(zip(library.folder.tolist(), library.names, strict=True))
    assert len(places) == 60_000
    assert set(library.source.tolist()) == set(range(len(SOURCES)))


def test_a_column_that_is_not_said_is_empty_and_an_unknown_one_refused(catalogue_url: str, tmp_path: Path) -> None:
    store = Store.open(catalogue_url, tmp_path)
    write(store, schema.sources, {"id": [1], "name": ["a"]}, 1)
    write(store, schema.folders, {"id": [7], "source_id": 1}, 1)
    with store.reading() as connection:
        assert [tuple(row) for row in connection.execute(select(schema.folders))] == [(7, 1, b"", b"", None)]
    with pytest.raises(ValueError, match="sources has no column colour"):
        write(store, schema.sources, {"id": [1], "name": ["a"], "colour": ["red"]}, 1)
    store.close()
