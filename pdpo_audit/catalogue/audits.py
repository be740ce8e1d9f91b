"""Assessments and audits: frozen once reported."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy import Table as SqlTable

from pdpo_audit.catalogue import log, schema
from pdpo_audit.catalogue.places import index_key, place_key
from pdpo_audit.catalogue.schema.audits import DISPOSITION_TERMS, FINDING_TERMS
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.tables import Table, frozen_columns

if TYPE_CHECKING:
    import pandas as pd

#: Rows written in one statement.
_BATCH = 20_000
#: Words looked up in one statement.
_WORDS = 500
#: What is counted once, when an audit is frozen.
COUNTED = (
    *((schema.findings, name) for name in ("severity", "people_level", "rule", "proposal", "owner", "jurisdiction")),
    *((schema.dispositions, name) for name in ("outcome", "act", "due_rule")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAudit:
    """An assessment; once ``folder`` names where its reports lie it is an audit and never changes."""

    audit_id: str
    started_at: str
    finished_at: str
    assessed_on: str
    folder: str
    #: The last event when it was assessed: what was scanned later is not in it.
    event: int
    methods: dict[str, str]
    #: The newest record of a holding when it was assessed: a place recorded later is new, a file that moved is not.
    last_holding: int = 0
    #: The number under which its findings and dispositions are kept.
    number: int = 0


def record_assessment(
    transaction: Transaction, audit: StoredAudit, findings: pd.DataFrame, dispositions: pd.DataFrame
) -> None:
    """Freeze what the rules said; ``last_holding`` is taken from what is recorded now."""
    connection = transaction.connection
    last_holding = connection.execute(select(func.max(schema.holdings.c.id))).scalar() or 0
    number = connection.execute(
        insert(schema.audits)
        .values(
            id=audit.audit_id, started_at=audit.started_at, finished_at=audit.finished_at,
            assessed_on=audit.assessed_on, folder=audit.folder, event=audit.event, last_holding=last_holding,
            methods=json.dumps(audit.methods, sort_keys=True, ensure_ascii=False),
        )
        .returning(schema.audits.c.number)
    ).scalar_one()  # fmt: skip
    record_rows(connection, number, schema.findings, FINDING_TERMS, findings)
    record_rows(connection, number, schema.dispositions, DISPOSITION_TERMS, dispositions)
    keep_counts(connection, number)


def record_rows(connection: Connection, audit: int, table: SqlTable, terms: Sequence[str], frame: pd.DataFrame) -> None:
    """Write ``frame`` as the rows of ``table`` for an audit: words by their number, everything else as it is."""
    columns: dict[str, list[Any]] = {}
    for column in (one.name for one in table.columns):
        if column in ("audit", "row", "place"):
            continue
        said = [_plain(value) for value in frame[column]] if column in frame else [None] * len(frame)
        columns[column] = _numbers(connection, said) if column in terms else said
    columns["place"] = [place_key(str(s), str(p)) for s, p in zip(frame["source"], frame["path"], strict=True)]
    names = ["audit", "row", *columns]
    rows = zip(*columns.values(), strict=True)
    for start in range(0, len(frame), _BATCH):
        batch = [
            dict(zip(names, (audit, number, *row), strict=True))
            for number, row in zip(range(start, min(start + _BATCH, len(frame))), rows, strict=False)
        ]
        connection.execute(insert(table), batch)


def close_audit(transaction: Transaction, audit_id: str, folder: str, finished_at: str) -> None:
    """The reports of this audit are written and sealed in ``folder``."""
    table = schema.audits
    transaction.connection.execute(
        update(table).where(table.c.id == audit_id).values(folder=folder, finished_at=finished_at)
    )


def load_audits(store: Store) -> list[StoredAudit]:
    """Every assessment and audit, oldest first."""
    table = schema.audits
    with store.reading() as connection:
        # By their place in the event log: two assessments may fall into one second.
        rows = connection.execute(select(table).order_by(table.c.event, table.c.number)).all()
    return [_audit(row) for row in rows]


def count_outcomes(store: Store, audit_id: str) -> dict[str, int]:
    """Holdings by the ladder's outcome."""
    return counts_of(store, audit_id, "outcome")


def counts_of(store: Store, audit_id: str, what: str, within: Collection[str] | None = None) -> dict[str, int]:
    """Findings or holdings by what a column says of them (one of ``COUNTED``), as the audit was frozen.

    ``within`` counts what lies in these sources only. They are kept; of an audit made before that they are made now.
    """
    table, audits = schema.audit_counts, schema.audits
    query = select(table).join(audits, audits.c.number == table.c.audit).where(audits.c.id == audit_id)
    with store.reading() as connection:
        rows = connection.execute(query).all()
        number = None if rows else connection.execute(select(audits.c.number).where(audits.c.id == audit_id)).scalar()
    if number is not None:
        with store.transaction(durable=False) as transaction:
            keep_counts(transaction.connection, number)
            rows = transaction.connection.execute(query).all()
    found: dict[str, int] = {}
    for row in rows:
        if row.what == what and row.value and (within is None or row.source in within):
            found[row.value] = found.get(row.value, 0) + row.number
    return dict(sorted(found.items()))


