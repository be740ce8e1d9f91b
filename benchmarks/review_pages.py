"""How long the review pages take beside a million holdings: start, queue under any filter, case page; server time.

    python -m benchmarks.review_pages [--pictures 1000000] [--databases sqlite postgresql] [--seed 1] [--keep FOLDER]

A catalogue is made on each database (``large_catalogue.py``). Somebody who sees everything and an owner who sees two
sources ask for the start page, for the queue under every filter (the most frequent, a middling, the rarest and an
absent value of each, chance pairs and triples of them, with and without a last day, first and next pages), and for
cases: chance ones and the largest duplicate clusters. Each page is asked for once, as people do. The time is CPU of
this process and of the database's, so that other work on the machine does not count; the clock's is told beside it.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from sqlalchemy import func, select, text
from starlette.testclient import TestClient

from benchmarks.catalogue_pages import DATABASES, opened, values_of
from benchmarks.catalogues.shape import SOURCES
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.tables import Table
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.invitations import invite
from pdpo_audit.workspace.review.picturing import Pictures
from pdpo_audit.workspace.review.queue import DISPOSITION_FILTERS, FINDING_FILTERS

#: Milliseconds that a page may take: at the median, and 95 of 100.
MEDIAN, NINETY_FIFTH = 150.0, 400.0
HOST = "127.0.0.1:8080"
EVERYTHING, OWNER = "Chan Tai Man", "Ho Mei"
_PAIRS, _CASES, _LARGEST, _STARTS = 120, 120, 10, 8
_ABSENT = "never said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: what kind of page, its address, CPU and clock in milliseconds."""

    kind: str
    path: str
    cpu: float
    clock: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All requests of one kind of page."""

    kind: str
    count: int
    median: float
    ninety_fifth: float
    slowest: Asked


def settings_text() -> str:
    """The settings of a workspace over a made library."""
    sources = "".join(
        f'\n[[sources]]\nname = "{one.name}"\nuri = "./{one.name}"\nowner = "{one.owner}"\n'
        f'jurisdiction = "{one.jurisdiction}"\n'
        for one in SOURCES
    )
    people = (
        f'\n[[people]]\nname = "{EVERYTHING}"\nroles = ["dpo"]\n'
        f'\n[[people]]\nname = "{OWNER}"\nroles = ["owner"]\nsees = ["hr-archive", "events-drive"]\n'
    )
    return f'[organisation]\nname = "Harbour Light Agency Ltd"\n{people}{sources}'


@contextmanager
def served(store: Store) -> Iterator[dict[str, TestClient]]:
    """Browsers of the two people, on pages over ``store``."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pdpo-audit.toml").write_text(settings_text(), "utf-8")
        project = Project(Path(folder))
        project.__dict__["store"] = store
        house = House(project=project, pictures=Pictures(project))
        house.attempts.most = 10_000
        gate = application(house, scheme="http", hosts={HOST})
        gate.allowance.most = 10**9
        browsers = {}
        for name in (EVERYTHING, OWNER):
            browser = TestClient(gate, base_url=f"http://{HOST}")
            token = invite(project, name).link.rpartition("=")[2]
            browser.post("/join", data={"token": token}, headers={"origin": f"http://{HOST}"})
            browsers[name] = browser
        yield browsers
        house.pictures.close()


def measure(store: Store, browsers: dict[str, TestClient], chance: random.Random) -> list[Asked]:
    """Ask for every page."""
    asked = []
    for browser in browsers.values():
        asked += [_ask(store, browser, "start", "/")[0] for _ in range(_STARTS)]
    for path in _queue_addresses(store, chance):
        browser = browsers[chance.choice([EVERYTHING, EVERYTHING, OWNER])]
        first, page = _ask(store, browser, "queue", path)
        asked.append(first)
        if following := re.search(r'rel="next" href="([^"]+)"', page):
            asked.append(_ask(store, browser, "queue", following[1].replace("&amp;", "&"))[0])
    asked += [_ask(store, browsers[EVERYTHING], "case", f"/case/{key}")[0] for key in _cases(store, chance)]
    return asked


def summed_up(asked: Iterable[Asked]) -> list[Measured]:
    """Median and 95th percentile of each kind of page."""
    kinds: dict[str, list[Asked]] = {}
    for one in asked:
        kinds.setdefault(one.kind, []).append(one)
    return [
        Measured(
            kind=kind,
            count=len(found),
            median=median(one.cpu for one in found),
            ninety_fifth=quantiles([one.cpu for one in found], n=20)[-1],
            slowest=max(found, key=lambda one: one.cpu),
        )
        for kind, found in kinds.items()
    ]


