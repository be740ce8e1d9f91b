"""The end of working data: face boxes at sign-off, everything but decisions and digests at the end date."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import delete, func, select, text, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.database.engines import sqlite_file
from pdpo_audit.catalogue.memory import Memory, remember_places
from pdpo_audit.catalogue.stated.documents import write_metadata
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.pictures import Metadata

#: What goes at the end date, children before parents. Contents keep their digests, duplicate clusters their ids and
#: their birth; judgements, holds, audits and the event log stay: they are decisions and evidence. What the audits said
#: lies in their sealed folders.
_WORKING_DATA = (
    schema.text_marks, schema.text_readings,
    schema.faces, schema.face_readings, schema.levels, schema.pairs, schema.elections, schema.fingerprints,
    schema.holdings, schema.folders, schema.passed_over, schema.findings, schema.dispositions, schema.terms,
    schema.kept_metadata,
)  # fmt: skip


def forget_boxes(transaction: Transaction) -> int:
    """Delete every face box, the place of every number and every picture made for reports; counts, levels and kinds
    stay. Gives the face boxes deleted."""
    connection = transaction.connection
    boxes = int(connection.execute(select(func.count()).select_from(schema.faces)).scalar_one())
    connection.execute(delete(schema.faces))
    connection.execute(update(schema.face_readings).values(thumbnail=b""))
    connection.execute(update(schema.text_marks).values(x=0, y=0, width=0, height=0))
    return boxes


def forget_working_data(transaction: Transaction, memory: Memory) -> int:
    """Delete all working data; gives the number of holdings forgotten.

    What is forgotten is examined again by the next scan. When files were first seen stays under keyed digests.
    """
    connection = transaction.connection
    holdings = int(connection.execute(select(func.count()).select_from(schema.holdings)).scalar_one())
    remember_places(transaction, memory)
    for table in _WORKING_DATA:
        connection.execute(delete(table))
    connection.execute(
        update(schema.contents).values(
            metadata=write_metadata(Metadata()), captured_at="", reason="", detail="", examined=0
        )
    )
    connection.execute(update(schema.clusters).values(master_id=0, master_reason="", confirmed_by=""))
    connection.execute(update(schema.cluster_contents).values(similarity=0.0, evidence="{}"))
    transaction.note_change()
    return holdings


def reclaim(store: Store) -> None:
    """Overwrite and give back the space of what was deleted, so that it cannot be read from the files any more."""
    file = sqlite_file(store.engine)
    if file is not None:
        store.engine.dispose()
        with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL"))
