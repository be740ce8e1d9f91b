"""Many pages of one look: forms of one template with few entries filled in anew, chats of one telephone, letters of
one office."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from random import Random

from PIL import Image

from benchmarks.pages.drawing import Page, draw
from benchmarks.pages.templates import chat, form, letter
from benchmarks.pages.wording import Language, amount, date, name, number

#: Entries of a form that are filled in anew, and dots an inch of a sheet and of a telephone.
_ENTRIES, _SHEET, _SCREEN = 4, 150.0, 200.0


@cache
def _type() -> str:
    """Type for English, as ``fc-list`` knows it."""
    asked = ["fc-list", ":lang=en:scalable=true:style=Regular", "file"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    found = sorted(line.rstrip(": ") for line in lines if "Sans" in line and "Mono" not in line)
    if not found:
        raise SystemExit("no sans serif type: install one that fc-list knows")
    return found[0]


def _words() -> Language:
    return Language(chinese=False, body=_type(), heading=_type())


def filled_form(place: int, seed: int) -> Image.Image:
    """The form of a seed with a few of its entries filled in anew."""
    blank, drawn = form(Random(f"form {seed}"), _words()), Random(f"form {seed} {place}")
    entries = [at for at, mark in enumerate(blank.marks) if mark.content and mark.kind == "text"][:_ENTRIES]
    marks = list(blank.marks)
    for at in entries:
        said = drawn.choice((partial(name, drawn, _words()), partial(number, drawn, 8), partial(date, drawn)))()
        marks[at] = replace(marks[at], text=f"{said} {amount(drawn)}")
    return draw(replace(blank, marks=tuple(marks)), _SHEET)


def _written(made: Callable[[Random, Language, Random], Page], dots: float, place: int, seed: int) -> Image.Image:
    """A page of its own wording in the look of a seed."""
    what = made.__name__
    return draw(made(Random(f"{what} {seed} {place}"), _words(), Random(f"{what} {seed}")), dots)


#: What makes the page of a place in a series, by the name of the series.
SERIES: dict[str, Callable[[int, int], Image.Image]] = {
    "forms": filled_form,
    "chats": partial(_written, chat, _SCREEN),
    "letters": partial(_written, letter, _SHEET),
}


def write_series(folder: Path, what: str, count: int, *, first: int = 0, seed: int = 1) -> None:
    """The pages of a series as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(first, first + count):
        SERIES[what](place, seed).save(folder / f"{what}{place:05}.png")
