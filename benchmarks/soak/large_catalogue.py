"""A million pictures on both databases: how long the catalogue takes to make, and every page of findings in it.

python benchmarks/soak/large_catalogue.py [--pictures 1000000] [--seed 1]
"""

from __future__ import annotations

import argparse
import time

from benchmarks.catalogue_pages import BAR, DATABASES, opened, time_pages
from benchmarks.recording import recorded

WATCHED = (
    "pdpo_audit/catalogue/queries/pages.py",
    "pdpo_audit/catalogue/queries/narrowing.py",
    "pdpo_audit/catalogue/schema/*.py",
    "pdpo_audit/catalogue/database/engines.py",
    "benchmarks/catalogue_pages.py",
    "benchmarks/large_catalogue.py",
    "benchmarks/catalogues/*.py",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with recorded("large_catalogue", chosen.seed, WATCHED) as run:
        run.tell("pictures", chosen.pictures)
        for database in DATABASES:
            started = time.monotonic()
            with opened(database, chosen.pictures, chosen.seed) as store:
                run.tell(f"{database}: seconds to make it", round(time.monotonic() - started, 1))
                timed = time_pages(store)
            slowest = max(timed, key=lambda one: one.slowest)
            run.tell(f"{database}: slowest filter", f"{slowest.table} {slowest.where}")
            run.tell(f"{database}: filters", len(timed))
            run.at_most(f"{database}: slowest first page", round(max(one.first for one in timed), 1), BAR, "ms")
            run.at_most(f"{database}: slowest next page", round(max(one.following for one in timed), 1), BAR, "ms")


if __name__ == "__main__":
    main()
