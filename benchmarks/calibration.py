"""Where the cuts of the comparison lie, and how far copies and strangers are from them.

    python -m benchmarks.calibration [--table] [--pairs 200] [--processes 2]

Prints every cut of ``similarity/cuts`` with what was measured on either side and the margin between them, then measures
the cuts of the closer look anew, on pages made for it (``benchmarks/pages``); with ``--table`` it measures nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from benchmarks.pages_and_graphics import Compared, copied, different
from pdpo_audit.similarity.cuts import CUTS, Cut

#: Seeds of the pairs: others than ``pages_and_graphics`` takes.
_FIRST = 1_000_000
#: What the evidence says of the closer look, by the cut that it is held against.
_MEASURED = {"other_strokes": "stroke_difference", "other_area": "region_difference"}


def line(one: Cut) -> str:
    """A cut, as it is printed."""
    sides = ["not measured" if side is None else f"{side[0]:g} to {side[1]:g}" for side in (one.copies, one.strangers)]
    margin = "" if one.margin is None else f"{one.margin:+.2f}"
    told = f"copies {sides[0]}; strangers {sides[1]} ({one.unit}; {one.corpus}, {one.measured})"
    return f"{one.name:22s} {one.value:<8g} {margin:>7s}  {told}"


def _measure(found: Sequence[Compared]) -> None:
    for name, key in _MEASURED.items():
        sides: dict[str, list[float]] = {"copy": [], "different": []}
        for one in found:
            if key in one.pair.evidence and one.rule != "too small to tell":
                sides[one.sort].append(float(one.pair.evidence[key]))
        if not sides["copy"] or not sides["different"]:
            continue
        most, least = max(sides["copy"]), min(sides["different"])
        print(
            f"{name}: {len(sides['copy'])} copies up to {most:.3f}, {len(sides['different'])} others from {least:.3f},"
        )
        print(f"    cut at {CUTS[name].value:g}, margin {(least - most) / CUTS[name].value:+.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=200, help="pages of either sort")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--table", action="store_true", help="the cuts alone: nothing is measured")
    chosen = parser.parse_args()
    for one in CUTS.values():
        print(line(one))
    if chosen.table:
        return
    seeds = range(_FIRST, _FIRST + chosen.pairs)
    with ProcessPoolExecutor(chosen.processes) as pool:
        made = [*pool.map(different, seeds, chunksize=4), *pool.map(copied, seeds, chunksize=4)]
    _measure([one for one in made if one is not None])


if __name__ == "__main__":
    main()
