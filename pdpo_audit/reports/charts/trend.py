"""The trend over all reviews as small line charts, one a measure: time to the right, numbers upwards from zero."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from pdpo_audit.model.reviews.trends import Measure, Trend, TrendPoint
from pdpo_audit.reports.charts.figures import INK, TONES, WIDTH_MM, Chart, described, drawn_in, in_page_font
from pdpo_audit.reports.words.labels import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INCH = 25.4
HEIGHT_MM = 27.0
#: Values that are written beside their points: more would touch each other.
_LABELLED = 7


def draw_trend(trend: Trend, t: Wording) -> tuple[Chart, ...]:
    """A chart for each measure that two audits at least state; nothing before the second audit.

    Points stand at their day, so that a review held late stands late. Of many the newest are drawn. A point whose audit
    did not reach every source is hollow, and the line to it is broken: its number lacks that source.
    """
    return tuple(
        _draw(t, measure, known)
        for measure in Measure
        if len(known := [one for one in trend.shown if one.value(measure) is not None]) > 1
    )


def _unit(measure: Measure, values: Sequence[float]) -> str:
    return "{:,.2f}" if measure is Measure.COST and max(values) < 100 else "{:,.0f}"


def _draw(t: Wording, measure: Measure, points: Sequence[TrendPoint]) -> Chart:
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    title = str(t(f"trend.{measure.value}"))
    known = [(one.on, one.value(measure) or 0.0) for one in points]
    values = [value for _, value in known]
    unit = _unit(measure, values)
    with rc_context(cast(Any, drawn_in(f"trend {measure.value}"))), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        figure = Figure(figsize=(WIDTH_MM / _INCH, HEIGHT_MM / _INCH))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.07, 0.17, 0.85, 0.73))
        days = [date.fromisoformat(on[:10]).toordinal() for on, _ in known]
        _line(axes, days, values, [bool(one.missing) for one in points])
        _frame(axes, known, days, unit)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    lacking = [str(t("trend.lacking", n=one.missing)) if one.missing else "" for one in points]
    said = zip(known, lacking, strict=True)
    words = described(title, [(on, f"{unit.format(value)}{lack}") for (on, value), lack in said])
    return Chart(title=title, text=words, svg=in_page_font(stream.getvalue()), height_mm=HEIGHT_MM)


def _line(axes: Axes, days: Sequence[int], values: Sequence[float], lacking: Sequence[bool]) -> None:
    """The line, broken at hollow points: those of audits that lack a source."""
    whole = [math.nan if lack else value for value, lack in zip(values, lacking, strict=True)]
    axes.plot(days, whole, color=TONES[0], linewidth=1.2, marker="o", markersize=3.2, clip_on=False)
    axes.fill_between(days, whole, color=TONES[2], alpha=0.35, linewidth=0)
    hollow = [place for place, lack in enumerate(lacking) if lack]
    axes.plot(
        [days[place] for place in hollow], [values[place] for place in hollow], color=TONES[0], linestyle="none",
        marker="o", markersize=4.2, markerfacecolor="white", clip_on=False,
    )  # fmt: skip


def _frame(axes: Axes, known: Sequence[tuple[str, float]], days: Sequence[int], unit: str) -> None:
    """Days below the first and the last point, numbers above as many points as there is room for."""
    values = [value for _, value in known]
    axes.set_ylim(0, (max(values) or 1) * 1.22)
    axes.set_yticks([])
    axes.set_xticks(days, ["" for _ in days])
    axes.tick_params(axis="x", length=2, color=INK)
    for place, side in ((0, "left"), (len(days) - 1, "right")):
        axes.annotate(
            known[place][0][:10], (days[place], 0), (0, -5), textcoords="offset points", ha=side, va="top", fontsize=6.5
        )
    for place in _labelled(values):
        side = "left" if place == 0 else "center"
        axes.annotate(
            unit.format(values[place]), (days[place], values[place]), (0, 4), textcoords="offset points", ha=side,
            fontsize=6.5,
        )  # fmt: skip
    for edge in ("top", "right", "left"):
        axes.spines[edge].set_visible(False)


def _labelled(values: Sequence[float]) -> Sequence[int]:
    """Every point of a few; of many the ends, and a peak or a valley between that goes beyond both."""
    last = len(values) - 1
    if last < _LABELLED:
        return range(last + 1)
    between = range(2, last - 1)
    ends = values[0], values[last]
    peak, valley = max(between, key=values.__getitem__), min(between, key=values.__getitem__)
    told = {peak} if values[peak] > max(ends) else {valley} if values[valley] < min(ends) else set()
    return sorted({0, last} | told)
