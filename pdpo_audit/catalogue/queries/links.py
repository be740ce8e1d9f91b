"""Hard links: several names of one file, whose bytes are counted once."""

from __future__ import annotations

from sqlalchemy import func, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store

#: The catalogue's key for the state of the holdings in which links were last marked.
_MARKED_AT = "links_marked_at"


def mark_links(store: Store) -> None:
    """Mark every name of a file but the one that was recorded first.

    Two names are of one file where they are in one source, and inode and contents are the same, also at the same
    place inside it; some systems have no inodes (0), and some number two files alike.
    """
    now = str(store.generation())
    if store.recall(_MARKED_AT) == now:
        return
    held, folders = schema.holdings, schema.folders
    of_one_file = (folders.c.source_id, held.c.inode, held.c.content_id, held.c.member)
    numbered = (
        select(held.c.id, func.row_number().over(partition_by=of_one_file, order_by=held.c.id).label("number"))
        .join(folders, folders.c.id == held.c.folder_id)
        .where(held.c.vanished_on == "", held.c.inode != 0, held.c.content_id.is_not(None))
        .subquery()
    )
    further = select(numbered.c.id).where(numbered.c.number > 1)
    with store.transaction(durable=False) as transaction:
        connection = transaction.connection
        connection.execute(update(held).where(held.c.linked == 1, held.c.id.not_in(further)).values(linked=0))
        connection.execute(update(held).where(held.c.linked == 0, held.c.id.in_(further)).values(linked=1))
        transaction.remember(_MARKED_AT, now)


def count_links(store: Store) -> int:
    """How many holdings are further names of a file that is counted already."""
    held = schema.holdings
    query = select(func.count()).select_from(held).where(held.c.linked == 1, held.c.vanished_on == "")
    with store.reading() as connection:
        return int(connection.execute(query).scalar_one())
