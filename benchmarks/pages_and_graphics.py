"""Pages that differ in something readable, and copies of pages as offices make them: what is told apart, what is found.

    python benchmarks/pages_and_graphics.py [--different 300] [--copies 300] [--first 0] [--processes 2]
                                            [--graphics FOLDER]

Pages are made (``benchmarks/pages``), no two from one layout and seed, in English and Chinese, with the type that
``fc-list`` knows. With ``--graphics`` pairs of different pictures of a folder are compared too: those of one kind,
whose names begin alike and end in numbers. Rates are shares of one run.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from random import Random

from benchmarks.duplicates_recall import LIMITS, collect, examine
from benchmarks.duplicates_recall import Row as File
from benchmarks.pages.changes import CHANGES
from benchmarks.pages.copying import copies, jpeg, png, scanned
from benchmarks.pages.drawing import Page, draw
from benchmarks.pages.templates import TEMPLATES
from benchmarks.pages.wording import Language
from pdpo_audit.model.clusters import VerifiedPair
from pdpo_audit.similarity.comparison.pictures import Pictures
from pdpo_audit.similarity.verification import verify_pair
from pdpo_audit.workers.opening import Contents

#: Dots an inch, and the fewest at which a page is read.
_DOTS, _READ_AT = (100, 120, 150, 200, 300), 100
#: Share of pages in Chinese.
_CHINESE = 0.45
#: How the two sides of a different pair are coded.
_CODED = ("png and png", "png and jpeg", "jpeg and jpeg", "png and scan", "scan and scan", "png and turned scan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A pair that was compared: what it is (``different`` or ``copy``), how it was made, what came of it."""

    sort: str
    made: str
    right_names: frozenset[str]
    pair: VerifiedPair
    seconds: float

    @property
    def verdict(self) -> str:
        return self.pair.verdict.value

    @property
    def rule(self) -> str:
        return str(self.pair.evidence.get("rule", ""))


