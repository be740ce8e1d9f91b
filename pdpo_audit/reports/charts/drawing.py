"""Which charts the report shows, drawn from the content in the words of one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pdpo_audit.reports.charts.figures import Bars, Chart, Series, draw_bars
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.figures import Share, SourceResult
from pdpo_audit.reports.words.labels import Wording

#: Bars of one chart, fewer where names are long; the rest of a long list stands in the tables.
_LONGEST = (10, 8, 6, 4)
#: What a page has for charts below its heading, a chart's caption with the gap below it, and how thin bars may become.
_ROOM_MM, _CAPTION_MM = 214.0, 10.5
_SQUEEZES = tuple(part / 20 for part in range(20, 9, -1))
_SMALLEST = _LONGEST[-1], _SQUEEZES[-1]

Show = Callable[[str], str]


def draw(content: Content, t: Wording, show: Show) -> list[Chart]:
    """The report's charts, in its order, as high as one page has room for; one without anything to show is left out."""
    tries = ((most, part) for most in _LONGEST for part in _SQUEEZES)
    most, squeeze = next((one for one in tries if _fits(_plan(content, t, show, one[0]), one[1])), _SMALLEST)
    return [draw_bars(bars, squeeze) for bars in _plan(content, t, show, most)]


def _plan(content: Content, t: Wording, show: Show, most: int) -> list[Bars]:
    """The charts before they are drawn; of sources and jurisdictions the first ``most``."""
    totals = content.totals
    planned = [
        Bars(
            title=str(t("charts.pictures")),
            categories=[str(t("charts.holdings")), str(t("charts.distinct")), str(t("charts.additional"))],
            series=[Series(name="", values=[totals.holdings, totals.pictures, totals.additional_copies])],
            salt="pictures",
        ),
        _by_source(content.sources[:most], t, show),
        _by_jurisdiction(content, t, show, most),
        None if content.cost.is_small else _cost(content.sources[:most], t, show),
        _levels(content.levels, t),
        _counted("outcomes", str(t("charts.outcomes")), content.outcomes, t),
        _sensitivity(content, t),
        _counted("windows", str(t("charts.windows")), content.due_windows, t),
        _principles(content, t),
    ]
    return [bars for bars in planned if bars is not None]


def in_columns(charts: Sequence[Chart]) -> tuple[list[Chart], list[Chart]]:
    """The charts in two columns, the next one always below the shorter."""
    columns: tuple[list[Chart], list[Chart]] = ([], [])
    for chart in charts:
        heights = [sum(one.height_mm + _CAPTION_MM for one in column) for column in columns]
        columns[heights[1] < heights[0]].append(chart)
    return columns


def _fits(wanted: Sequence[Bars], squeeze: float) -> bool:
    heights = [0.0, 0.0]
    for bars in wanted:
        heights[heights[1] < heights[0]] += bars.height_mm(squeeze) + _CAPTION_MM
    return max(heights) <= _ROOM_MM


def _by_source(sources: Iterable[SourceResult], t: Wording, show: Show) -> Bars | None:
    listed = list(sources)
    if not listed:
        return None
    names = [show(source.record.name) for source in listed]
    return Bars(
        title=str(t("charts.by_source")),
        categories=names,
        series=[
            Series(name=str(t("charts.distinct")), values=[s.holdings - s.additional_copies for s in listed]),
            Series(name=str(t("charts.additional")), values=[source.additional_copies for source in listed]),
        ],
        stacked=True,
        salt="by_source",
    )


def _by_jurisdiction(content: Content, t: Wording, show: Show, most: int) -> Bars | None:
    listed = content.jurisdictions[:most]
    if not listed:
        return None
    people = {share.key: share.holdings for share in content.recognisable_by_jurisdiction}
    return Bars(
        title=str(t("charts.by_jurisdiction")),
        categories=[show(t.name("jurisdictions", share.key)) for share in listed],
        series=[
            Series(name=str(t("charts.all_copies")), values=[share.holdings for share in listed]),
            Series(name=str(t("charts.recognisable")), values=[people.get(share.key, 0) for share in listed]),
        ],
        salt="by_jurisdiction",
    )


def _levels(levels: tuple[Share, ...], t: Wording) -> Bars:
    return Bars(
        title=str(t("charts.levels")),
        categories=[t.name("levels_short", share.key) for share in levels],
        series=[
            Series(name=str(t("charts.pictures_axis")), values=[share.pictures for share in levels]),
            Series(name=str(t("charts.copies_axis")), values=[share.holdings for share in levels]),
        ],
        salt="levels",
    )


def _sensitivity(content: Content, t: Wording) -> Bars | None:
    if not content.sensitivity_looked_for:
        return None
    return Bars(
        title=str(t("charts.sensitivity")),
        categories=[t.name("sensitivities", share.key) for share in content.sensitivity],
        series=[Series(name="", values=[share.holdings for share in content.sensitivity])],
        salt="sensitivity",
    )


def _principles(content: Content, t: Wording) -> Bars | None:
    if not content.principles:
        return None
    grades = ("critical", "major", "minor", "observation")
    return Bars(
        title=str(t("charts.principles")),
        categories=[t.name("principles_short", graded.key) for graded in content.principles],
        series=[
            Series(
                name=t.name("severities", grade),
                values=[int(getattr(graded.grades, grade)) for graded in content.principles],
            )
            for grade in grades
        ],
        stacked=True,
        salt="principles",
    )


def _counted(group: str, title: str, shares: tuple[Share, ...], t: Wording) -> Bars | None:
    if not any(share.holdings for share in shares):
        return None
    names = [t.name(group, share.key) for share in shares]
    series = [Series(name="", values=[share.holdings for share in shares])]
    return Bars(title=title, categories=names, series=series, salt=group)


def _cost(sources: Iterable[SourceResult], t: Wording, show: Show) -> Bars | None:
    listed = [source for source in sources if source.additional_bytes]
    if not listed:
        return None
    return Bars(
        title=str(t("charts.cost")),
        categories=[show(source.record.name) for source in listed],
        series=[Series(name="", values=[source.monthly_cost.high * 12 for source in listed])],
        unit="{:,.0f}" if max(source.monthly_cost.high for source in listed) * 12 >= 100 else "{:,.2f}",
        salt="cost",
    )
