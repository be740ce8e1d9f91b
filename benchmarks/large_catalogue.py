"""Makes a catalogue of 10,000 to 2,000,000 pictures with the shape of a real one, on SQLite or PostgreSQL.

    python benchmarks/large_catalogue.py sqlite:///large.db --pictures 1000000 [--seed 1] [--audits 2] [--fingerprints]

Folders, copies with a long tail, duplicate clusters, people levels, findings and dispositions under our rule packs in
several audits, decisions, judgements, answers, holds and the event log; ``benchmarks/catalogues/shape.py`` says how
they are shaped. The same seed gives the same catalogue. No picture is made: only the catalogue speaks of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.catalogues.assessments import Terms, draw_said, write_audit, write_dispositions, write_findings
from benchmarks.catalogues.library import draw_library, write_library
from benchmarks.catalogues.observations import (
    DETECTOR,
    draw_clusters,
    draw_levels,
    write_clusters,
    write_fingerprints,
    write_people,
)
from benchmarks.catalogues.sayings import write_answers, write_decisions, write_holds, write_judgements, write_log
from benchmarks.catalogues.writing import settle, without_indexes
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import keep_counts
from pdpo_audit.catalogue.store import Store
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD

#: Between two audits so much of the library is added, and so many findings are settled.
GROWTH, SETTLED = 0.08, 0.05
#: Holdings for each event of the log.
_HOLDINGS_AN_EVENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made, in rows."""

    holdings: int
    contents: int
    clusters: int
    audits: int
    findings: int


def make_catalogue(
    store: Store,
    pictures: int,
    *,
    seed: int = 1,
    audits: int = 2,
    fingerprints: bool = False,
    told: Callable[[str, float], None] = lambda _part, _seconds: None,
) -> Made:
    """Fill an empty catalogue with so many pictures, every copy counted; ``told`` hears how long each part took."""
    random = np.random.default_rng(seed)

    @contextmanager
    def part(name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        told(name, time.monotonic() - started)

    with part("drawn"):
        library = draw_library(random, pictures)
        levels, clusters = draw_levels(random, library), draw_clusters(library)
        said = draw_said(random, library, levels)
    tables = list(schema.metadata.sorted_tables)
    terms = Terms()
    with without_indexes(store, tables):
        with part("library"):
            write_library(store, random, library)
        with part("observations"):
            write_people(store, random, library, levels)
            write_clusters(store, random, library, clusters)
        if fingerprints:
            with part("fingerprints"):
                write_fingerprints(store, random, library)
        settled = random.integers(0, int(1 / SETTLED), len(said.ids))
        for audit in range(1, audits + 1):
            held = int(library.holdings * (1 - GROWTH * (audits - audit)))
            with part(f"audit {audit}"):
                write_audit(store, audit, held)
                covered = np.flatnonzero(library.present[:held])
                write_dispositions(store, library, said, covered, audit=audit, terms=terms)
                chosen = np.flatnonzero((said.holding < held) & (settled != audit))
                write_findings(store, library, said, chosen, audit=audit, levels=levels, clusters=clusters, terms=terms)
        with part("sayings"):
            terms.write(store)
            write_decisions(store, random, said)
            write_judgements(store, random, library, clusters)
            write_holds(store, random, library)
            write_answers(store, library)
            write_log(store, 1 + pictures // _HOLDINGS_AN_EVENT)
            with store.transaction() as transaction:
                transaction.remember(PEOPLE_METHOD, DETECTOR)
                for audit in range(1, audits + 1):
                    keep_counts(transaction.connection, audit)
        started = time.monotonic()
    told("indexes", time.monotonic() - started)
    with part("settled"):
        settle(store, tables)
    return Made(
        holdings=library.holdings,
        contents=library.contents,
        clusters=len(clusters.ids),
        audits=audits,
        findings=len(chosen),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--audits", type=int, default=2)
    parser.add_argument("--fingerprints", action="store_true", help="3 KB more for each different picture")
    chosen = parser.parse_args()
    store = Store.open(chosen.url, Path.cwd())
    started = time.monotonic()
    made = make_catalogue(
        store,
        chosen.pictures,
        seed=chosen.seed,
        audits=chosen.audits,
        fingerprints=chosen.fingerprints,
        told=lambda part, seconds: print(f"{part:14s} {seconds:6.1f} s", flush=True),
    )
    store.close()
    print(f"{made.holdings:,} holdings of {made.contents:,} contents, {made.clusters:,} duplicate clusters")
    print(f"{made.findings:,} findings in the last of {made.audits} audits; {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
