"""Findings and dispositions a page at a time: any column filtered, each page as quick as the first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, not_, select
from sqlalchemy import Table as SqlTable

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import Words, word_digest
from pdpo_audit.catalogue.places import place_key
from pdpo_audit.catalogue.queries.narrowing import Condition, narrowest, read_in_order, spanned
from pdpo_audit.catalogue.schema.audits import DISPOSITION_TERMS, FINDING_TERMS
from pdpo_audit.catalogue.store import Store
from pdpo_audit.errors import CallError
from pdpo_audit.model.tables import Table, frozen_columns

_AUDITS = schema.audits
_STORED = {
    Table.FINDINGS: (schema.findings, FINDING_TERMS),
    Table.DISPOSITIONS: (schema.dispositions, DISPOSITION_TERMS),
}

#: What a finding's status reads once somebody decided on it.
DECIDED = "decided"
#: Findings looked up by their ids in one statement.
_IDS = 500
#: Looking a finding up takes as long as so many steps through findings in order (measured: 50 and 1.5 us of CPU).
_STEPS_A_LOOKUP = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows in their order with the stable columns; ``after`` asks for the next page, ``None`` behind the last one."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked of an audit: filters, the sources in which it may lie (``None``: any), conditions on stored
    columns, and conditions on what people said."""

    where: Mapping[str, str]
    sources: list[str] | None
    conditions: tuple[Condition, ...]
    people: tuple[ColumnElement[bool], ...]


def read_page(
    store: Store,
    table: Table,
    audit_id: str,
    where: Mapping[str, str],
    *,
    after: int = -1,
    rows: int = 50,
    within: Collection[str] | None = None,
    due_until: str = "",
) -> Page:
    """The next ``rows`` rows of an audit whose columns are exactly what ``where`` says; empty text is nothing said.

    ``within`` leaves out what lies in other sources than these, ``due_until`` what is due later or has no day.
    ``status`` and ``determination`` of findings are what people said until now, everything else is as it was frozen.

    :raises CallError: the table or a column is none that can be asked for.
    """
    if table not in _STORED:
        raise CallError(f"{table.value} has no pages", advice="findings or dispositions")
    columns = frozen_columns(table)
    if unknown := sorted(where.keys() - set(columns)):
        raise CallError(f"{table.value} has no column {unknown[0]}", advice=f"one of {', '.join(columns)}")
    stored, terms = _STORED[table]
    with store.reading() as connection:
        number = int(connection.execute(select(_AUDITS.c.number).where(_AUDITS.c.id == audit_id)).scalar() or 0)
        asked = _asked(connection, stored, terms, where, within, due_until)
        found: list[Row[Any]] = []
        for way in _ways(connection, stored, number, asked, rows + 1, after):
            query = select(stored).where(way).order_by(stored.c.row).limit(rows + 1)
            found += connection.execute(query).all()
        found.sort(key=lambda row: int(row.row))
        shown = list(_shown(connection, table, found[:rows]))
    return Page(columns=columns, rows=shown, after=found[rows - 1].row if len(found) > rows else None)


