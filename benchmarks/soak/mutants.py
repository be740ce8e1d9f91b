"""Seeded wrong changes of the parts that everything rests on: do the tests notice each of them?

    python benchmarks/soak/mutants.py [--seed 1] [--mutants 400] [--jobs 2]

As many from each part, drawn by the seed. The tests of a part run once unchanged, and it is noted which of them runs
which line (``benchmarks.covering``): a mutant is given to the tests that run its lines, to all of the part where none
does. It is noticed when one of them fails, or they take longer than all of them while they were watched. ``LIVING``
lists those that nobody can notice, each with its reason.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.mutation import Mutant, mutants_of
from benchmarks.recording import ROOT, digest_of, recorded

#: Each part: the files that are changed, and the tests that have to notice.
PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ladder": (
        ("pdpo_audit/policy/judging/ladder.py",),
        (
            "tests/policy/test_ladder_brute_force.py",
            "tests/policy/test_ladder_words.py",
            "tests/policy/test_scenarios.py",
            "tests/policy/test_scenario_set.py",
        ),
    ),
    "periods": (("pdpo_audit/policy/terms/periods.py",), ("tests/policy/test_periods.py",)),
    "holds": (
        ("pdpo_audit/policy/stating/holds.py",),
        ("tests/workspace/test_holding.py", "tests/policy/test_scenarios.py", "tests/policy/test_selecting_holds.py"),
    ),
    "patterns": (("pdpo_audit/model/locations/patterns.py",), ("tests/model", "tests/workspace/test_one_language.py")),
    "seals": (
        (
            "pdpo_audit/signing/evidence/merkle.py",
            "pdpo_audit/signing/evidence/eventlog.py",
            "pdpo_audit/signing/evidence/bundle_checks.py",
            "pdpo_audit/model/events.py",
        ),
        (
            "tests/signing/test_merkle.py",
            "tests/signing/test_eventlog.py",
            "tests/signing/test_bundle.py",
            "tests/model/test_events.py",
        ),
    ),
    "decoding limits": (("pdpo_audit/imaging/limits.py",), ("tests/imaging",)),
    "disposing": (
        (
            "pdpo_audit/disposition/permissions.py",
            "pdpo_audit/disposition/acts/folders.py",
            "pdpo_audit/disposition/acts/handles.py",
            "pdpo_audit/model/disposition/approvals.py",
        ),
        (
            "tests/disposition/test_permissions.py",
            "tests/disposition/test_disposers.py",
            "tests/disposition/test_gates.py",
        ),
    ),
    "pages of the catalogue": (
        ("pdpo_audit/catalogue/queries/pages.py", "pdpo_audit/catalogue/queries/narrowing.py"),
        ("tests/catalogue/test_pages.py",),
    ),
}

#: Share of the mutants that may live, beside those listed below.
MOST_LIVING = 0.05
#: File and change of mutants that make no difference to anybody, with the reason.
LIVING: Mapping[str, str] = {}

#: Starts processes that have loaded what is not ours and takes most of the time of a start.
_READY = multiprocessing.get_context("forkserver")
_READY.set_forkserver_preload(
    ["pytest", "hypothesis", "schemathesis", "pandas", "sqlalchemy", "PIL.Image", "pydicom", "pikepdf", "cv2"]
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What the tests of a part do unchanged: all of them, those that run each line, and how long they may take."""

    tests: tuple[str, ...]
    by_line: Mapping[tuple[str, int], frozenset[str]]
    patience: float

    def of(self, file: str, mutant: Mutant) -> tuple[str, ...]:
        """The tests that run the lines of a change, in their order; all where only loading the file does."""
        lines = range(mutant.line, mutant.last + 1)
        named = {test for line in lines for test in self.by_line.get((file, line), ())}
        return tuple(test for test in self.tests if test in named or test.partition("::")[0] in named) or self.tests


def cover(folder: Path, part: str) -> Covered:
    """Run all tests of a part, watching its files.

    :raises RuntimeError: they do not pass.
    """
    found = folder / "lines.json"
    watched = {"COVERED_FILES": os.pathsep.join(digest_of(PARTS[part][0])), "COVERED_IN": str(found)}
    passed, seconds = run_tests(folder, part, 3_600, watched)
    if not passed:
        raise RuntimeError(f"the tests of {part} do not pass unchanged")
    by_line: dict[tuple[str, int], set[str]] = {}
    told = json.loads(found.read_text("utf-8"))
    for test, lines in told.items():
        for file, line in lines:
            by_line.setdefault((file, line), set()).add(test)
    return Covered(
        tests=tuple(test for test in told if "::" in test),
        by_line={place: frozenset(tests) for place, tests in by_line.items()},
        patience=max(90.0, seconds),
    )


def run_tests(folder: Path, part: str, seconds: float, told: Mapping[str, str]) -> tuple[bool, float]:
    """Whether the tests of a part pass in a copy of the checkout, and how long they took; too long is no pass.

    ``told``: what the plug-in is to do, as variables of the environment.
    """
    environment = {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "h"),
        **told,
    }
    started = time.monotonic()
    process = _READY.Process(target=_test, args=(folder, PARTS[part][1], environment))
    process.start()
    process.join(seconds)
    if process.exitcode is None and process.pid is not None:
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
    return process.exitcode == 0, time.monotonic() - started


def _test(folder: Path, tests: tuple[str, ...], environment: Mapping[str, str]) -> None:
    """Run tests in this process, which is the first of a group of its own, and end with what pytest says."""
    os.setsid()
    os.chdir(folder)
    os.environ.update(environment)
    sys.path.insert(0, str(folder))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "benchmarks.covering", "-m", "not service and not slow"]
    os._exit(pytest.main([*options, *tests]))


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
        covered = {part: cover(folders[0], part) for part in PARTS}
        with ThreadPoolExecutor(asked.jobs) as pool:
            tried = list(pool.map(lambda item: _try(folders, covered, item), choose(asked.seed, asked.mutants)))
        run.tell("mutants", len(tried))
        living = [one.name for one in tried if not one.noticed and one.name not in LIVING]
        for name in living:
            run.tell(f"living: {name}", "not noticed")
        run.at_most("share that lives", round(len(living) / len(tried), 4), MOST_LIVING)


def _try(folders: list[Path], covered: Mapping[str, Covered], item: tuple[str, str, Mutant]) -> Tried:
    part, file, mutant = item
    folder, known = folders.pop(), covered[item[0]]
    try:
        (folder / file).write_text(mutant.text, "utf-8")
        chosen = known.of(file, mutant)
        (folder / "chosen.txt").write_text("\n".join(chosen), "utf-8")
        passed, _ = run_tests(folder, part, known.patience, {"ONLY_TESTS": str(folder / "chosen.txt")})
    finally:
        shutil.copy(ROOT / file, folder / file)
        folders.append(folder)
    name = f"{file}:{mutant.line}: {mutant.before[:70]} -> {mutant.after[:70]}".replace("\n", " ")
    print("lives  " if passed else "noticed", f"{len(chosen)} tests", name, flush=True)
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
