"""Whether the tables of what people said hold what the log says that they said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, exists, select

from pdpo_audit.catalogue import log, schema
from pdpo_audit.catalogue.audits import PURGED
from pdpo_audit.catalogue.proofs.pages import unsaid_on_pages
from pdpo_audit.catalogue.proofs.told import differing, in_order, newest
from pdpo_audit.catalogue.sayings.holds import SELECTED, digest_of_selected, known_selected
from pdpo_audit.catalogue.sayings.judgements import judgement_from, standing_answers
from pdpo_audit.catalogue.sayings.rows import RECORD, digest_of_row, digest_of_table
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.events import TAKEN_BACK, ChainedEvent
from pdpo_audit.model.judgements import JudgementKind

#: The events after which other answers are in force.
_ANSWERED = ("questions answered", "answer taken back")
#: What an answer in force says; how it is kept may change with the catalogue's version.
_SAID = ("source", "pattern", "fact", "value", "answered_by", "answered_on")
#: Tables whose whole digest (``RECORD``) the newest event of some kinds tells, and how people call them.
_WHOLE: tuple[tuple[str, Table, tuple[str, ...]], ...] = (
    ("what the settings said of people", schema.people, ("people stated",)),
    ("the questions that were put", schema.questions_put, ("questions put",)),
    ("the metadata kept with masters", schema.kept_metadata,
     ("metadata kept with master", "metadata no longer kept", PURGED)),
)  # fmt: skip


def digest_of_answers(connection: Connection) -> str:
    """SHA-256 (hex) of all answers: those in force as they were said, then all that count no more."""
    rows = connection.execute(select(schema.answers).order_by(schema.answers.c.id)).all()
    counting = standing_answers(rows)
    numbers = {row._mapping["id"] for row in counting}
    past = [row for row in rows if row.id not in numbers]
    said = [{name: row._mapping[name] for name in _SAID} for row in counting] + [row._asdict() for row in past]
    return hashlib.sha256("\n".join(map(digest_of_row, said)).encode()).hexdigest()


def said_faults(store: Store) -> list[str]:
    """What people said that differs from the log, in words; what is said between two queries differs for a moment."""
    with store.reading() as connection:
        found = said_faults_in(connection)
    if not found:
        return []
    with store.transaction() as transaction:
        return said_faults_in(transaction.connection)


def said_faults_in(connection: Connection) -> list[str]:
    """The same as an open transaction sees it."""
    return list(unsaid(connection, list(log.read(connection, unread=True))))


def unsaid(connection: Connection, entries: Sequence[ChainedEvent]) -> Iterator[str]:
    """What differs from the log, in words. Of what texts that ended told, nothing can be said."""
    forgotten = any(entry.forgotten for entry in entries)
    yield from differing("hold", _holds(connection), newest(entries, "hold"), ended="", forgotten=forgotten)
    yield from _selected(connection, entries)
    judged = newest(entries, "judgement")
    yield from differing(
        "judgement", _judgements(connection), judged, ended="judgement taken back", forgotten=forgotten
    )
    yield from _confirmed(connection)
    decided = {row.finding_id: row._asdict() for row in connection.execute(select(schema.determinations))}
    told = newest(entries, "finding_id")
    yield from differing("the decision on finding", decided, told, ended=TAKEN_BACK, forgotten=forgotten)
    yield from unsaid_on_pages(connection, entries)
    yield from _rules_and_plans(connection, entries)
    if not _vouched(connection, entries, schema.answers, _ANSWERED, digest_of_answers):
        yield "the answers are not what the log says"
    for what, table, kinds in _WHOLE:
        if not _vouched(connection, entries, table, kinds, partial(digest_of_table, table=table)):
            yield f"{what}: not what the log says"


def _vouched(
    connection: Connection,
    entries: Sequence[ChainedEvent],
    table: Table,
    kinds: Sequence[str],
    digest: Callable[[Connection], str],
) -> bool:
    """Whether a table has the digest that the newest event of some kinds tells; without any it must be empty.

    Events of earlier versions tell no digest: then nothing can be said.
    """
    told = [entry for entry in entries if entry.event.kind in kinds]
    if not told:
        return connection.execute(select(table).limit(1)).first() is None
    stated = told[-1].event.details.get(RECORD)
    return stated is None or stated == digest(connection)


def _selected(connection: Connection, entries: Sequence[ChainedEvent]) -> Iterator[str]:
    """What holds have selected, and the holds that did: of each the newest event that vouches for it counts."""
    told: dict[str, str] = {}
    for entry in entries:
        words = str(entry.event.details.get(SELECTED, "")).split()
        told |= {hold: digest for hold, _, digest in (word.partition("=") for word in words)}
    if not told:
        return
    selected = known_selected(connection)
    named = newest(entries, "hold")
    standing = set(connection.execute(select(schema.holds.c.hold_id)).scalars())
    for hold, digest in told.items():
        if hold not in standing and hold not in named:
            yield f"hold {hold} is gone"
        elif hold in standing and digest_of_selected(selected.get(hold, ())) != digest:
            yield f"what hold {hold} has selected is not what the log says"


def _confirmed(connection: Connection) -> Iterator[str]:
    """Duplicate clusters whose master is called confirmed by somebody who never said so."""
    clusters, members = schema.clusters, schema.cluster_contents
    contents, judged = schema.contents, schema.judgements
    said = exists(
        select(judged.c.by)
        .select_from(
            members.join(contents, contents.c.id == members.c.content_id).join(
                judged, judged.c.left == contents.c.digest
            )
        )
        .where(
            members.c.cluster_id == clusters.c.id,
            judged.c.kind == JudgementKind.MASTER.value,
            judged.c.by == clusters.c.confirmed_by,
        )
    )
    for row in connection.execute(select(clusters.c.id).where(clusters.c.confirmed_by != "", ~said)):
        yield f"the master of duplicate cluster {row.id} is called confirmed, and nobody said so"


def _rules_and_plans(connection: Connection, entries: Sequence[ChainedEvent]) -> Iterator[str]:
    rules, plans = schema.rule_standings, schema.plans
    said = [
        {name: value for name, value in row._asdict().items() if value and name != "id"}
        for row in connection.execute(select(rules).order_by(rules.c.id))
    ]
    yield from in_order("what was said of rules", said, entries, "period adopted", "rule reviewed")
    planned = [
        {"plan": row.name, "act": row.act, "since": row.since, "says": row.document}
        for row in connection.execute(select(plans).order_by(plans.c.id))
    ]
    yield from in_order("plans of reviews", planned, entries, "review planned")


def _holds(connection: Connection) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for row in connection.execute(select(schema.holds)):
        said: dict[str, Any] = {RECORD: digest_of_row(row._asdict())}
        try:
            document = json.loads(row.document)
            said |= {name: document[name] for name in ("kind", "matter")} | {"role": document["issuer_role"]}
        except (ValueError, TypeError, KeyError):
            said |= {"kind": None, "matter": None}
        found[row.hold_id] = said
    return found


def _judgements(connection: Connection) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for row in connection.execute(select(schema.judgements)):
        said = {RECORD: digest_of_row(row._asdict()), "by": row.by, "role": row.role, "reason": row.reason}
        found[judgement_from(row).judgement_id] = said
    return found
