"""Rows of shards taken into one catalogue, under numbers of its own."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from sqlalchemy import LargeBinary, Table, delete, insert, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.care.shards import Shared
from pdpo_audit.catalogue.clusters import record_pairs
from pdpo_audit.catalogue.elections import record_elections
from pdpo_audit.catalogue.places import index_key
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.catalogue.whereabouts import open_source
from pdpo_audit.model.clusters import Election, Relation, Verdict, VerifiedPair, Voter, turned_round

_BATCH = 500


@dataclass(slots=True)
class Intake:
    """Shards on their way into a catalogue; one transaction for each."""

    transaction: Transaction
    #: Numbers of contents by digest (Base64).
    contents: dict[str, int] = field(default_factory=dict)
    _folders: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, rows: Iterable[Shared]) -> int:
        """Take in the rows of a shard, which come table by table; gives how many holdings there are.

        What a merged shard said of the same folders before goes.
        """
        holdings = 0
        for table, part in groupby(rows, key=lambda row: str(row["table"])):
            while batch := list(islice(part, _BATCH)):
                _TAKE[table](self, batch)
                holdings += len(batch) if table == "holdings" else 0
        self.transaction.note_change()
        return holdings

    def _take_contents(self, batch: Sequence[Shared]) -> None:
        self._number(batch)
        fresh = [one for one in batch if one["content"] not in self.contents]
        if fresh:
            rows = [_row(schema.contents, one) | {"examined": 1} for one in fresh]
            self.transaction.upsert(schema.contents, rows, ["digest"])
            self._number(fresh)

    def _number(self, batch: Sequence[Shared]) -> None:
        table = schema.contents
        digests = [b64decode(one["content"]) for one in batch]
        known = {row.digest: row.id for row in self.transaction.connection.execute(
            select(table.c.id, table.c.digest).where(table.c.digest.in_(digests))
        )}  # fmt: skip
        self.contents |= {one["content"]: known[d] for one, d in zip(batch, digests, strict=True) if d in known}

    def _take_observed(self, batch: Sequence[Shared]) -> None:
        """What was measured of contents: fingerprints without their pixels, readings without boxes, levels."""
        table = schema.metadata.tables[batch[0]["table"]]
        rows = [_row(table, one) | {"content_id": self.contents[one["content"]]} for one in batch]
        if "thumbnail" in table.c:
            rows = [row | {"thumbnail": b""} for row in rows]
        self.transaction.upsert(table, rows, [column.name for column in table.primary_key])

    def _take_holdings(self, batch: Sequence[Shared]) -> None:
        rows = [
            _row(schema.holdings, one)
            | {"folder_id": self._folders[one["source"], one["folder"]],
               "content_id": self.contents.get(one["content"])}
            for one in batch
        ]  # fmt: skip
        self.transaction.connection.execute(insert(schema.holdings), rows)

    def _take_folders(self, batch: Sequence[Shared]) -> None:
        """Folders that are known lose what was said of them before; new ones get a number."""
        table, connection = schema.folders, self.transaction.connection
        rows = [
            {"source_id": open_source(self.transaction, one["source"]), "path": path, "key": index_key(path)}
            for one in batch
            for path in (b64decode(one["path"]),)
        ]
        self.transaction.upsert(table, rows, ["source_id", "key"])
        query = select(table.c.id, table.c.source_id, table.c.path).where(table.c.key.in_([row["key"] for row in rows]))
        # Folders of other sources may have the same name, and every source has the same root.
        known = {(row.source_id, row.path): row.id for row in connection.execute(query)}
        ids = [known[row["source_id"], row["path"]] for row in rows]
        for one, folder in zip(batch, ids, strict=True):
            self._folders[one["source"], one["path"]] = folder
        connection.execute(delete(schema.holdings).where(schema.holdings.c.folder_id.in_(ids)))

    def _take_passed_over(self, batch: Sequence[Shared]) -> None:
        rows = [
            _row(schema.passed_over, one)
            | {"source_id": open_source(self.transaction, one["source"]), "key": index_key(b64decode(one["path"]))}
            for one in batch
        ]
        self.transaction.upsert(schema.passed_over, rows, ["source_id", "key"])

    def _take_pairs(self, batch: Sequence[Shared]) -> None:
        for method, part in groupby(batch, key=lambda one: str(one["method"])):
            record_pairs(self.transaction, [self._pair(one) for one in part], method)

    def _pair(self, one: Shared) -> VerifiedPair:
        pair = VerifiedPair(
            left=self.contents[one["left"]],
            right=self.contents[one["right"]],
            verdict=Verdict(one["verdict"]),
            relation=Relation(one["relation"]) if one["relation"] else None,
            reverse=Relation(one["reverse"]) if one["reverse"] else None,
            similarity=float(one["similarity"]),
            evidence=json.loads(one["evidence"]),
        )
        return pair if pair.left < pair.right else turned_round(pair)

    def _take_elections(self, batch: Sequence[Shared]) -> None:
        for one in batch:
            voters = tuple(Voter(content=self.contents[digest], orientation=turned) for digest, turned in one["voters"])
            named = (frozenset(self.contents[digest] for digest in one[name]) for name in ("elected", "beaten"))
            elected, beaten = named
            election = Election(elected=elected, beaten=beaten) if elected else None
            record_elections(self.transaction, {voters: election}, str(one["method"]))


_TAKE = {
    "contents": Intake._take_contents,
    "fingerprints": Intake._take_observed,
    "face_readings": Intake._take_observed,
    "levels": Intake._take_observed,
    "folders": Intake._take_folders,
    "holdings": Intake._take_holdings,
    "passed_over": Intake._take_passed_over,
    "pairs": Intake._take_pairs,
    "elections": Intake._take_elections,
}


def _row(table: Table, shared: Shared) -> dict[str, Any]:
    """The columns of a table that a shared row has, with bytes as bytes."""
    return {
        column.name: b64decode(shared[column.name]) if isinstance(column.type, LargeBinary) else shared[column.name]
        for column in table.columns
        if column.name in shared
    }
