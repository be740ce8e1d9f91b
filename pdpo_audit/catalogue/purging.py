"""The end of working data: face boxes at sign-off, everything but decisions and digests at the end date."""

from __future__ import annotations

from sqlalchemy import delete, func, select, text, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.contents import write_metadata
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.pictures import Metadata

#: What goes at the end date, children before parents. Contents keep their digests; judgements, holds, audits and the
#: event log stay: they are decisions and evidence. What the audits said lies in their sealed folders.
_WORKING_DATA = (
    schema.faces, schema.face_readings, schema.levels, schema.cluster_contents, schema.clusters, schema.pairs,
    schema.elections, schema.fingerprints, schema.holdings, schema.folders, schema.passed_over, schema.findings,
    schema.dispositions,
)  # fmt: skip


def forget_boxes(transaction: Transaction) -> int:
    """Delete every face box and every picture made for reports; counts and levels stay. Gives the boxes deleted."""
    connection = transaction.connection
    boxes = int(connection.execute(select(func.count()).select_from(schema.faces)).scalar_one())
    connection.execute(delete(schema.faces))
    connection.execute(update(schema.face_readings).values(thumbnail=b""))
    return boxes


def forget_working_data(transaction: Transaction) -> int:
    """Delete all working data; gives the number of holdings forgotten."""
    connection = transaction.connection
    holdings = int(connection.execute(select(func.count()).select_from(schema.holdings)).scalar_one())
    for table in _WORKING_DATA:
        connection.execute(delete(table))
    connection.execute(update(schema.contents).values(metadata=write_metadata(Metadata()), captured_at="", detail=""))
    transaction.note_change()
    return holdings


def reclaim(store: Store) -> None:
    """Overwrite and give back the space of what was deleted, so that it cannot be read from the file any more."""
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
