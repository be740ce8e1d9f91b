"""Pages of many kinds, each with a layout, type and wording of its own: letters, forms, tables, chats, cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from benchmarks.pages.drawing import Colour, Mark, Page, text_width
from benchmarks.pages.wording import Language, amount, date, name, number, sentence, term

#: A4 and a card (ISO 7810 ID-1 at twice its size), in points.
_A4, _CARD = (595.0, 842.0), (486.0, 306.0)
_INKS: tuple[Colour, ...] = ((0, 0, 0), (20, 20, 20), (25, 30, 90), (60, 60, 60))
_PAPERS: tuple[Colour, ...] = ((255, 255, 255), (255, 255, 255), (252, 250, 244), (244, 247, 252), (250, 252, 246))
_ACCENTS: tuple[Colour, ...] = (
    (30, 80, 160),
    (150, 30, 40),
    (20, 110, 70),
    (90, 60, 130),
    (200, 110, 20),
    (40, 40, 40),
)


def _text(x: float, y: float, text: str, font: str, size: float, colour: Colour, *, content: bool = True) -> Mark:
    return Mark(kind="text", box=(x, y, x, y), text=text, font=font, size=size, colour=colour, content=content)


def _rule(box: tuple[float, float, float, float], colour: Colour, width: float) -> Mark:
    return Mark(kind="line", box=box, colour=colour, width=width)


def _head(draw: Random, words: Language, width: float) -> Iterator[Mark]:
    accent = draw.choice(_ACCENTS)
    match draw.randrange(4):
        case 0:
            yield Mark(kind="panel", box=(0, 0, width, 60), size=0, fill=accent)
            yield _text(40, 18, term(draw, words, 3), words.heading, 18, (255, 255, 255), content=False)
        case 1:
            yield Mark(kind="disc", box=(40, 26, 84, 70), fill=accent)
            yield _text(96, 34, term(draw, words, 3), words.heading, 16, accent, content=False)
        case 2:
            yield _text(width * 0.3, 34, term(draw, words, 2), words.heading, 20, (0, 0, 0), content=False)
            yield _rule((40, 66, width - 40, 66), accent, 1.5)
        case _:
            yield _text(draw.uniform(40, 200), 30, term(draw, words, 3), words.heading, 15, (0, 0, 0), content=False)


def _fits(font: str, size: float, room: float, line: str) -> bool:
    return text_width(font, size, line) < room


def letter(draw: Random, words: Language, layout: Random | None = None) -> Page:
    """Running text, with an address, a date and an amount; ``layout`` draws letterhead, type and margins."""
    layout = layout or draw
    size, ink, left = layout.uniform(9.0, 12.5), layout.choice(_INKS), layout.uniform(45, 90)
    pitch, width = size * layout.uniform(1.35, 1.9), _A4[0] - left - layout.uniform(45, 90)
    paper, marks = layout.choice(_PAPERS), list(_head(layout, words, _A4[0]))
    y = 100.0
    for line in (date(draw), name(draw, words), f"{term(draw, words, 1)} {number(draw, 6)}"):
        marks.append(_text(left, y, line, words.body, size, ink))
        y += pitch
    y += pitch
    while y < _A4[1] - draw.uniform(80, 360):
        for _ in range(draw.randint(2, 6)):
            text = sentence(draw, words, partial(_fits, words.body, size, width))
            marks.append(_text(left, y, text, words.body, size, ink))
            y += pitch
        y += pitch * 0.6
    marks.append(_text(left, y, f"{term(draw, words, 1)}: {amount(draw)}", words.body, size, ink))
    marks.append(_text(left, y + 3 * pitch, name(draw, words), words.body, size, ink))
    return Page(size=_A4, ground=paper, marks=tuple(marks))


def form(draw: Random, words: Language) -> Page:
    """Labelled fields, filled in, and boxes of which some are ticked."""
    size, ink, accent = draw.uniform(9.0, 12.0), draw.choice(_INKS), draw.choice(_ACCENTS)
    rows, left = draw.randint(8, 18), draw.uniform(36, 70)
    pitch, start = draw.uniform(30, 38), draw.uniform(190, 270)
    marks, y = list(_head(draw, words, _A4[0])), 100.0
    boxed = draw.random() < 0.5
    for row in range(rows):
        if y > _A4[1] - 60:
            break
        marks.append(_text(left, y, term(draw, words, draw.randint(1, 2)), words.body, size, accent, content=False))
        if row % 4 == 3:
            marks += _choices(draw, words, start, y, size, ink)
        else:
            box = start, y - 4, _A4[0] - left, y + size + 7
            marks.append(
                Mark(kind="box", box=box, colour=accent, width=0.7)
                if boxed
                else _rule((box[0], box[3], box[2], box[3]), accent, 0.6)
            )
            marks.append(_text(start + 6, y, _entry(draw, words), words.body, size, ink))
        y += pitch
    return Page(size=_A4, ground=draw.choice(_PAPERS), marks=tuple(marks))


def _choices(draw: Random, words: Language, x: float, y: float, size: float, ink: Colour) -> Iterator[Mark]:
    chosen, mark = draw.randrange(3), draw.choice(("tick", "cross"))
    for place in range(3):
        left = x + place * 95
        yield Mark(kind="box", box=(left, y, left + size, y + size), colour=ink, width=0.8)
        yield Mark(
            kind=mark,
            box=(left + 1.5, y + 1.5, left + size - 1.5, y + size - 1.5),
            colour=ink,
            width=1.1,
            content=True,
            text="on" if place == chosen else "off",
        )
        yield _text(left + size + 5, y - 1, term(draw, words, 1), words.body, size, ink, content=False)


def _entry(draw: Random, words: Language) -> str:
    return draw.choice((name(draw, words), number(draw, 8), date(draw), amount(draw), term(draw, words, 2)))


def table(draw: Random, words: Language) -> Page:
    """Rows of names and figures, ruled or striped."""
    size, ink, accent = draw.uniform(8.5, 11.5), draw.choice(_INKS), draw.choice(_ACCENTS)
    columns, left = draw.randint(3, 6), draw.uniform(30, 60)
    pitch, width = size * draw.uniform(1.6, 2.2), (_A4[0] - 2 * left)
    step, y = width / columns, 110.0
    marks = list(_head(draw, words, _A4[0]))
    striped, ruled = draw.random() < 0.5, draw.random() < 0.6
    for row in range(draw.randint(10, 30)):
        if y > _A4[1] - 50:
            break
        if striped and row % 2:
            marks.append(
                Mark(kind="panel", box=(left, y - 3, left + width, y + pitch - 3), size=0, fill=(232, 236, 242))
            )
        for column in range(columns):
            said = term(draw, words, 1) if row == 0 else name(draw, words) if column == 0 else amount(draw)
            marks.append(_text(left + 4 + column * step, y, said, words.body, size, ink, content=row > 0))
        if ruled:
            marks.append(_rule((left, y + pitch - 3, left + width, y + pitch - 3), accent, 0.5))
        y += pitch
    return Page(size=_A4, ground=draw.choice(_PAPERS), marks=tuple(marks))


def chat(draw: Random, words: Language, layout: Random | None = None) -> Page:
    """Messages in bubbles left and right, as a telephone shows them; ``layout`` draws the telephone's look."""
    layout = layout or draw
    width, height = layout.choice(((360.0, 760.0), (390.0, 820.0), (412.0, 700.0)))
    size, y = layout.uniform(11.5, 14.5), 74.0
    ground = layout.choice(((236, 229, 221), (255, 255, 255), (24, 28, 34), (240, 242, 245)))
    own = layout.choice(((220, 248, 198), (0, 120, 250), (200, 225, 255)))
    theirs = (255, 255, 255) if ground != (255, 255, 255) else (233, 233, 235)
    marks = [Mark(kind="panel", box=(0, 0, width, 56), size=0, fill=layout.choice(_ACCENTS))]
    marks.append(_text(60, 18, name(draw, words), words.body, 16, (255, 255, 255), content=False))
    while y < height - 80:
        fill = own if (mine := draw.random() < 0.5) else theirs
        ink = (255, 255, 255) if fill == (0, 120, 250) else (15, 15, 15)
        room = width * draw.uniform(0.35, 0.68)
        lines = [sentence(draw, words, partial(_fits, words.body, size, room)) for _ in range(draw.randint(1, 4))]
        wide = max(text_width(words.body, size, line) for line in lines) + 22
        left, tall = (width - wide - 14 if mine else 14), len(lines) * size * 1.4 + 22
        marks.append(Mark(kind="panel", box=(left, y, left + wide, y + tall), size=8, fill=fill))
        marks += [
            _text(left + 11, y + 7 + place * size * 1.4, line, words.body, size, ink)
            for place, line in enumerate(lines)
        ]
        at = f"{draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}"
        marks.append(_text(left + wide - 38, y + tall - 15, at, words.body, 10, (130, 130, 130), content=False))
        y += tall + draw.uniform(6, 14)
    return Page(size=(width, height), ground=ground, marks=tuple(marks))


