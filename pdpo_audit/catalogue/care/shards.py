"""What a shard carries of a catalogue: rows that name contents by digest and places by path, and no picture.

A row is a dictionary of plain values with its ``table``; bytes are Base64. Left out are the stored 32 x 32 pixels,
pictures for reports, boxes of faces (ours and those in metadata), and what was read in pictures. Whatever another
catalogue numbers otherwise is named by digest: contents by theirs, pairs and elections by those of their contents.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store

#: One row of a shard.
Shared = dict[str, Any]
_HELD, _FOLDERS, _SOURCES, _CONTENTS = schema.holdings, schema.folders, schema.sources, schema.contents
_BATCH = {"yield_per": 2_000}
#: Columns that hold metadata, and where in it boxes of faces stand.
_SAID, _BOXES = ("metadata", "said", "beside"), "regions"
#: What is not shared of a row: numbers of this catalogue, and everything that shows a picture.
_OWN = frozenset({"id", "content_id", "folder_id", "left_id", "right_id", "thumbnail", "key", "examined"})


def shared_rows(store: Store, method: str) -> Iterator[Shared]:
    """Everything that another catalogue needs of what is held, in the order in which it is taken in.

    Pairs and elections are those of ``method``.
    """
    with store.reading() as connection:
        held = select(_HELD.c.content_id).where(_HELD.c.vanished_on == "", _HELD.c.content_id.is_not(None))
        query = select(_CONTENTS.c.id, _CONTENTS.c.digest).where(_CONTENTS.c.id.in_(held))
        digests = {row.id: _text(row.digest) for row in connection.execute(query)}
        yield from _of_contents(connection, schema.contents, "id", digests)
        yield from _of_contents(connection, schema.fingerprints, "content_id", digests)
        yield from _places(connection, digests)
        yield from _of_contents(connection, schema.face_readings, "content_id", digests)
        yield from _of_contents(connection, schema.levels, "content_id", digests)
        yield from _pairs(connection, digests, method)
        yield from _elections(connection, digests, method)


def _of_contents(connection: Connection, table: Table, key: str, digests: Mapping[int, str]) -> Iterator[Shared]:
    for row in connection.execute(select(table), execution_options=_BATCH):
        content = row._mapping[key]
        if content in digests:
            yield {"table": table.name, "content": digests[content], **_plain(row)}


def _places(connection: Connection, digests: Mapping[int, str]) -> Iterator[Shared]:
    joined = _HELD.join(_FOLDERS, _FOLDERS.c.id == _HELD.c.folder_id).join(
        _SOURCES, _SOURCES.c.id == _FOLDERS.c.source_id
    )
    named = select(_FOLDERS.c.path, _SOURCES.c.name.label("source"))
    for folder in connection.execute(named.join(_SOURCES, _SOURCES.c.id == _FOLDERS.c.source_id)):
        yield {"table": "folders", **_plain(folder)}
    query = select(_HELD, _FOLDERS.c.path.label("folder"), _SOURCES.c.name.label("source")).select_from(joined)
    for row in connection.execute(query.where(_HELD.c.vanished_on == ""), execution_options=_BATCH):
        yield {"table": "holdings", "content": digests.get(row.content_id, ""), **_plain(row)}
    table = schema.passed_over
    rows = select(table.c.path, table.c.reason, table.c.detail, _SOURCES.c.name.label("source"))
    for seen in connection.execute(rows.join(_SOURCES, _SOURCES.c.id == table.c.source_id)):
        yield {"table": "passed_over", **_plain(seen)}


def _pairs(connection: Connection, digests: Mapping[int, str], method: str) -> Iterator[Shared]:
    table = schema.pairs
    for row in connection.execute(select(table).where(table.c.method == method), execution_options=_BATCH):
        if row.left_id in digests and row.right_id in digests:
            yield {"table": "pairs", "left": digests[row.left_id], "right": digests[row.right_id], **_plain(row)}


def _elections(connection: Connection, digests: Mapping[int, str], method: str) -> Iterator[Shared]:
    table = schema.elections
    for row in connection.execute(select(table).where(table.c.method == method), execution_options=_BATCH):
        voters = [(digests.get(content), turned) for content, turned in json.loads(row.voters)]
        if all(digest for digest, _ in voters):
            named = {
                name: [digests[content] for content in json.loads(row._mapping[name]) if content in digests]
                for name in ("elected", "beaten")
            }
            yield {"table": "elections", "method": row.method, "voters": voters, **named}


def _plain(row: Row[*tuple[Any, ...]]) -> Shared:
    return {
        name: _text(value) if isinstance(value, bytes) else without_boxes(value) if name in _SAID else value
        for name, value in row._mapping.items()
        if name not in _OWN
    }


def without_boxes(text: str) -> str:
    """What metadata says (JSON) without the places of faces that other software marked."""
    return json.dumps(_unboxed(json.loads(text)), ensure_ascii=False, sort_keys=True) if _BOXES in text else text


def _unboxed(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _unboxed(value) for name, value in said.items() if name != _BOXES}
    return [_unboxed(one) for one in said] if isinstance(said, list) else said


def _text(value: bytes) -> str:
    return b64encode(value).decode()