def _queue_addresses(store: Store, chance: random.Random) -> list[str]:
    audit = load_audits(store)[-1]
    known: list[tuple[str, dict[str, list[str]]]] = []
    for table, names, more in (
        (Table.FINDINGS, FINDING_FILTERS, {"status": ""}),
        (Table.DISPOSITIONS, DISPOSITION_FILTERS, {"show": "copies"}),
    ):
        values = {name: [*values_of(store, table, name, audit.number), _ABSENT] for name in names}
        known.append((urlencode(more), values))
    addresses = ["/queue", "/queue?show=copies", "/queue?status="]
    for fixed, values in known:
        addresses += [f"/queue?{fixed}&{urlencode({name: value})}" for name, found in values.items() for value in found]
        addresses += [f"/queue?{fixed}&due_until={day}" for day in ("2016-01-01", "2019-06-30", "2025-12-31")]
        for _ in range(_PAIRS):
            chosen = {
                name: chance.choice(values[name]) for name in chance.sample(sorted(values), chance.choice([2, 3]))
            }
            if chance.random() < 0.3:
                chosen["due_until"] = f"20{chance.randrange(18, 33)}-06-30"
            addresses.append(
                f"/queue?{fixed}&{urlencode(chosen)}" if "status" not in chosen else f"/queue?{urlencode(chosen)}"
            )
    return addresses


def _cases(store: Store, chance: random.Random) -> list[str]:
    """Cases of findings by chance, and the duplicate clusters with most copies."""
    found, members, audit = schema.findings, schema.cluster_contents, load_audits(store)[-1]
    with store.reading() as connection:
        last = int(connection.execute(select(func.max(found.c.row)).where(found.c.audit == audit.number)).scalar_one())
        rows = chance.sample(range(last), _CASES)
        chosen = connection.execute(
            select(found.c.cluster_id, found.c.finding_id).where(found.c.audit == audit.number, found.c.row.in_(rows))
        ).all()
        largest = (
            select(members.c.cluster_id)
            .join(schema.holdings, schema.holdings.c.content_id == members.c.content_id)
            .group_by(members.c.cluster_id)
            .order_by(func.count().desc())
            .limit(_LARGEST)
        )
        return [*(one.cluster_id or one.finding_id for one in chosen), *connection.execute(largest).scalars()]


def _ask(store: Store, browser: TestClient, kind: str, path: str) -> tuple[Asked, str]:
    """One request and its page.

    :raises RuntimeError: it was not answered.
    """
    before, began = _cpu(store), time.monotonic()
    answer = browser.get(path)
    clock = time.monotonic() - began
    spent = _cpu(store) - before
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return Asked(kind=kind, path=path, cpu=1_000 * spent, clock=1_000 * clock), answer.text


def _cpu(store: Store) -> float:
    """Seconds of CPU so far: of this process, and of every process of the database that serves it."""
    mine = time.process_time()
    if store.engine.dialect.name != "postgresql":
        return mine
    with store.reading() as connection:
        query = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = list(connection.execute(query).scalars())
    served = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)
    return mine + served / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--keep", type=Path, help="where the SQLite file lies, or is kept for the next time")
    chosen = parser.parse_args()
    for database in chosen.databases:
        with opened(database, chosen.pictures, chosen.seed, chosen.keep) as store, served(store) as browsers:
            asked = measure(store, browsers, random.Random(chosen.seed))
        for one in sorted(asked, key=lambda one: -one.cpu)[:10]:
            print(f"{database:11s} {one.cpu:7.0f} ms CPU, {one.clock:7.0f} ms  {one.path}")
        for kind in summed_up(asked):
            met = kind.median <= MEDIAN and kind.ninety_fifth <= NINETY_FIFTH
            print(
                f"{database}: {kind.kind:6s} {kind.count:4d} pages among {chosen.pictures:,}:"
                f" median {kind.median:.0f} ms (<= {MEDIAN:g}),"
                f" 95th percentile {kind.ninety_fifth:.0f} ms (<= {NINETY_FIFTH:g}) {'met' if met else 'MISSED'}"
            )


if __name__ == "__main__":
    main()