def keep_counts(connection: Connection, number: int) -> None:
    """Count the frozen rows of an audit by source; one row of nothing says that it was done."""
    kept = schema.audit_counts
    connection.execute(delete(kept).where(kept.c.audit == number))
    rows = [{"audit": number, "what": "", "source": "", "value": "", "number": 0}]
    source, value = schema.terms.alias(), schema.terms.alias()
    for table, what in COUNTED:
        counted = (
            select(table.c.source, table.c[what].label("said"), func.count().label("number"))
            .where(table.c.audit == number)
            .group_by(table.c.source, table.c[what])
            .subquery()
        )
        query = select(source.c.text, value.c.text, counted.c.number).where(
            source.c.id == counted.c.source, value.c.id == counted.c.said
        )
        rows += [
            {"audit": number, "what": what, "source": row[0], "value": row[1], "number": row[2]}
            for row in connection.execute(query)
            if row[1]
        ]
    connection.execute(insert(kept), rows)


def said_rows(store: Store, audit_id: str, table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows of an assessment (``FINDINGS`` or ``DISPOSITIONS``) in their order, with the stable columns."""
    stored, terms = (
        (schema.findings, FINDING_TERMS) if table is Table.FINDINGS else (schema.dispositions, DISPOSITION_TERMS)
    )
    query = (
        select(stored)
        .join(schema.audits, schema.audits.c.number == stored.c.audit)
        .where(schema.audits.c.id == audit_id)
        .order_by(stored.c.row)
    )
    places = {name: place for place, name in enumerate(stored.c.keys())}
    columns = [(places[name], name in terms) for name in frozen_columns(table)]
    words = [places[name] for name in terms]
    with store.reading() as connection:
        known = Words(connection)
        for part in connection.execute(query, execution_options={"yield_per": 5_000}).partitions():
            known.learn({row[place] for row in part for place in words} - {None})
            for row in part:
                yield tuple(known.word(row[place]) if is_term else row[place] for place, is_term in columns)


def last_event(store: Store) -> int:
    """The sequence number of the newest event, 0 before the first."""
    with store.reading() as connection:
        return log.last(connection)


class Words:
    """Terms by their number, loaded as they are met."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[int, str] = {}

    def learn(self, numbers: Iterable[int]) -> None:
        """Load the words that these numbers stand for."""
        table = schema.terms
        missing = sorted(set(numbers) - self._known.keys())
        for start in range(0, len(missing), _WORDS):
            query = select(table.c.id, table.c.text).where(table.c.id.in_(missing[start : start + _WORDS]))
            self._known |= {row.id: row.text for row in self._connection.execute(query)}

    def word(self, number: int | None) -> str | None:
        """The word of a number that was learnt."""
        return None if number is None else self._known[number]


def _numbers(connection: Connection, said: Sequence[Any]) -> list[int | None]:
    """The number of each word; those that are not known yet get one."""
    words = {str(value): word_digest(str(value)) for value in dict.fromkeys(said) if value is not None}
    known = _known_terms(connection, list(words.values()))
    new = [{"digest": digest, "text": word} for word, digest in words.items() if digest not in known]
    if new:
        connection.execute(insert(schema.terms), new)
        known |= _known_terms(connection, [row["digest"] for row in new])
    numbers = {word: known[digest] for word, digest in words.items()}
    return [None if value is None else numbers[str(value)] for value in said]


def _known_terms(connection: Connection, digests: Sequence[Any]) -> dict[Any, int]:
    table = schema.terms
    found: dict[Any, int] = {}
    for start in range(0, len(digests), _WORDS):
        query = select(table.c.digest, table.c.id).where(table.c.digest.in_(digests[start : start + _WORDS]))
        found |= {row.digest: row.id for row in connection.execute(query)}
    return found


def word_digest(word: str) -> bytes:
    """What a word of findings and dispositions is found by in ``terms``."""
    return index_key(word.encode("utf-8", "surrogatepass"))


def _plain(value: Any) -> str | None:
    """A cell as it is kept: nothing, or its text."""
    return None if value is None or value != value else str(value)


#: The event of a purge that forgot the working data.
PURGED = "working data purged"


def last_purge(store: Store) -> int:
    """The number of the event at which the working data was last forgotten; 0 where it never was."""
    events = schema.events
    with store.reading() as connection:
        found = connection.execute(select(func.max(events.c.sequence)).where(events.c.kind == PURGED)).scalar()
    return int(found or 0)


def last_event_at(store: Store) -> str:
    """When the newest event was recorded (ISO 8601); empty before the first."""
    table = schema.events
    with store.reading() as connection:
        return str(connection.execute(select(table.c.at).order_by(table.c.sequence.desc()).limit(1)).scalar() or "")


def _audit(row: Row[Any]) -> StoredAudit:
    methods: Mapping[str, str] = json.loads(row.methods)
    return StoredAudit(
        audit_id=row.id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        assessed_on=row.assessed_on,
        folder=row.folder,
        event=row.event,
        methods=dict(methods),
        last_holding=row.last_holding,
        number=row.number,
    )
