"""What pictures and their sidecars say of rights, and where the copies of one picture contradict each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import ORDER, PLACE, PLACES, path_of
from pdpo_audit.catalogue.stated.documents import stated_document
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.people import PeopleLevel

_HELD, _CONTENTS, _IN_CLUSTER, _CLUSTERS, _LEVELS = (
    schema.holdings, schema.contents, schema.cluster_contents, schema.clusters, schema.levels,
)  # fmt: skip

#: Fields of the metadata that speak of rights, in the order of the table's columns.
STATED = (
    "artist", "credit", "rights", "usage_terms", "model_release", "property_release", "minor_age", "licence_ends_on",
)  # fmt: skip
#: Facts of the register (settings by path pattern) that speak of rights, in the order of the table's columns.
REGISTERED = ("licence.reference", "licence.ends_on", "consent.expires_on", "consent.withdrawn_on")
#: Fields in which copies of one picture should agree.
COMPARED = ("captured_at", "caption", *STATED)

#: What metadata that state nothing say.
_SILENT = [""] * len(STATED)

#: Facts of the register that hold for a path of a source.
Register = Callable[[str, str], Mapping[str, object]]


def rights_rows(
    stream: Callable[[Any], Iterator[Row[Any]]], sources: Mapping[str, SourceRecord], register: Register
) -> Iterator[tuple[Any, ...]]:
    """One row for each holding of whose rights its metadata or the register says anything, in the order of places."""
    query = (
        select(
            *PLACE,
            _HELD.c.id,
            _HELD.c.beside,
            _CONTENTS.c.metadata,
            _IN_CLUSTER.c.cluster_id,
            _CLUSTERS.c.master_id,
            _LEVELS.c.level,
        )
        .select_from(
            PLACES.join(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
            .outerjoin(_IN_CLUSTER, _IN_CLUSTER.c.content_id == _HELD.c.content_id)
            .outerjoin(_CLUSTERS, _CLUSTERS.c.id == _IN_CLUSTER.c.cluster_id)
            .outerjoin(_LEVELS, _LEVELS.c.content_id == _HELD.c.content_id)
        )
        .where(_HELD.c.vanished_on == "", _HELD.c.image == 1)
        .order_by(*ORDER)
    )
    for row in stream(query):
        path, document = path_of(row), stated_document(row.metadata, row.beside)
        said = _SILENT
        if document not in ("", "{}"):
            stated = json.loads(document)
            said = [_words(stated.get(name)) for name in STATED]
        known = register(row.source, path)
        registered = [_words(known.get(name)) for name in REGISTERED]
        if any(said) or any(registered):
            source = sources.get(row.source)
            yield (
                row.source, path, source.owner if source else "", row.cluster_id or "", row.master_id == row.id,
                row.level or PeopleLevel.UNKNOWN.value, *said, *registered,
            )  # fmt: skip


def placed_digests(store: Store) -> Iterator[tuple[str, str, str]]:
    """Source, path and SHA-256 (hex) of every copy that ``rights_rows`` may tell of."""
    query: Any = (
        select(*PLACE, _CONTENTS.c.sha256)
        .select_from(PLACES.join(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id))
        .where(_HELD.c.vanished_on == "", _HELD.c.image == 1)
    )
    with store.reading() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 5_000}):
            yield row.source, path_of(row), row.sha256.hex()


def contradictions(documents: Sequence[str]) -> list[str]:
    """The fields in which the metadata of copies state different things; a copy that is silent contradicts nobody."""
    stated = [json.loads(document or "{}") for document in set(documents)]
    return [name for name in COMPARED if len({said for one in stated if (said := _compared(name, one))}) > 1]


def _compared(name: str, stated: Mapping[str, object]) -> str:
    """A value as it is compared: case and spaces do not count, and a time counts by its minute."""
    said = " ".join(_words(stated.get(name)).casefold().split())
    return said[:16] if name == "captured_at" else said


def _words(value: object) -> str:
    return "" if value is None else str(value)
