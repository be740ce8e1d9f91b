"""The report's charts as vector SVG: same bytes for same numbers, readable in grey, each with words beside it."""

from __future__ import annotations

import io
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart; ``text`` says in words what it shows, for those who cannot see it."""

    title: str
    text: str
    svg: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row of bars: its name in the legend and a value for each category."""

    name: str
    values: Sequence[float]


def bars(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    stacked: bool = False,
    unit: str = "{:,.0f}",
    width_mm: float = 84,
    salt: str = "chart",
) -> Chart:
    """Horizontal bars, one group a category, values written at their ends; ``salt`` names the chart in its SVG."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    names = [_short(name) for name in categories]
    lanes = 1 if stacked else max(1, len(series))
    height_mm = 3 + len(names) * (2.0 + 3.0 * lanes) + (7 if len(series) > 1 else 0)
    with rc_context(cast(Any, _settings(salt))), warnings.catch_warnings():
        # Measured with a font without Chinese glyphs, drawn by the page's renderer with one that has them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        figure = Figure(figsize=(width_mm / _INCH, height_mm / _INCH))
        FigureCanvasSVG(figure)
        left = min(0.55, (max(map(_width_mm, names), default=0) + 2) / width_mm)
        foot = (8 if len(series) > 1 else 1) / height_mm
        axes = figure.add_axes((left, foot, 0.99 - left, 1 - foot - 1 / height_mm))
        _draw(axes, names, series, stacked=stacked, unit=unit)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return Chart(title=title, text=_words(title, categories, series, unit), svg=_fonts(stream.getvalue()))


def _width_mm(text: str, points: float = 7) -> float:
    """About how wide a label is: Chinese characters are one em, Latin ones a little over half."""
    ems = sum(1.0 if ord(char) > 0x2E7F else 0.56 for char in text)
    return ems * points * _INCH / 72


def _settings(salt: str) -> dict[str, Any]:
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


def _draw(axes: Axes, categories: Sequence[str], series: Sequence[Series], *, stacked: bool, unit: str) -> None:
    lanes = 1 if stacked else max(1, len(series))
    thick = 0.78 / lanes
    left = [0.0] * len(categories)
    for place, one in enumerate(series):
        middle = [row + (0 if stacked else (place - (lanes - 1) / 2) * thick) for row in range(len(categories))]
        drawn = axes.barh(
            middle, one.values, thick * 0.94, left=left if stacked else None, color=TONES[place % 4], edgecolor=INK,
            linewidth=0.4, label=one.name,
        )  # fmt: skip
        if stacked:
            left = [done + value for done, value in zip(left, one.values, strict=True)]
        else:
            axes.bar_label(drawn, [unit.format(value) for value in one.values], padding=2, fontsize=6.5)
    if stacked:
        for row, total in enumerate(left):
            axes.annotate(
                unit.format(total), (total, row), (2, 0), textcoords="offset points", va="center", fontsize=6.5
            )
    _frame(axes, categories, len(series))


def _frame(axes: Axes, categories: Sequence[str], series: int) -> None:
    """No grid, no box: names on the left, bars from the top, room for the numbers on the right."""
    axes.set_yticks(range(len(categories)), categories)
    axes.set_ylim(len(categories) - 0.5, -0.5)
    axes.set_xlim(0, max(axes.get_xlim()[1], 1) * 1.16)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    if series > 1:
        axes.figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=series, frameon=False,
                           fontsize=6.5, handlelength=1.2, columnspacing=1.0)  # fmt: skip


def _short(name: str, longest: int = 34) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def _words(title: str, categories: Sequence[str], series: Sequence[Series], unit: str) -> str:
    """The chart in words: every category with its values."""
    parts = []
    for row, category in enumerate(categories):
        values = ", ".join(
            f"{one.name} {unit.format(one.values[row])}" if len(series) > 1 else unit.format(one.values[row])
            for one in series
        )
        parts.append(f"{category}: {values}")
    return f"{title}. {'; '.join(parts)}."


def _fonts(svg: str) -> bytes:
    """The drawing in the page's font instead of the one it was measured with."""
    return svg.replace("font-family: 'DejaVu Sans'", f"font-family: {FONTS}").encode()
