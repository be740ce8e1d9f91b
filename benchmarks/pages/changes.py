"""What makes another page of a page: one character, a name, a tick, or more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.pages.drawing import Mark, Page, of_content
from benchmarks.pages.wording import other_character


def _with(page: Page, changed: dict[int, Mark]) -> Page:
    return replace(page, marks=tuple(changed.get(place, mark) for place, mark in enumerate(page.marks)))


def _retyped(draw: Random, mark: Mark, count: int) -> Mark:
    places = [place for place, one in enumerate(mark.text) if other_character(Random(0), one) != one]
    text = list(mark.text)
    for place in draw.sample(places, min(count, len(places))):
        text[place] = other_character(draw, text[place])
    return replace(mark, text="".join(text))


def _texts(page: Page) -> list[int]:
    return [place for place in of_content(page) if page.marks[place].kind == "text"]


def one_character(draw: Random, page: Page) -> Page:
    """One letter, digit or Chinese character is another one."""
    place = draw.choice(_texts(page))
    return _with(page, {place: _retyped(draw, page.marks[place], 1)})


def one_entry(draw: Random, page: Page) -> Page:
    """One line, name or figure is another one."""
    place = draw.choice(_texts(page))
    return _with(page, {place: _retyped(draw, page.marks[place], 99)})


def one_tick(draw: Random, page: Page) -> Page:
    """Another box is ticked, or one more."""
    ticks = [place for place in of_content(page) if page.marks[place].kind in ("tick", "cross")]
    if not ticks:
        return one_character(draw, page)
    place = draw.choice(ticks)
    other = "off" if page.marks[place].text == "on" else "on"
    changed = {place: replace(page.marks[place], text=other)}
    if draw.random() < 0.5:
        second = draw.choice(ticks)
        changed.setdefault(second, replace(page.marks[second], text="off" if page.marks[second].text == "on" else "on"))
    return _with(page, changed)


def half(draw: Random, page: Page) -> Page:
    """Half of the content is other content."""
    texts = _texts(page)
    some = draw.sample(texts, max(1, len(texts) // 2))
    return _with(page, {place: _retyped(draw, page.marks[place], 99) for place in some})


def everything(draw: Random, page: Page) -> Page:
    """The same layout with other content throughout."""
    return _with(page, {place: _retyped(draw, page.marks[place], 99) for place in _texts(page)})


#: The changes, by name; the smallest is drawn most often.
CHANGES: dict[str, Callable[[Random, Page], Page]] = {
    "character": one_character,
    "character again": one_character,
    "tick": one_tick,
    "entry": one_entry,
    "half": half,
    "everything": everything,
}