@cache
def fonts(language: str) -> tuple[str, ...]:
    """Type for a language, as path#face."""
    asked = ["fc-list", f":lang={language}:scalable=true", "file", "index"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    found = sorted(
        line.replace(": :index=", "#").strip()
        for line in lines
        if not any(word in line for word in ("Symbol", "Math", "opens", "Black", "ExtraLight"))
    )
    if not found:
        raise SystemExit(f"no type for {language}: install a font that fc-list knows")
    return tuple(found)


def page(seed: int) -> tuple[str, Page]:
    """A page of its own layout, type and wording."""
    drawn = Random(f"page {seed}")
    chinese = drawn.random() < _CHINESE
    type_ = fonts("zh-hk" if chinese else "en")
    if not chinese:
        type_ = tuple(one for one in type_ if one not in fonts("zh-hk"))
    words = Language(chinese=chinese, body=drawn.choice(type_), heading=drawn.choice(type_))
    kind = drawn.choice(sorted(TEMPLATES))
    return f"{kind}{' zh' if chinese else ''}", TEMPLATES[kind](drawn, words)


def different(seed: int) -> Compared | None:
    """Two pages that differ in a character or more; ``None`` where the change does not show."""
    kind, one = page(seed)
    drawn = Random(f"different {seed}")
    change, dots, coded = drawn.choice(sorted(CHANGES)), drawn.choice(_DOTS), drawn.choice(_CODED)
    first, second = draw(one, dots), draw(CHANGES[change](drawn, one), dots)
    if first.tobytes() == second.tobytes():
        return None
    noise, quality = partial(drawn.uniform, 2, 9), partial(drawn.randint, 50, 95)
    if coded.startswith("scan"):
        left = jpeg(scanned(drawn, first, noise=noise()), quality())
    else:
        left = jpeg(first, quality()) if coded.startswith("jpeg") else png(first)
    if coded.endswith("scan"):
        skew = drawn.uniform(-2, 2) if "turned" in coded else 0.0
        right = jpeg(scanned(drawn, second, skew=skew, noise=noise()), quality())
    else:
        right = jpeg(second, quality()) if coded.endswith("jpeg") else png(second)
    return _compared("different", f"{kind}, {change.split()[0]}, {dots} dpi, {coded}", (left, right), frozenset())


def copied(seed: int) -> Compared | None:
    """A page and a copy of it."""
    kind, one = page(seed)
    drawn = Random(f"copy {seed}")
    dots = drawn.choice(_DOTS)
    first = draw(one, dots)
    made = copies(drawn, first, min(1.0, _READ_AT / dots))
    name = drawn.choice([one for one in sorted(made) if dots > _READ_AT or not one.startswith("resized")])
    copy = made[name]()
    return _compared("copy", f"{name}: {kind}, {dots} dpi", (png(first), copy.content), copy.relations)


def _compared(sort: str, made: str, contents: Sequence[bytes], names: frozenset[str]) -> Compared:
    with tempfile.TemporaryDirectory() as folder:
        for place, content in enumerate(contents):
            (Path(folder) / f"{place}.img").write_bytes(content)
        pair, seconds = compare(Path(folder), ["0.img", "1.img"])
    return Compared(sort=sort, made=made, right_names=names, pair=pair, seconds=seconds)


def compare(folder: Path, names: Sequence[str]) -> tuple[VerifiedPair, float]:
    """Two files of a folder, compared as a scan does; and the seconds of processor time."""
    rows = [File(file=name, source=name, transformation="original", relations=frozenset()) for name in names]
    sides = collect(folder, [(row, examine(folder, True, row.file)) for row in rows]).sides
    bytes_ = Contents(LIMITS)
    began = time.process_time()
    pair = verify_pair(sides[1], sides[2], Pictures(LIMITS, lambda side: bytes_.read(side.places, side.sha256)))
    return pair, time.process_time() - began


def graphic(folder: Path, names: tuple[str, str]) -> Compared:
    """Two different graphics of a folder."""
    pair, seconds = compare(folder, names)
    return Compared(sort="graphics", made=" and ".join(names), right_names=frozenset(), pair=pair, seconds=seconds)


def _report(found: Sequence[Compared]) -> None:
    apart = [one for one in found if one.sort != "copy"]
    for sort in ("different", "graphics"):
        some = [one for one in apart if one.sort == sort]
        wrong = [one for one in some if one.verdict == "duplicate"]
        print(f"{sort}: {len(some)} pairs, {len(wrong)} taken for copies; by rule: {Counter(one.rule for one in some)}")
        for one in wrong:
            print("   ", one.made, one.pair.evidence)
    made = [one for one in found if one.sort == "copy"]
    hit = [one for one in made if one.verdict == "duplicate"]
    named = [one for one in hit if one.pair.relation and one.pair.relation.value in one.right_names]
    small = [one for one in made if one.rule == "too small to tell"]
    print(f"copies: {len(made)}, found {_percent(len(hit), len(made))}, of these named rightly", end=" ")
    print(f"{_percent(len(named), len(hit))}, too small to tell {_percent(len(small), len(made))}")
    for one in made:
        if one not in hit:
            print("    missed", one.made, one.rule, one.pair.evidence)
    print(
        "named otherwise:", Counter((one.made.split(":")[0], str(one.pair.relation)) for one in hit if one not in named)
    )
    print(f"{1000 * sum(one.seconds for one in found) / max(1, len(found)):.0f} ms a pair")


def _percent(count: int, of: int) -> str:
    return f"{100 * count / max(1, of):.1f} %"


def _pairs(folder: Path) -> Iterable[tuple[str, str]]:
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.stem[-1:].isdigit())
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(Path(name).stem.rstrip("0123456789"), []).append(name)
    for alike in kinds.values():
        yield from combinations(alike, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--different", type=int, default=300)
    parser.add_argument("--copies", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--graphics", type=Path)
    chosen = parser.parse_args()
    jobs: list[Callable[[], Compared | None]] = []
    jobs += [partial(different, chosen.first + place) for place in range(chosen.different)]
    jobs += [partial(copied, chosen.first + place) for place in range(chosen.copies)]
    if chosen.graphics:
        jobs += [partial(graphic, chosen.graphics, names) for names in _pairs(chosen.graphics)]
    with ProcessPoolExecutor(chosen.processes) as pool:
        _report([one for one in pool.map(_run, jobs, chunksize=4) if one is not None])


def _run(job: Callable[[], Compared | None]) -> Compared | None:
    return job()


if __name__ == "__main__":
    main()
