"""Could what the text pass reads of digits tell two pages apart? Measured on made pages: differing pairs and copies.

    python benchmarks/page_digits.py [--different 60] [--copies 120] [--first 0]

A vote would be: both pages have five lines that were read surely, and the groups of digits in such lines differ. It
would be worth having with no copy wrong; the answer stands in docs/text.md.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from random import Random

import numpy as np
from numpy.typing import NDArray

from benchmarks.pages.changes import CHANGES
from benchmarks.pages.copying import copies, jpeg, png
from benchmarks.pages.drawing import draw
from benchmarks.pages_and_graphics import page
from pdpo_audit.imaging import Limits, load_upright
from pdpo_audit.sampling.intervals import wilson
from pdpo_audit.text.engines.opening import TextSpec, open_engine

_DOTS, _SURE, _LINES = 150, 0.9, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--different", type=int, default=60)
    parser.add_argument("--copies", type=int, default=120)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    told = parser.parse_args()
    engine = open_engine(TextSpec())

    def digits(content: bytes) -> Counter[str] | None:
        """The groups of digits in lines that were read surely; nothing where such lines are too few."""
        pixels: NDArray[np.uint8] = load_upright(content, max_side=None, limits=Limits())
        sure = [line.text for line in engine.read(pixels) if line.score > _SURE]
        return Counter(re.findall(r"\d+", " ".join(sure))) if len(sure) >= _LINES else None

    for sort, pairs in (
        ("different", _different(told.first, told.different)),
        ("copies", _copies(told.first, told.copies)),
    ):
        apart, of, wrong = 0, 0, Counter[str]()
        for made, one, other in pairs:
            left, right = digits(one), digits(other)
            if left is not None and right is not None:
                of += 1
                apart += left != right
                wrong[made] += left != right
        if of:
            found = wilson(apart / of, of)
            print(f"{sort}: {apart} of {of} pairs told apart [{found.low:.3f}-{found.high:.3f}]; {+wrong}", flush=True)


def _different(first: int, count: int) -> Iterator[tuple[str, bytes, bytes]]:
    for seed in range(first, first + count):
        _, one = page(seed)
        drawn = Random(f"digits {seed}")
        change = drawn.choice(sorted(CHANGES))
        old, new = draw(one, _DOTS), draw(CHANGES[change](drawn, one), _DOTS)
        if old.tobytes() != new.tobytes():
            yield change, png(old), jpeg(new, 90)


def _copies(first: int, count: int) -> Iterator[tuple[str, bytes, bytes]]:
    for seed in range(first, first + count):
        _, one = page(seed)
        drawn = Random(f"digits {seed}")
        old = draw(one, _DOTS)
        made = copies(drawn, old, 100 / _DOTS)
        name = drawn.choice(sorted(made))
        yield name, png(old), partial(made[name])().content


if __name__ == "__main__":
    main()
