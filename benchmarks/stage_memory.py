"""Peak memory and CPU of each stage after a scan, each in a process of its own, for made libraries of several sizes.

    python -m benchmarks.stage_memory 100000 200000 400000 [--stages assess report clusters] [--keep FOLDER]

A library with the shape of a real one (``benchmarks/catalogues``) is written into a workspace under every rule pack
that ships; no file lies behind it. ``assess`` judges it; ``report`` seals that assessment; ``clusters`` forms the
duplicate clusters anew from random fingerprints, with nothing to verify; ``export`` writes the holdings as CSV;
``compare`` compares the sealed audit with a second one. The peak is that of the stage's process; start-up is told as
stage ``nothing``. At the end: what the largest size costs a million holdings more, from the slope between sizes.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from sqlalchemy import update

from benchmarks.catalogues.library import draw_library, write_library
from benchmarks.catalogues.observations import (
    DETECTOR,
    draw_clusters,
    draw_levels,
    write_clusters,
    write_fingerprints,
    write_people,
)
from benchmarks.catalogues.shape import SOURCES
from benchmarks.catalogues.writing import settle, without_indexes
from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, SIMILARITY_LEVEL
from pdpo_audit.resources import resource as shipped
from pdpo_audit.workspace.report.comparing import compare
from pdpo_audit.workspace.setup.initialising import Answers, SourceAnswers

STAGES = ("nothing", "assess", "report", "export", "compare", "clusters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a stage took over a library of so many holdings."""

    holdings: int
    stage: str
    peak: float
    cpu: float


def make(folder: Path, holdings: int, seed: int = 1) -> None:
    """A workspace whose catalogue was, as far as it knows, scanned."""
    sources = tuple(
        SourceAnswers(
            name=one.name, uri=str(folder / "absent"), owner=one.owner, jurisdiction=one.jurisdiction,
            record_class="campaign_portrait" if number % 2 else "", purpose="campaign" if number % 3 else "",
            purpose_ended_on="2025-03-31" if number == 1 else "",
        )
        for number, one in enumerate(SOURCES)
    )  # fmt: skip
    packs = tuple(sorted(path.parent.name for path in shipped("policies").glob("hk-*/pack.yaml")))
    workspace = Workspace.create(folder, Answers(organisation="Made Ltd", sources=sources, packs=packs))
    store, random = workspace.project.store, np.random.default_rng(seed)
    library = draw_library(random, holdings)
    tables = list(schema.metadata.sorted_tables)
    with without_indexes(store, tables):
        write_library(store, random, library)
        write_people(store, random, library, draw_levels(random, library))
        write_clusters(store, random, library, draw_clusters(library))
        write_fingerprints(store, random, library)
    settle(store, tables)
    with store.transaction() as transaction:
        transaction.remember(PEOPLE_METHOD, DETECTOR)
        transaction.remember(SIMILARITY_LEVEL, "near without crops")
        # Nobody said so in the log of this workspace: the catalogue would not be judged.
        transaction.connection.execute(update(schema.clusters).values(confirmed_by=""))
        transaction.note_change()
    workspace.close()


def perform(stage: str, folder: Path) -> None:
    """One stage, and what it took of this process."""
    workspace = Workspace.open(folder)
    if stage == "assess":
        workspace.assess()
    elif stage == "report":
        workspace.report()
    elif stage == "export":
        workspace.export("holdings", "csv", folder / "holdings.csv")
    elif stage == "compare":
        workspace.assess()
        workspace.report()
        before = resource.getrusage(resource.RUSAGE_SELF)
        first, second = sorted(path.name for path in workspace.project.reports.iterdir() if path.name[0] != ".")[-2:]
        compare(workspace.project, first, second)
        after = resource.getrusage(resource.RUSAGE_SELF)
        print(f"  of which compare {after.ru_utime - before.ru_utime:.1f} s CPU", flush=True)
    elif stage == "clusters":
        from pdpo_audit.pipeline import line
        from pdpo_audit.similarity.resolution import Preferences

        with workspace.project.work() as work:
            line.join(work, level="near", crops=False, preferences=Preferences(), jurisdictions={})
    workspace.close()


def measured(stage: str, folder: Path, holdings: int) -> Measured:
    """The stage in a process of its own."""
    started = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.stage_memory", "--perform", stage, str(folder)])
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{stage} failed over {holdings:,} holdings")
    found = Measured(holdings=holdings, stage=stage, peak=used.ru_maxrss / 1024, cpu=used.ru_utime + used.ru_stime)
    print(
        f"{holdings:>9,} {stage:9s} peak {found.peak:6.0f} MB, {found.cpu:6.1f} s CPU,"
        f" {time.monotonic() - started:6.1f} s; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )  # fmt: skip
    return found


def tell_slopes(found: list[Measured]) -> None:
    """What each stage takes for a million holdings more, between one size and the next."""
    for stage in dict.fromkeys(one.stage for one in found):
        mine = [one for one in found if one.stage == stage]
        slopes = [
            f"{(b.peak - a.peak) / (b.holdings - a.holdings) * 1e6:,.0f} MB"
            f" and {(b.cpu - a.cpu) / (b.holdings - a.holdings) * 1e6:,.0f} s CPU"
            for a, b in pairwise(mine)
        ]
        if slopes:
            print(f"{stage:9s} a million holdings more: {'; '.join(slopes)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("holdings", type=int, nargs="*", default=[100_000, 200_000, 400_000])
    parser.add_argument("--stages", nargs="*", default=list(STAGES))
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for holdings in chosen.holdings:
            folder = (chosen.keep or Path(scratch)) / f"made-{holdings}"
            if not folder.exists():
                make(folder, holdings)
            found += [measured(stage, folder, holdings) for stage in chosen.stages]
    tell_slopes(found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--perform"]:
        perform(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