def count_rows(
    store: Store, table: Table, audit_id: str, where: Mapping[str, str], *, most: int, within: Collection[str]
) -> int:
    """How many rows of an audit ``read_page`` would give in all; ``most`` means as many or more."""
    stored, terms = _STORED[table]
    with store.reading() as connection:
        number = int(connection.execute(select(_AUDITS.c.number).where(_AUDITS.c.id == audit_id)).scalar() or 0)
        asked = _asked(connection, stored, terms, where, within, "")
        counted = 0
        for way in _ways(connection, stored, number, asked, most, -1):
            some = select(stored.c.row).where(way).limit(most).subquery()
            counted += int(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return min(counted, most)


def read_cases(store: Store, audit_id: str, keys: Collection[str], *, within: Collection[str]) -> list[dict[str, Any]]:
    """The findings of some cases (ids of duplicate clusters or of findings) in an audit, by column name, in order."""
    found, rows = schema.findings, list[Row[Any]]()
    with store.reading() as connection:
        number = int(connection.execute(select(_AUDITS.c.number).where(_AUDITS.c.id == audit_id)).scalar() or 0)
        sources = (found.c.source + 0).in_(_numbers(connection, within))
        for way in (
            and_(found.c.audit == number, found.c.cluster_id.in_(sorted(keys))),
            and_(found.c.audit + 0 == number, found.c.finding_id.in_(sorted(keys))),
        ):
            rows += connection.execute(select(found).where(way, sources)).all()
        rows.sort(key=lambda row: int(row.row))
        return [
            dict(zip(frozen_columns(Table.FINDINGS), row, strict=True))
            for row in _shown(connection, Table.FINDINGS, rows)
        ]


def count_decided(store: Store, audit_id: str, what: str, *, within: Collection[str]) -> dict[str, int]:
    """How many findings of an audit anybody decided, by the word in their column ``what``: one look-up a decision."""
    said, found, terms = schema.determinations, schema.findings, schema.terms
    with store.reading() as connection:
        number = connection.execute(select(_AUDITS.c.number).where(_AUDITS.c.id == audit_id)).scalar() or 0
        sources = _numbers(connection, within)
        counted = (
            select(found.c[what], func.count())
            .where(
                found.c.finding_id.in_(select(said.c.finding_id)),
                found.c.audit + 0 == number,  # no index but that of the ids
                (found.c.source + 0).in_(sources),
            )
            .group_by(found.c[what])
        )
        numbers = {row[0]: int(row[1]) for row in connection.execute(counted)}
        words = select(terms.c.id, terms.c.text).where(terms.c.id.in_(list(numbers)))
        return {row.text: numbers[row.id] for row in connection.execute(words)}


def _asked(
    connection: Connection,
    stored: SqlTable,
    terms: tuple[str, ...],
    where: Mapping[str, str],
    within: Collection[str] | None,
    due_until: str,
) -> _Asked:
    conditions: list[Condition] = []
    people: list[ColumnElement[bool]] = []
    for name, value in where.items():
        if stored is schema.findings and name == "determination":
            people.append(_is_decided(value) if value else not_(_is_decided()))
        elif stored is schema.findings and name == "status" and value == DECIDED:
            people.append(_is_decided())
        else:
            values = tuple(_numbers(connection, [value])) if name in terms else (value,)
            conditions.append(Condition(column=stored.c[name], values=values, word=value))
    if stored is schema.findings and where.get("status", DECIDED) != DECIDED:
        people.append(not_(_is_decided()))
    if due_until:
        conditions.append(Condition(column=stored.c.due_on, until=due_until))
    sources = None if within is None else sorted(set(within) & {where.get("source", one) for one in within})
    if sources is not None:
        conditions.append(Condition(column=stored.c.source, values=tuple(_numbers(connection, sources))))
    return _Asked(where=where, sources=sources, conditions=tuple(conditions), people=tuple(people))


def _numbers(connection: Connection, words: Collection[str]) -> list[int]:
    """The numbers of those words that any audit says."""
    digests = [word_digest(word) for word in sorted(words)]
    return list(connection.execute(select(schema.terms.c.id).where(schema.terms.c.digest.in_(digests))).scalars())


def _is_decided(decision: str = "") -> ColumnElement[bool]:
    """Somebody decided on the finding, or decided just this."""
    table = schema.determinations
    here = select(table.c.finding_id).where(table.c.finding_id == schema.findings.c.finding_id)
    return (here.where(table.c.decision == decision) if decision else here).exists()


def _ways(
    connection: Connection, stored: SqlTable, number: int, asked: _Asked, count: int, after: int
) -> Iterator[ColumnElement[bool]]:
    """Conditions for the rows asked for behind row ``after``, each served by one index; together they miss none, and
    none is in two."""
    if any(not one.values and not one.until for one in asked.conditions):
        return  # a word that no audit says
    mine, where = and_(stored.c.audit == number, stored.c.row > after), asked.where
    rest = [*asked.people, *(one.hidden() for one in asked.conditions if one.column.name != "path")]
    if "path" in where:  # places have an index, paths are too long for one
        named = schema.sources.c.name
        sources = asked.sources if asked.sources is not None else connection.execute(select(named)).scalars().all()
        at = stored.c.path == where["path"]
        yield from (and_(mine, stored.c.place == place_key(one, where["path"]), at, *rest) for one in sources)
    elif stored is schema.findings and (ids := _few_decided(connection, number, where, count)) is not None:
        # "+ 0" keeps planners from every index but that of the ids: without it SQLite reads the whole audit in order.
        for start in range(0, len(ids), _IDS):
            looked_up = stored.c.finding_id.in_(ids[start : start + _IDS])
            yield and_(stored.c.audit + 0 == number, stored.c.row > after, looked_up, *rest)
    else:
        best, left = narrowest(connection, stored, number, asked.conditions, asked.sources)
        if best is None:
            read_in_order(connection)
            yield and_(mine, *rest)
        elif left and (span := spanned(connection, stored, number, asked.conditions)) is not None:
            within = and_(stored.c.audit == number, stored.c.row.between(max(span[0], after + 1), span[1]))
            others = [one.hidden() for one in asked.conditions if one is not best]
            read_in_order(connection)
            for value in best.values or (None,):  # one at a time: rows of one value stand in their order
                one = best if value is None else replace(best, values=(value,))
                yield and_(within, one.served(), *others, *asked.people)


def _few_decided(connection: Connection, number: int, where: Mapping[str, str], count: int) -> list[str] | None:
    """The findings that were decided as asked, where these are so few that each is looked up; else ``None``.

    Meeting ``count`` of them takes ``count * findings / decisions`` steps, looking all up takes ``decisions``.
    """
    table, found = schema.determinations, schema.findings
    decision = where.get("determination", "")
    if where.get("status", DECIDED if decision else "") != DECIDED:
        return None
    alike = [table.c.decision == decision] if decision else []
    decided = int(connection.execute(select(func.count()).select_from(table).where(*alike)).scalar_one())
    findings = int(connection.execute(select(func.max(found.c.row)).where(found.c.audit == number)).scalar() or 0)
    if decided**2 * _STEPS_A_LOOKUP > findings * count:
        return None
    return list(connection.execute(select(table.c.finding_id).where(*alike)).scalars())


def _shown(connection: Connection, table: Table, found: Sequence[Row[Any]]) -> Iterator[tuple[Any, ...]]:
    """Stored rows with their words, and of findings with what people decided on them."""
    _, terms = _STORED[table]
    words = Words(connection)
    words.learn({value for row in found for name in terms if (value := row._mapping[name]) is not None})
    decided = _decisions(connection, found) if table is Table.FINDINGS else {}
    for row in found:
        said = {name: words.word(value) if name in terms else value for name, value in row._mapping.items()}
        if (decision := decided.get(str(said.get("finding_id")))) is not None:
            said |= {"status": DECIDED, "determination": decision}
        yield tuple(said[name] for name in frozen_columns(table))


def _decisions(connection: Connection, found: Sequence[Row[Any]]) -> dict[str, str]:
    table = schema.determinations
    ids = [row.finding_id for row in found]
    query = select(table.c.finding_id, table.c.decision).where(table.c.finding_id.in_(ids))
    return {row.finding_id: row.decision for row in connection.execute(query)}
