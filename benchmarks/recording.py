"""What a long run found, with commit, seed and the files it depends on: one JSON file for each script of ``soak``."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"

Figure = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One promise and what was measured of it: ``bar`` in words, ``met`` by figures."""

    what: str
    bar: str
    measured: Figure
    met: bool


@dataclass(slots=True, kw_only=True)
class Run:
    """A run under way: bars that are held and figures that are only told."""

    name: str
    seed: int
    bars: list[Bar] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)

    def at_most(self, what: str, measured: float, bound: float, unit: str = "") -> None:
        """Hold ``measured`` to an upper bound."""
        self._hold(Bar(what=what, bar=f"<= {bound:g} {unit}".strip(), measured=measured, met=measured <= bound))

    def at_least(self, what: str, measured: float, bound: float, unit: str = "") -> None:
        """Hold ``measured`` to a lower bound."""
        self._hold(Bar(what=what, bar=f">= {bound:g} {unit}".strip(), measured=measured, met=measured >= bound))

    def equal(self, what: str, measured: Figure, expected: Figure) -> None:
        """Hold ``measured`` to exactly what is expected."""
        self._hold(Bar(what=what, bar=f"= {expected}", measured=measured, met=measured == expected))

    def tell(self, what: str, measured: Figure) -> None:
        """Note a figure that nothing is promised of."""
        self.figures[what] = measured
        print(f"{what}: {measured}", flush=True)

    def _hold(self, bar: Bar) -> None:
        self.bars.append(bar)
        print(f"{'ok  ' if bar.met else 'MISS'} {bar.what}: {bar.measured} ({bar.bar})", flush=True)


@contextmanager
def recorded(name: str, seed: int, watched: Iterable[str], results: Path = RESULTS) -> Iterator[Run]:
    """A run whose result is written at its end, also when it missed a bar; one that broke off writes nothing.

    ``watched`` are patterns below the checkout: the files whose change makes the result out of date.

    :raises SystemExit: a bar was missed (1).
    """
    digests = digest_of(watched)
    commit, started, clock = _git("rev-parse", "HEAD"), datetime.now(UTC), time.monotonic()
    changed = sorted(set(_git("diff", "--name-only", "HEAD").splitlines()) & set(digests))
    run = Run(name=name, seed=seed)
    yield run
    document = {
        "name": name,
        "commit": commit,
        "changed": changed,
        "seed": seed,
        "arguments": sys.argv[1:],
        "started_at": started.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - clock, 1),
        "machine": {"cores": os.cpu_count() or 0, "python": platform.python_version(), "load": os.getloadavg()[0]},
        "bars": [asdict(bar) for bar in run.bars],
        "figures": run.figures,
        "watched": digests,
    }
    results.mkdir(exist_ok=True)
    (results / f"{name}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if missed := sum(not bar.met for bar in run.bars):
        raise SystemExit(f"{name}: {missed} of {len(run.bars)} bars missed")


def digest_of(watched: Iterable[str]) -> dict[str, str]:
    """SHA-256 of each file that the patterns name, by its path in the checkout.

    :raises FileNotFoundError: a pattern names nothing.
    """
    found: dict[str, str] = {}
    for pattern in watched:
        files = [path for path in sorted(ROOT.glob(pattern)) if path.is_file()]
        if not files:
            raise FileNotFoundError(f"nothing is named {pattern}")
        for path in files:
            found[path.relative_to(ROOT).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def changed_since(watched: dict[str, str], root: Path = ROOT) -> list[str]:
    """The watched files that are no longer what they were when the result was made."""

    def now(name: str) -> str:
        path = root / name
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "gone"

    return [name for name, digest in watched.items() if now(name) != digest]


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
