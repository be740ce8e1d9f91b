"""Seeded wrong changes of the parts that everything rests on: do the tests notice each of them?

    python benchmarks/soak/mutants.py [--seed 1] [--mutants 400] [--jobs 2]

As many from each part, drawn by the seed. A mutant is noticed when a test of its part fails, or takes longer than ten
times what it takes unchanged. ``LIVING`` lists those that nobody can notice, each with its reason.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation import Mutant, mutants_of
from benchmarks.recording import ROOT, digest_of, recorded

#: Each part: the files that are changed, and the tests that have to notice.
PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ladder": (
        ("pdpo_audit/policy/judging/ladder.py",),
        (
            "tests/policy/test_ladder_brute_force.py",
            "tests/policy/test_scenarios.py",
            "tests/policy/test_scenario_set.py",
        ),
    ),
    "periods": (("pdpo_audit/policy/terms/periods.py",), ("tests/policy/test_periods.py",)),
    "holds": (
        ("pdpo_audit/policy/stating/holds.py",),
        ("tests/workspace/test_holding.py", "tests/policy/test_scenarios.py"),
    ),
    "patterns": (("pdpo_audit/model/locations/patterns.py",), ("tests/model", "tests/workspace/test_one_language.py")),
    "seals": (
        ("pdpo_audit/signing/evidence/merkle.py", "pdpo_audit/model/events.py"),
        ("tests/signing/test_merkle.py", "tests/signing/test_eventlog.py", "tests/model/test_events.py"),
    ),
    "decoding limits": (("pdpo_audit/imaging/limits.py",), ("tests/imaging",)),
    "pages of the catalogue": (("pdpo_audit/catalogue/queries/pages.py",), ("tests/catalogue/test_pages.py",)),
}

#: Share of the mutants that may live, beside those listed below.
MOST_LIVING = 0.05
#: File and change of mutants that make no difference to anybody, with the reason.
LIVING: Mapping[str, str] = {}

_COPIED = (
    "pdpo_audit",
    "tests",
    "benchmarks",
    "policies",
    "report_templates",
    "samples",
    "docs",
    "pyproject.toml",
    ".setup",
    "Makefile",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of one mutant."""

    part: str
    name: str
    noticed: bool


def choose(seed: int, count: int) -> list[tuple[str, str, Mutant]]:
    """Part, file and change of so many mutants, as many from each part as it has."""
    draws = random.Random(seed)
    chosen = []
    for part, (patterns, _) in PARTS.items():
        found = [
            (part, file, one) for file in digest_of(patterns) for one in mutants_of((ROOT / file).read_text("utf-8"))
        ]
        chosen += draws.sample(found, min(len(found), -(-count // len(PARTS))))
    return chosen


def run_tests(folder: Path, part: str, seconds: float) -> tuple[bool, float]:
    """Whether the tests of a part pass in a copy of the checkout, and how long they took; too long is no pass."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "h"),
    }
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not service and not slow",
        *PARTS[part][1],
    ]
    started = time.monotonic()
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return False, seconds
    return done.returncode == 0, time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    watched = [pattern for files, tests in PARTS.values() for pattern in (*files, *(_files(test) for test in tests))]
    with (
        recorded("mutants", asked.seed, [*watched, "benchmarks/mutation.py"]) as run,
        tempfile.TemporaryDirectory() as scratch,
    ):
        folders = [_copy(Path(scratch) / str(number)) for number in range(asked.jobs)]
        patience = {}
        for part in PARTS:
            passed, seconds = run_tests(folders[0], part, 3_600)
            run.equal(f"{part}: the tests pass unchanged", passed, True)
            patience[part] = max(30.0, 10 * seconds)
        with ThreadPoolExecutor(asked.jobs) as pool:
            tried = list(pool.map(lambda item: _try(folders, patience, item), choose(asked.seed, asked.mutants)))
        run.tell("mutants", len(tried))
        living = [one.name for one in tried if not one.noticed and one.name not in LIVING]
        for name in living:
            run.tell(f"living: {name}", "not noticed")
        run.at_most("share that lives", round(len(living) / len(tried), 4), MOST_LIVING)


def _try(folders: list[Path], patience: Mapping[str, float], item: tuple[str, str, Mutant]) -> Tried:
    part, file, mutant = item
    folder = folders.pop()
    try:
        (folder / file).write_text(mutant.text, "utf-8")
        passed, _ = run_tests(folder, part, patience[part])
    finally:
        shutil.copy(ROOT / file, folder / file)
        folders.append(folder)
    name = f"{file}:{mutant.line}: {mutant.before[:70]} -> {mutant.after[:70]}".replace("\n", " ")
    print("lives  " if passed else "noticed", name, flush=True)
    return Tried(part=part, name=name, noticed=not passed)


def _copy(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def _files(test: str) -> str:
    return f"{test}/*.py" if (ROOT / test).is_dir() else test


if __name__ == "__main__":
    main()
