"""PostgreSQL, a log whose texts can end, findings in columns, what a purge leaves behind, who is who."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from pdpo_audit.catalogue.migrations.snapshots import tables_0002 as new

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: The columns of a finding and of a disposition in the JSON documents of version 0.1.0.
_FINDING = (
    "finding_id", "rule", "pack", "pack_version", "pack_sha256", "severity", "proposal", "counted_from", "due_on",
    "cluster_id", "source", "path", "owner", "jurisdiction", "authority", "authority_rank", "confidence",
    "people_level", "status", "determination", "explanation",
)  # fmt: skip
_DISPOSITION = ("source", "path", "outcome", "due_on", "rules", "missing_facts", "explanation")

#: Tables that are carried over as they are, parents first; what is not named here was not there or is made anew.
_PLAIN = (
    "sources", "folders", "contents", "holdings", "passed_over", "fingerprints", "pairs", "elections", "judgements",
    "clusters", "cluster_contents", "face_readings", "faces", "levels", "holds", "answers", "determinations",
)  # fmt: skip

Row = dict[str, Any]


def upgrade() -> None:
    """Make the new tables, and carry over what a catalogue of version 0.1.0 holds."""
    connection = op.get_bind()
    old = _set_aside(connection)
    new.metadata.create_all(connection)
    if not old:
        connection.execute(sa.insert(_table("catalogue")).values(key="writer", value=""))
        return
    for name in _PLAIN:
        _carry(connection, old[name], name, _ADDED.get(name, lambda row: row))
    _carry_facts(connection, old["catalogue"])
    _carry_log(connection, old["events"])
    _carry_audits(connection, old)
    _mark_forgotten(connection)
    for table in reversed(_order(old)):
        connection.execute(sa.text(f'DROP TABLE "{table}"'))


def _set_aside(connection: sa.Connection) -> dict[str, sa.Table]:
    """Rename the old tables, so that the new ones can have their names; the old ones by their old name."""
    inspector = sa.inspect(connection)
    names = [name for name in inspector.get_table_names() if name != "alembic_version"]
    for name in names:
        for index in inspector.get_indexes(name):
            if not str(index["name"]).startswith("sqlite_"):
                connection.execute(sa.text(f'DROP INDEX "{index["name"]}"'))
        connection.execute(sa.text(f'ALTER TABLE "{name}" RENAME TO "old_{name}"'))
    reflected = sa.MetaData()
    reflected.reflect(connection)
    return {name: reflected.tables[f"old_{name}"] for name in names}


def _order(old: Mapping[str, sa.Table]) -> list[str]:
    """The old tables, parents before children."""
    table = next(iter(old.values()))
    return [one.name for one in table.metadata.sorted_tables if one.name.startswith("old_")]


def _table(name: str) -> sa.Table:
    return new.metadata.tables[name]


def _carry(connection: sa.Connection, old: sa.Table, name: str, added: Callable[[Row], Row]) -> None:
    """Copy rows; a column that an early build of 0.1.0 did not have yet gets the neutral value of its type."""
    table = _table(name)
    neutral = {column.name: _neutral(column) for column in table.columns if not column.nullable}
    for batch in _batches(connection, old):
        rows = [added(dict(row)) for row in batch]
        connection.execute(
            sa.insert(table),
            [neutral | {key: row[key] for key in row if key in table.columns} for row in rows],
        )


def _batches(connection: sa.Connection, old: sa.Table) -> Iterator[list[Row]]:
    rows = connection.execute(sa.select(old).order_by(sa.text("rowid"))).mappings()
    while batch := rows.fetchmany(2_000):
        yield [dict(row) for row in batch]


def _neutral(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.LargeBinary):
        return b""
    return 0 if isinstance(column.type, sa.Integer | sa.Float) else ""


def _key(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).digest()


#: What the rows of some tables have besides.
_ADDED: dict[str, Callable[[Row], Row]] = {
    "folders": lambda row: row | {"key": _key(row["path"])},
    "passed_over": lambda row: row | {"key": _key(row["path"])},
    "elections": lambda row: row | {"key": _key(row["voters"].encode())},
    "contents": lambda row: row | {"examined": 1},
}


def _carry_facts(connection: sa.Connection, old: sa.Table) -> None:
    facts = {str(row["key"]): str(row["value"]) for row in connection.execute(sa.select(old)).mappings()}
    facts.pop("version", None)
    generation = int(facts.pop("generation", "0") or 0)
    kept = [{"key": key, "value": value} for key, value in sorted((facts | {"writer": ""}).items())]
    connection.execute(sa.insert(_table("catalogue")), kept)
    connection.execute(sa.insert(_table("counters")).values(name="generation", value=generation))


def _carry_log(connection: sa.Connection, old: sa.Table) -> None:
    """Early events keep the digests they have: their text was chained in the clear, without a salt."""
    for batch in _batches(connection, old):
        connection.execute(
            sa.insert(_table("events")),
            [{k: row[k] for k in ("sequence", "at", "kind", "previous", "digest")} | {"told": None} for row in batch],
        )
        connection.execute(
            sa.insert(_table("event_texts")),
            [{k: row[k] for k in ("sequence", "actor", "details")} | {"salt": b""} for row in batch],
        )


def _carry_audits(connection: sa.Connection, old: Mapping[str, sa.Table]) -> None:
    """Audits get numbers in the order of the log; findings and dispositions get columns."""
    audits = [dict(row) for row in connection.execute(sa.select(old["audits"])).mappings()]
    for audit in audits:
        audit["said"] = json.loads(audit["document"])
    numbers: dict[str, int] = {}
    for number, audit in enumerate(sorted(audits, key=lambda one: one["said"].get("event", 0)), 1):
        numbers[audit["id"]] = number
        row = {key: audit[key] for key in ("id", "started_at", "finished_at", "assessed_on", "folder")}
        said = audit["said"]
        row |= {"number": number, "event": said.get("event", 0), "last_holding": said.get("last_holding", 0)}
        row["methods"] = json.dumps(said.get("methods", {}), sort_keys=True, ensure_ascii=False)
        connection.execute(sa.insert(_table("audits")).values(**row))
    words: dict[str, int] = {}
    for name, columns, terms in (
        ("findings", _FINDING, new.FINDING_TERMS),
        ("dispositions", _DISPOSITION, new.DISPOSITION_TERMS),
    ):
        for batch in _batches(connection, old[name]):
            rows = [_said(row, numbers, columns) for row in batch]
            _learn(connection, words, (row[key] for row in rows for key in terms if row.get(key) is not None))
            for row in rows:
                row |= {key: words[row[key]] for key in terms if row.get(key) is not None}
            connection.execute(sa.insert(_table(name)), rows)


def _said(row: Row, numbers: Mapping[str, int], columns: tuple[str, ...]) -> Row:
    values = json.loads(row["document"])
    said = {key: None if value is None else str(value) for key, value in zip(columns, values, strict=False)}
    place = _key(f"{said['source']}\0{said['path']}".encode("utf-8", "surrogatepass"))
    return said | {"audit": numbers[row["audit_id"]], "row": row["row"], "place": place}


def _learn(connection: sa.Connection, words: dict[str, int], met: Iterator[str]) -> None:
    fresh = [word for word in dict.fromkeys(met) if word not in words]
    for word in fresh:
        words[word] = len(words) + 1
    if fresh:
        rows = [{"id": words[w], "digest": _key(w.encode("utf-8", "surrogatepass")), "text": w} for w in fresh]
        connection.execute(sa.insert(_table("terms")), rows)


def _mark_forgotten(connection: sa.Connection) -> None:
    """Contents that a purge of version 0.1.0 emptied: nothing holds them any more, so they are examined again."""
    contents, holdings = _table("contents"), _table("holdings")
    held = sa.select(holdings.c.content_id).where(holdings.c.content_id.is_not(None))
    connection.execute(sa.update(contents).where(contents.c.id.not_in(held)).values(examined=0))
