"""What outlives a purge of places: when a file was first seen, under keyed digests that name no place.

The key lies in the workspace's ``keys`` and not in the catalogue: who has a backup alone cannot try out names, and
what is remembered ends with the key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import PLACE, PLACES
from pdpo_audit.catalogue.sayings.holds import add_selected, vouch_for_selected
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.locations.holdings import Entry, locate
from pdpo_audit.model.locations.roots import NOT_REACHED

_BATCH = 500

#: The fact that tells under which key the catalogue remembers (``Memory.mark``).
MARK = "memory_mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Makes keyed digests (16 bytes, HMAC-SHA-256) of places and files."""

    key: bytes

    def place(self, source: str, locator: bytes) -> bytes:
        """A place inside a source."""
        return self._digest(b"place", source.encode("utf-8", "surrogateescape"), locator)

    def file(self, source: str, entry: Entry) -> bytes:
        """A file by what stays when it is renamed: size, time and inode."""
        _, size, modified, inode = entry
        return self._digest(b"file", source.encode("utf-8", "surrogateescape"), f"{size} {modified} {inode}".encode())

    def mark(self) -> str:
        """What tells this workspace from others (hex), and says nothing else of it."""
        return self._digest(b"workspace").hex()

    def _digest(self, *parts: bytes) -> bytes:
        return hmac.digest(self.key, b"\0".join(parts), hashlib.sha256)[:16]


def remember_places(transaction: Transaction, memory: Memory) -> None:
    """Keep when each present file was first seen; what was remembered before stays where it is older."""
    transaction.remember(MARK, memory.mark())
    last = 0
    while part := _present(transaction.connection, last):
        last = part[-1].id
        seen: dict[bytes, str] = {}
        for row in part:
            entry = (row.name, row.size, row.modified_ns, row.inode)
            for key in (memory.place(row.source, locate(row.folder, row.name)), memory.file(row.source, entry)):
                seen[key] = min(row.first_seen, seen.get(key, row.first_seen))
        older = recall_places(transaction.connection, list(seen))
        rows_to_write = [{"key": k, "first_seen": min(d, older.get(k, d))} for k, d in seen.items()]
        transaction.upsert(schema.remembered_places, rows_to_write, ["key"])


def _present(connection: Connection, after: int) -> Sequence[Row[Any]]:
    """The next present holdings after the one numbered ``after``, in the order of numbers."""
    held = schema.holdings
    query: Select[Any] = (
        select(*PLACE, held.c.id, held.c.size, held.c.modified_ns, held.c.inode, held.c.first_seen)
        .select_from(PLACES)
        .where(held.c.vanished_on.in_(["", NOT_REACHED]), held.c.id > after)
        .order_by(held.c.id)
        .limit(_BATCH)
    )
    return connection.execute(query).all()


def is_keyed(connection: Connection) -> bool:
    """Whether the catalogue holds anything that only its key can tell: first days of a purge, places of holds."""
    days, held = schema.remembered_places.c.key, schema.hold_contents
    queries = (select(days).limit(1), select(held.c.hold_id).where(held.c.place != b"").limit(1))
    return any(connection.execute(query).first() is not None for query in queries)


def forget_keyed(transaction: Transaction, memory: Memory) -> tuple[int, int, str]:
    """The key is lost: first days go, and holds are on every copy of what they selected from now on.

    ``memory`` is the new one. Gives the days and the holds that this is about, and what the event says of the latter.
    """
    connection, held = transaction.connection, schema.hold_contents
    days = int(connection.execute(select(func.count()).select_from(schema.remembered_places)).scalar_one())
    connection.execute(delete(schema.remembered_places))
    rows = connection.execute(select(held.c.hold_id, held.c.sha256).where(held.c.place != b"")).all()
    connection.execute(delete(held).where(held.c.place != b""))
    holds: dict[str, set[bytes]] = {}
    for row in rows:
        holds.setdefault(row.hold_id, set()).add(row.sha256)
    for hold, digests in sorted(holds.items()):
        add_selected(transaction, hold, [(digest, b"") for digest in digests])
    transaction.remember(MARK, memory.mark())
    transaction.note_change()
    return days, len(holds), vouch_for_selected(connection, holds)


def recall_places(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, str]:
    """When what these keys stand for was first seen, where that is remembered."""
    table = schema.remembered_places
    found: dict[bytes, str] = {}
    for start in range(0, len(keys), _BATCH):
        query = select(table.c.key, table.c.first_seen).where(table.c.key.in_(keys[start : start + _BATCH]))
        found |= {row.key: row.first_seen for row in connection.execute(query)}
    return found


def first_seen_before(
    connection: Connection, memory: Memory, files: Iterable[tuple[int, str, bytes, Entry]]
) -> Mapping[tuple[int, bytes], str]:
    """When files (number, source, locator, entry) that the catalogue does not know were first seen before a purge.

    Gives dates by number and name; a file that was renamed meanwhile is known by its size, time and inode.
    """
    if connection.execute(select(schema.remembered_places.c.key).limit(1)).first() is None:
        return {}  # nothing was purged yet
    keys = {
        (number, entry[0]): (memory.place(source, locator), memory.file(source, entry))
        for number, source, locator, entry in files
    }
    known = recall_places(connection, [key for pair in keys.values() for key in pair])
    return {
        name: known.get(place) or known[file] for name, (place, file) in keys.items() if place in known or file in known
    }
