"""How long a page of findings takes among a million holdings: every column filtered, first page and next page.

    python benchmarks/catalogue_pages.py [--pictures 1000000] [--databases sqlite postgresql] [--seed 1] [--keep FOLDER]

A catalogue is made on each database (``large_catalogue.py``), PostgreSQL being a server of its own that is gone at the
end. Of each column of findings and dispositions the most frequent, a middling, the rarest and an absent value are
asked for, and two columns together. The time is that of the program's own query with its words: CPU of this process
and of the server's, the best of three, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text

from benchmarks.large_catalogue import make_catalogue
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.queries.pages import DECIDED, Page, read_page
from pdpo_audit.catalogue.schema.audits import DISPOSITION_TERMS, FINDING_TERMS
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.tables import Table, frozen_columns
from tests.postgres import fresh_database, running_server

#: Milliseconds that a page may take.
BAR = 50.0
#: What a server for a library of this size is given (Debian's defaults are for the smallest machines).
SERVER = {"shared_buffers": "512MB", "work_mem": "16MB", "maintenance_work_mem": "256MB", "max_wal_size": "8GB"}
DATABASES = ("sqlite", "postgresql")

_STORED = {
    Table.FINDINGS: (schema.findings, FINDING_TERMS),
    Table.DISPOSITIONS: (schema.dispositions, DISPOSITION_TERMS),
}
_ABSENT = "never said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One filter and the milliseconds of its pages; ``following`` is 0 where there is no next page."""

    table: str
    where: dict[str, str]
    first: float
    following: float

    @property
    def slowest(self) -> float:
        return max(self.first, self.following)


@contextmanager
def opened(database: str, pictures: int, seed: int, folder: Path | None = None) -> Iterator[Store]:
    """A made catalogue on one of the databases; a SQLite file in ``folder`` is used again."""
    with tempfile.TemporaryDirectory() as scratch:
        if database == "sqlite":
            file = (folder or Path(scratch)) / f"made-{pictures}-{seed}.db"
            made = file.exists()
            store = Store.open(f"sqlite:///{file}", file.parent)
            if not made:
                make_catalogue(store, pictures, seed=seed)
            yield store
            store.close()
            return
        with running_server(**SERVER) as server, fresh_database(server) as fresh:
            store = Store.open(fresh.url, Path(scratch))
            make_catalogue(store, pictures, seed=seed)
            yield store
            store.close()


def time_pages(store: Store) -> list[Timed]:
    """Every filter on the newest audit."""
    audit = load_audits(store)[-1]
    timed = []
    for table in _STORED:
        filters = [
            {name: value}
            for name in frozen_columns(table)
            for value in (*values_of(store, table, name, audit.number), _ABSENT)
        ]
        timed += [
            _time(store, table, audit.audit_id, where) for where in (dict[str, str](), *filters, *_together(table))
        ]
    return timed


def _together(table: Table) -> Sequence[dict[str, str]]:
    if table is Table.DISPOSITIONS:
        return ({"outcome": "due", "source": "studio-nas"}, {"outcome": "cannot_decide", "source": "hr-archive"})
    return (
        {"severity": "major", "owner": "Marketing", "status": "open"},
        {"people_level": "P3", "source": "hr-archive", "status": DECIDED},
        {"severity": "critical", "jurisdiction": "SG"},
        {"owner": "Human Resources", "source": "shenzhen-partner"},
    )


def values_of(store: Store, table: Table, name: str, audit: int) -> list[str]:
    """The most frequent, a middling and the rarest value of a column."""
    if table is Table.FINDINGS and name in ("status", "determination"):
        return ["open", DECIDED] if name == "status" else ["agree", "postponed", ""]
    stored, terms = _STORED[table]
    column = stored.c[name]
    counted = (
        select(column.label("said"), func.count().label("times"))
        .where(stored.c.audit == audit)
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    with store.reading() as connection:
        found = [row.said for row in connection.execute(counted)]
        chosen = list(dict.fromkeys(found[place] for place in (0, len(found) // 2, -1)))
        if name in terms:
            words = select(schema.terms.c.text).where(schema.terms.c.id.in_(chosen))
            return [str(word) for word in connection.execute(words).scalars()]
    return [str(value) for value in chosen]


def _time(store: Store, table: Table, audit_id: str, where: dict[str, str]) -> Timed:
    first, page = _best(store, table, audit_id, where, -1)
    following = _best(store, table, audit_id, where, page.after)[0] if page.after is not None else 0.0
    return Timed(table=table.value, where=where, first=first, following=following)


def _best(store: Store, table: Table, audit_id: str, where: dict[str, str], after: int) -> tuple[float, Page]:
    """Milliseconds of CPU of the quickest of three calls, here and in the server, and its page."""
    times = []
    for _ in range(3):
        started = _cpu(store)
        page = read_page(store, table, audit_id, where, after=after)
        times.append((_cpu(store) - started) * 1_000)
    return min(times), page


def _cpu(store: Store) -> float:
    """Seconds of CPU so far: of this process, and of the server's process that serves it."""
    mine = time.process_time()
    if store.engine.dialect.name != "postgresql":
        return mine
    with store.reading() as connection:
        served = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    return mine + int(Path(f"/proc/{served}/schedstat").read_text().split()[0]) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--keep", type=Path, help="where the SQLite file lies, or is kept for the next time")
    chosen = parser.parse_args()
    for database in chosen.databases:
        with opened(database, chosen.pictures, chosen.seed, chosen.keep) as store:
            timed = sorted(time_pages(store), key=lambda one: -one.slowest)
        for one in timed[:10]:
            print(f"{database:11s} {one.first:7.1f} ms, next {one.following:7.1f} ms  {one.table} {one.where}")
        over = sum(one.slowest > BAR for one in timed)
        print(f"{database}: {len(timed)} filters among {chosen.pictures:,}, {over} over {BAR:g} ms")


if __name__ == "__main__":
    main()