def card(draw: Random, words: Language) -> Page:
    """A staff or member card: a drawn portrait, a few lines, a number."""
    accent, ink = draw.choice(_ACCENTS), draw.choice(_INKS)
    marks = [Mark(kind="panel", box=(0, 0, _CARD[0], 54), size=0, fill=accent)]
    marks.append(_text(22, 14, term(draw, words, 2), words.heading, 20, (255, 255, 255), content=False))
    tone = draw.choice(((205, 210, 220), (190, 205, 190), (220, 205, 195)))
    marks.append(Mark(kind="panel", box=(24, 76, 150, 236), size=4, fill=tone))
    marks.append(Mark(kind="disc", box=(57, 100, 117, 170), fill=(150, 120, 100)))
    marks.append(Mark(kind="panel", box=(40, 178, 134, 236), size=20, fill=draw.choice(_ACCENTS)))
    size = draw.uniform(13, 17)
    for place in range(draw.randint(3, 5)):
        y = 84 + place * (size + draw.choice((14, 16)))
        said = (name(draw, words), number(draw, 8), date(draw), term(draw, words, 2), number(draw, 5))[place]
        marks.append(_text(176, y, f"{term(draw, words, 1)}:", words.body, size, accent, content=False))
        marks.append(_text(278, y, said, words.body, size, ink))
    marks.append(_text(30, 262, number(draw, 12), words.body, 15, ink))
    return Page(size=_CARD, ground=draw.choice((*_PAPERS, (228, 236, 244))), marks=tuple(marks))


#: The kinds, by name.
TEMPLATES: dict[str, Callable[[Random, Language], Page]] = {
    "letter": letter,
    "form": form,
    "table": table,
    "chat": chat,
    "card": card,
}
