"""What a line says: a strip of 48 pixels height through a network, its answers decoded greedily (CTC).

A line is shown in batches with lines of its own width only: what it reads does not depend on what else was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np

from pdpo_audit.networks.running import Floats, open_network
from pdpo_audit.text.engines.arrays import Pixels

#: Height of every strip, and the widths that it may have: multiples of the step, at most the longest.
HEIGHT, _STEP, _LONGEST = 48, 64, 2048
_BATCH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a strip says, and the mean score of its characters, 0 to 1; 0 where it says nothing."""

    text: str = field(repr=False)
    score: float


class Recognition:
    """The loaded network and its characters."""

    def __init__(self, weights: Path, characters: Path) -> None:
        self._run = open_network(weights, ("fetch_name_0",))
        #: The first answer means "nothing", the last one a blank.
        self._characters = ("", *characters.read_text("utf-8").split("\n")[:-1], " ")

    def read(self, strips: Sequence[Pixels]) -> list[Said]:
        """What each strip (48 pixels high, RGB) says."""
        said: dict[int, Said] = {}
        order = sorted(range(len(strips)), key=lambda place: (_padded(strips[place]), place))
        for width, places in groupby(order, key=lambda place: _padded(strips[place])):
            same = list(places)
            for start in range(0, len(same), _BATCH):
                part = same[start : start + _BATCH]
                (answers,) = self._run(np.stack([_prepared(strips[place], width) for place in part]))
                said.update(zip(part, map(self._decoded, answers), strict=True))
        return [said[place] for place in range(len(strips))]

    def _decoded(self, answers: Floats) -> Said:
        best = answers.argmax(axis=1)
        kept = np.flatnonzero((best != 0) & (best != np.concatenate([[-1], best[:-1]])))
        score = float(answers[kept, best[kept]].mean()) if len(kept) else 0.0
        return Said(text="".join(self._characters[one] for one in best[kept]), score=score)


def _padded(strip: Pixels) -> int:
    return int(min(_LONGEST, -(-strip.shape[1] // _STEP) * _STEP))


def _prepared(strip: Pixels, width: int) -> Floats:
    shown = np.zeros((3, HEIGHT, width), np.float32)
    part = strip[:, :width, ::-1].astype(np.float32) / 127.5 - 1
    shown[:, :, : part.shape[1]] = part.transpose(2, 0, 1)
    return shown
