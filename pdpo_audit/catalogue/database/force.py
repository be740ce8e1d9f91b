"""A catalogue that was moved elsewhere says so: nothing is read from it by mistake, and nothing written into it."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.errors import MachineError

#: The row that writers lock on PostgreSQL; its text is empty as long as the catalogue is in force.
_ROW = "writer"


def give_up(connection: Connection, successor: str) -> None:
    """Note in a writing transaction where the catalogue went; its end ends the catalogue."""
    table = schema.facts_of_catalogue
    connection.execute(update(table).where(table.c.key == _ROW).values(value=successor))


def take_up(connection: Connection) -> None:
    """The catalogue is in force: it was restored or copied."""
    give_up(connection, "")


def successor_of(connection: Connection) -> str:
    """Where the catalogue was moved to; empty as long as it is in force."""
    table = schema.facts_of_catalogue
    return str(connection.execute(select(table.c.value).where(table.c.key == _ROW)).scalar() or "")


def refuse_given_up(connection: Connection) -> None:
    """:raises MachineError: the catalogue was moved to another database."""
    successor = successor_of(connection)
    if successor:
        raise MachineError(
            f"the catalogue was moved to {successor}; this one is kept as it was, and nothing was written to it",
            advice="call again; where that does not help, let [catalogue] url name the new one",
        )
