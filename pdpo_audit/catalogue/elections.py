"""Elections in the catalogue: which picture of one frame the others were made from."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import index_key
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.clusters import Election, Voter, Voters


def record_elections(transaction: Transaction, held: Mapping[Voters, Election | None], method: str) -> None:
    """Record who was elected in each frame, or that nobody was."""
    rows = [
        {
            "key": _key(voters),
            "voters": _write(voters),
            "method": method,
            "elected": json.dumps(sorted(election.elected) if election else []),
            "beaten": json.dumps(sorted(election.beaten) if election else []),
        }
        for voters, election in held.items()
    ]
    transaction.upsert(schema.elections, rows, ["key"])


def load_elections(store: Store, method: str) -> dict[Voters, Election | None]:
    """Every election held with ``method``."""
    with store.reading() as connection:
        rows = connection.execute(select(schema.elections).where(schema.elections.c.method == method)).all()
    return {_read(row.voters): _election(json.loads(row.elected), json.loads(row.beaten)) for row in rows}


def drop_elections(transaction: Transaction, frames: Collection[Voters]) -> None:
    """Forget elections in frames that are no more."""
    if frames:
        statement = delete(schema.elections).where(schema.elections.c.key == bindparam("frame"))
        transaction.connection.execute(statement, [{"frame": _key(voters)} for voters in frames])


def _election(elected: list[int], beaten: list[int]) -> Election | None:
    return Election(elected=frozenset(elected), beaten=frozenset(beaten)) if elected else None


def _key(voters: Voters) -> bytes:
    return index_key(_write(voters).encode())


def _write(voters: Voters) -> str:
    return json.dumps([[voter.content, voter.orientation] for voter in voters])


def _read(text: str) -> Voters:
    return tuple(Voter(content=content, orientation=orientation) for content, orientation in json.loads(text))
