"""Eight reviewers for a minute on PostgreSQL, two on SQLite, beside a scan; one server of two is killed in the middle.

python benchmarks/soak/reviewers.py [--seconds 60] [--seed 1]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.recording import recorded
from benchmarks.reviewing.crowd import make_workspace, work_together, wrong_in
from tests.postgres import fresh_database, running_server

WATCHED = (
    "pdpo_audit/review/*.py",
    "pdpo_audit/review/pages/*.py",
    "pdpo_audit/workspace/review/*.py",
    "pdpo_audit/workspace/review/together/*.py",
    "pdpo_audit/catalogue/reviewing/*.py",
    "pdpo_audit/catalogue/store.py",
    "pdpo_audit/catalogue/database/engines.py",
    "benchmarks/reviewing/crowd.py",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with recorded("reviewers", chosen.seed, WATCHED) as run, running_server() as server:
        for database, reviewers in (("postgresql", 8), ("sqlite", 2)):
            with tempfile.TemporaryDirectory() as folder, fresh_database(server) as fresh:
                url = fresh.url if database == "postgresql" else ""
                audit = make_workspace(Path(folder), url, people=reviewers, pictures=120)
                told = work_together(audit, reviewers=reviewers, seconds=chosen.seconds, seed=chosen.seed)
                wrong = wrong_in(audit, told)
            for one in wrong[:10]:
                print(one)
            run.tell(f"{database}: answers", str(dict(sorted(told.codes.items()))))
            run.tell(f"{database}: cut off", told.cut_off)
            run.at_least(f"{database}: decisions acknowledged", len(told.batches), 20)
            run.at_most(f"{database}: lost, doubled or broken", len(wrong), 0)


if __name__ == "__main__":
    main()
