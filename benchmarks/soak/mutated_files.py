"""Mutated files through the guarded workers: no run ends, every file is accounted for, memory and time are kept.

    python benchmarks/soak/mutated_files.py [--cases 200000] [--corpus FOLDER] [--workers 2] [--first 0]

Half of the cases come from pictures made here, half from the files of the corpus where one is given; the corpus itself
goes first, unchanged. A case that failed by our own fault is told with its number: ``benchmarks.mutators.case``
makes it again.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator

from benchmarks.mutated import MEMORY, SECONDS, Job, examine_cases, lost, seeds
from benchmarks.recording import recorded
from pdpo_audit.execution import Bounds, machine_memory, map_bounded, open_executor, unheard
from pdpo_audit.model.locations.holdings import SkipReason

WATCHED = (
    "pdpo_audit/imaging/**/*.py",
    "pdpo_audit/metadata/**/*.py",
    "pdpo_audit/fingerprints/*.py",
    "pdpo_audit/execution/*.py",
    "benchmarks/mutated.py",
    "benchmarks/mutators.py",
)
_BATCH = 64
#: Progress is told every so many cases.
_TOLD = 10_000


def batches(jobs: Iterator[Job]) -> Iterator[list[Job]]:
    batch: list[Job] = []
    for job in jobs:
        batch.append(job)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--corpus", default="")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    numbers = [*range(-len(seeds(chosen.corpus)[1]), 0), *range(chosen.first, chosen.first + chosen.cases)]
    said: Counter[str] = Counter()
    slowest, peaks = 0.0, dict[int, int]()
    with (
        recorded("mutated_files", chosen.first, WATCHED) as run,
        open_executor(
            f"processes:{chosen.workers}",
            preload=("benchmarks.mutated", "imagehash", "scipy.fftpack"),
            bounds=Bounds(memory=MEMORY),
            prepare="pdpo_audit.imaging.process:prepare",
        ) as executor,
    ):
        jobs = (Job(number=number, corpus=chosen.corpus) for number in numbers)
        for batch in map_bounded(
            executor, examine_cases, batches(jobs), in_flight=2 * chosen.workers + 1, lost=lost, note=unheard
        ):
            if sum(said.values()) // _TOLD != (sum(said.values()) + len(batch)) // _TOLD:
                print(f"{sum(said.values()) + len(batch):,} cases", flush=True)
            for one in batch:
                said[one.said] += 1
                slowest = max(slowest, one.seconds)
                peaks[one.process] = max(peaks.get(one.process, 0), one.memory)
                if one.said in (SkipReason.PROGRAM_ERROR, SkipReason.DECODER_CRASHED, SkipReason.TIMED_OUT):
                    print(f"case {one.number}: {one.said} {one.detail}", flush=True)
        run.equal("files accounted for", sum(said.values()), len(numbers))
        run.equal("failures by our own fault", said[SkipReason.PROGRAM_ERROR], 0)
        highest = sorted(peaks.values(), reverse=True)[: chosen.workers]
        run.tell("workers", chosen.workers)
        run.at_most("peak memory of a worker", highest[0] / 1e9, MEMORY / 1e9, "GB")
        run.at_most("peak memory of all workers together", sum(highest) / 1e9, machine_memory() / 1e9, "GB")
        run.at_most("longest time of one file", slowest, SECONDS, "s")
        for reason, count in said.most_common():
            run.tell(reason, count)


if __name__ == "__main__":
    main()
