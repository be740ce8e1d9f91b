"""Which condition of several leaves the fewest rows of an audit: its index is the one to go through.

Planners of databases know how often the values of a column occur on average, not this value, and nothing of two columns
together. What was counted when the audit was frozen is exact, also within sources; the rest is counted up to a bound.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Integer, func, select, text
from sqlalchemy import Table as SqlTable

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import COUNTED

#: Rows that are counted of one condition; beyond that one is as good as another (2 ms of CPU).
_BOUND = 20_000
#: Rows so few that nothing fewer is looked for: they are read in less time than others are counted in.
_FEW = 500
#: Of the counts of an audit those of a column that every row says: by them the rows of a source are known.
_OF_ALL = {schema.findings: "severity", schema.dispositions: "outcome"}
#: Beyond every row of an audit.
_LAST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A column that is one of some values as they are stored, or a day that is not empty and not after ``until``.

    ``word`` is the value as people read it, where it is one word.
    """

    column: Column[Any]
    values: tuple[Any, ...] = ()
    word: str = ""
    until: str = ""

    def served(self) -> ColumnElement[bool]:
        """The condition as an index can serve it."""
        return self._on(self.column)

    def hidden(self) -> ColumnElement[bool]:
        """The same so that no planner takes an index for it."""
        column: Any = self.column
        return self._on(column + 0 if isinstance(self.column.type, Integer) else column.concat(""))

    def _on(self, column: Any) -> ColumnElement[bool]:
        if self.until:
            said: ColumnElement[bool] = (column > "") & (column <= self.until)
            return said
        equal: ColumnElement[bool] = column == self.values[0] if len(self.values) == 1 else column.in_(self.values)
        return equal


def narrowest(
    connection: Connection,
    stored: SqlTable,
    audit: int,
    conditions: Sequence[Condition],
    sources: Collection[str] | None,
) -> tuple[Condition | None, int]:
    """The condition that leaves the fewest rows of an audit, and how many (so many or more, where it is the bound).

    ``sources`` are the names of those in which a row may lie; ``None`` for any. None is given where nothing is asked.
    """
    known = [(one, _kept(connection, stored, audit, one, sources)) for one in conditions]
    best: tuple[Condition | None, int] = (None, 0)
    for condition, kept in sorted(known, key=lambda one: (one[1] is None, one[1] or 0)):
        if kept is None and best[0] is not None and best[1] <= _FEW:
            break
        number = _counted(connection, stored, audit, condition) if kept is None else kept
        if condition.until and number >= _BOUND:  # its days would have to be sorted into the order of rows
            continue
        if best[0] is None or number < min(best[1], _BOUND):  # two that reach the bound are alike
            best = (condition, number)
    return best


def spanned(
    connection: Connection, stored: SqlTable, audit: int, conditions: Sequence[Condition]
) -> tuple[int, int] | None:
    """The first and the last row of an audit between which every row lies that meets all conditions; ``None``: none.

    Rows stand in the order of their sources: what is asked of one source begins behind all the others'.
    """
    first, last = 0, _LAST
    for condition in conditions:
        if len(condition.values) != 1 or condition.column.name == "path":
            continue
        rows = select(stored.c.row).where(stored.c.audit == audit, condition.served()).limit(1)
        lowest = connection.execute(rows.order_by(stored.c.row)).scalar()
        highest = connection.execute(rows.order_by(stored.c.row.desc())).scalar()
        if lowest is None or highest is None:
            return None
        first, last = max(first, lowest), min(last, highest)
    return (first, last) if first <= last else None


def read_in_order(connection: Connection) -> None:
    """Until this transaction ends PostgreSQL goes through an index in its order, as SQLite does by itself.

    It guesses that a hidden condition keeps one row of two hundred, so it would rather read a whole table at once and
    sort what little it believes to find: 340 ms instead of 10 among a million.
    """
    if connection.dialect.name == "postgresql":
        for way in ("seqscan", "bitmapscan", "sort"):
            connection.execute(text(f"SET LOCAL enable_{way} = off"))


def _kept(
    connection: Connection, stored: SqlTable, audit: int, condition: Condition, sources: Collection[str] | None
) -> int | None:
    """The rows by the audit's own counts; ``None`` where these do not speak of it."""
    kept, name = schema.audit_counts, condition.column.name
    of_source = name == "source"
    if not of_source and (not condition.word or (stored, name) not in COUNTED):
        return None
    done = select(kept.c.audit).where(kept.c.audit == audit, kept.c.what == "")
    if connection.execute(done).first() is None:
        return None
    query = select(func.sum(kept.c.number)).where(
        kept.c.audit == audit, kept.c.what == (_OF_ALL[stored] if of_source else name)
    )
    if not of_source:
        query = query.where(kept.c.value == condition.word)
    named = [condition.word] if of_source and condition.word else sources
    if named is not None:
        query = query.where(kept.c.source.in_(sorted(named)))
    return int(connection.execute(query).scalar() or 0)


def _counted(connection: Connection, stored: SqlTable, audit: int, condition: Condition) -> int:
    some = select(stored.c.row).where(stored.c.audit == audit, condition.served()).limit(_BOUND).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
