"""Many rows at once into either database: COPY on PostgreSQL, one prepared statement on SQLite, indexes afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Table, text
from sqlalchemy.schema import CreateIndex, DropIndex

from pdpo_audit.catalogue.store import Store

#: A column's values: an array, a list, or one value for every row.
Column = Any
Columns = Mapping[str, Column]


def write(store: Store, table: Table, columns: Columns, rows: int) -> None:
    """Write ``rows`` rows in one transaction; a column that is not named has the empty value of its type.

    :raises ValueError: a column is named that the table has not.
    """
    if strange := columns.keys() - set(table.columns.keys()):
        raise ValueError(f"{table.name} has no column {min(strange)}")
    unsaid = [one for one in table.columns if not one.nullable and one is not table.autoincrement_column]
    columns = {**{one.name: _empty(one) for one in unsaid}, **columns}
    cells = [_values(column, rows) for column in columns.values()]
    with store.transaction(durable=False) as transaction:
        connection = transaction.connection
        driver: Any = connection.connection.driver_connection
        quote = connection.dialect.identifier_preparer.quote
        listed = ", ".join(quote(name) for name in columns)
        if connection.dialect.name == "postgresql":
            with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
                for row in zip(*cells, strict=True):
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            driver.executemany(f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", zip(*cells, strict=True))


def _empty(column: SqlColumn[Any]) -> object:
    """The empty value of a column's type; types of the catalogue's own are text."""
    kind = column.type.python_type
    return "" if kind is object else kind()


@contextmanager
def without_indexes(store: Store, tables: Sequence[Table]) -> Iterator[None]:
    """Drop the indexes of ``tables`` and make them anew at the end, each over all rows at once."""
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda one: str(one.name))]
    with store.transaction(durable=False) as transaction:
        for index in indexes:
            transaction.connection.execute(DropIndex(index))
    yield
    for index in indexes:
        with store.transaction(durable=False) as transaction:
            transaction.connection.execute(CreateIndex(index))


def settle(store: Store, tables: Sequence[Table]) -> None:
    """What a server does by itself in time: counters go on after the rows, and the planner knows the tables."""
    if store.engine.dialect.name != "postgresql":
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            column = table.autoincrement_column
            if column is not None and column.autoincrement is not False:
                place = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                connection.execute(text(f"SELECT setval({place}, (SELECT max({column.name}) FROM {table.name}))"))
            connection.execute(text(f"VACUUM ANALYZE {table.name}"))


def _values(column: Column, rows: int) -> Sequence[Any]:
    if isinstance(column, np.ndarray):
        return list(column.tolist())
    if isinstance(column, list):
        return column
    return [column] * rows
