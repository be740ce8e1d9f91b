"""The report's charts as vector SVG: same bytes for same numbers, readable in grey, each with words beside it."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Dark to light: the steps of lightness alone tell the series apart, in grey print and to every kind of colour vision.
TONES = ("#16324a", "#c8741a", "#9dbdd0", "#eef2f4")
INK = "#1c2b36"
FONTS = "Noto Sans CJK HK"
#: Points per inch of the SVG; sizes are given in millimetres of the page.
_INCH = 25.4
WIDTH_MM = 84.0
#: Room of a label on the left, of a line of labels, and of the legend; only a name of more lines than these is cut.
_LABEL_MM, _LINE_MM, _LEGEND_MM, _MOST_LINES = 40.0, 2.9, 7.0, 4
#: Where a label may be broken: after a word, and after each Chinese character.
_WORDS = re.compile(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart; ``text`` says in words what it shows, for those who cannot see it."""

    title: str
    text: str
    svg: bytes
    height_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row of bars: its name in the legend and a value for each category."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Horizontal bars before they are drawn, one group a category; ``salt`` names the chart in its SVG."""

    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    stacked: bool = False
    unit: str = "{:,.0f}"
    salt: str = "chart"

    @property
    def names(self) -> list[str]:
        """The categories, long ones over several lines."""
        return [wrapped(name) for name in self.categories]

    @property
    def lanes(self) -> int:
        """Bars of one category that stand below each other."""
        return 1 if self.stacked else max(1, len(self.series))

    def height_mm(self, squeeze: float = 1.0) -> float:
        """How high it is drawn; ``squeeze`` below 1 makes bars thinner and never cuts a label."""
        lines = max((name.count("\n") + 1 for name in self.names), default=1)
        row = max((2.0 + 3.0 * self.lanes) * squeeze, 0.8 + _LINE_MM * lines, 0.6 + _LINE_MM * self.lanes)
        return 3 + len(self.names) * row + (_LEGEND_MM if len(self.series) > 1 else 0)


def draw_bars(bars: Bars, squeeze: float = 1.0) -> Chart:
    """The chart, its values written at the ends of the bars."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    names, height = bars.names, bars.height_mm(squeeze)
    with rc_context(cast(Any, drawn_in(bars.salt))), warnings.catch_warnings():
        # Measured with a font without Chinese glyphs, drawn by the page's renderer with one that has them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        figure = Figure(figsize=(WIDTH_MM / _INCH, height / _INCH))
        FigureCanvasSVG(figure)
        longest = max((_width_mm(line) for name in names for line in name.split("\n")), default=0.0)
        left = (longest + 2) / WIDTH_MM
        foot = (_LEGEND_MM + 1 if len(bars.series) > 1 else 1) / height
        axes = figure.add_axes((left, foot, 0.99 - left, 1 - foot - 1 / height))
        _draw(axes, names, bars, room_mm=(0.99 - left) * WIDTH_MM)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    words = _words(bars.title, bars.categories, bars.series, bars.unit)
    return Chart(title=bars.title, text=words, svg=in_page_font(stream.getvalue()), height_mm=height)


def wrapped(name: str) -> str:
    """A label over as many lines as it needs, broken between words where that is possible.

    A name of more than ``_MOST_LINES`` lines ends with a sign, and stands whole in the tables.
    """
    lines = [""]
    for word in _WORDS.findall(name):
        if lines[-1] and _width_mm(lines[-1] + word.rstrip()) > _LABEL_MM:
            lines.append("")
        while _width_mm(lines[-1] + word.rstrip()) > _LABEL_MM:
            fits = next(end for end in range(len(word), 0, -1) if _width_mm(word[:end]) <= _LABEL_MM)
            lines[-1], word = word[:fits], word[fits:]
            lines.append("")
        lines[-1] += word
    shown = [line.strip() for line in lines if line.strip()]
    if len(shown) > _MOST_LINES:
        shown = [*shown[: _MOST_LINES - 1], f"{shown[_MOST_LINES - 1][:-1]}…"]
    return "\n".join(shown)


def _width_mm(text: str, points: float = 7) -> float:
    """About how wide a label is: Chinese characters are one em, Latin ones a little over half."""
    ems = sum(1.0 if ord(char) > 0x2E7F else 0.58 for char in text)
    return ems * points * _INCH / 72


def drawn_in(salt: str) -> dict[str, Any]:
    """The drawing library's settings for one chart."""
    return {
        "svg.hashsalt": salt,
        "svg.fonttype": "none",
        "font.family": ["DejaVu Sans"],
        "font.size": 7,
        # A source named "$x$" is a name, not a formula.
        "text.parse_math": False,
        "axes.edgecolor": INK,
        "text.color": INK,
    }


def _draw(axes: Axes, names: Sequence[str], bars: Bars, *, room_mm: float) -> None:
    thick = 0.78 / bars.lanes
    left = [0.0] * len(names)
    for place, one in enumerate(bars.series):
        middle = [row + (0 if bars.stacked else (place - (bars.lanes - 1) / 2) * thick) for row in range(len(names))]
        drawn = axes.barh(
            middle, one.values, thick * 0.94, left=left if bars.stacked else None, color=TONES[place % 4],
            edgecolor=INK, linewidth=0.4, label=one.name,
        )  # fmt: skip
        if bars.stacked:
            left = [done + value for done, value in zip(left, one.values, strict=True)]
        else:
            axes.bar_label(drawn, [bars.unit.format(value) for value in one.values], padding=2, fontsize=6.5)
    if bars.stacked:
        for row, total in enumerate(left):
            axes.annotate(
                bars.unit.format(total), (total, row), (2, 0), textcoords="offset points", va="center", fontsize=6.5
            )
    ends = left if bars.stacked else [value for one in bars.series for value in one.values]
    written = max((_width_mm(bars.unit.format(end), 6.5) for end in ends), default=0.0) + 2.5
    _frame(axes, names, len(bars.series), longest=max(ends, default=0), share=max(0.2, 1 - written / room_mm))


def _frame(axes: Axes, names: Sequence[str], series: int, *, longest: float, share: float) -> None:
    """No grid, no box: names on the left, bars from the top over a ``share`` of the width, numbers on the right."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, max(longest, 1e-9 if longest else 1) / share)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    if series > 1:
        axes.figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=series, frameon=False,
                           fontsize=6.5, handlelength=1.2, columnspacing=1.0)  # fmt: skip


def _words(title: str, categories: Sequence[str], series: Sequence[Series], unit: str) -> str:
    """The chart in words: every category with its values."""
    parts = []
    for row, category in enumerate(categories):
        values = ", ".join(
            f"{one.name} {unit.format(one.values[row])}" if len(series) > 1 else unit.format(one.values[row])
            for one in series
        )
        parts.append((category, values))
    return described(title, parts)


def described(title: str, parts: Sequence[tuple[str, str]]) -> str:
    """A chart in words: its title, and each name with its value."""
    return f"{title}. {'; '.join(f'{name}: {value}' for name, value in parts)}."


def in_page_font(svg: str) -> bytes:
    """The drawing in the page's font instead of the one it was measured with."""
    return svg.replace("font-family: 'DejaVu Sans'", f"font-family: {FONTS}").encode()
