"""Which charts the report shows, drawn from the content in the words of one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pdpo_audit.reports.charts.figures import Chart, Series, bars
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.figures import Share, SourceResult
from pdpo_audit.reports.words.labels import Wording

#: Bars of one chart; the rest of a long list stands in the tables.
LONGEST = 10

Show = Callable[[str], str]


def draw(content: Content, t: Wording, show: Show) -> list[Chart]:
    """The report's charts, in its order; one without anything to show is left out."""
    totals = content.totals
    charts = [
        bars(
            str(t("charts.pictures")),
            [str(t("charts.holdings")), str(t("charts.distinct")), str(t("charts.additional"))],
            [Series(name="", values=[totals.holdings, totals.pictures, totals.additional_copies])],
            salt="pictures",
        ),
        _by_source(content.sources[:LONGEST], t, show),
        _by_jurisdiction(content, t, show),
        _cost(content.sources[:LONGEST], t, show),
        _levels(content.levels, t),
        _counted("outcomes", str(t("charts.outcomes")), content.outcomes, t),
        _sensitivity(content, t),
        _counted("windows", str(t("charts.windows")), content.due_windows, t),
        _principles(content, t),
    ]
    return [chart for chart in charts if chart is not None]


def _by_source(sources: Iterable[SourceResult], t: Wording, show: Show) -> Chart | None:
    listed = list(sources)
    if not listed:
        return None
    names = [show(source.record.name) for source in listed]
    return bars(
        str(t("charts.by_source")),
        names,
        [
            Series(name=str(t("charts.distinct")), values=[s.holdings - s.additional_copies for s in listed]),
            Series(name=str(t("charts.additional")), values=[source.additional_copies for source in listed]),
        ],
        stacked=True,
        salt="by_source",
    )


def _by_jurisdiction(content: Content, t: Wording, show: Show) -> Chart | None:
    listed = content.jurisdictions[:LONGEST]
    if not listed:
        return None
    people = {share.key: share.holdings for share in content.recognisable_by_jurisdiction}
    return bars(
        str(t("charts.by_jurisdiction")),
        [show(t.name("jurisdictions", share.key)) for share in listed],
        [
            Series(name=str(t("charts.all_copies")), values=[share.holdings for share in listed]),
            Series(name=str(t("charts.recognisable")), values=[people.get(share.key, 0) for share in listed]),
        ],
        salt="by_jurisdiction",
    )


def _levels(levels: tuple[Share, ...], t: Wording) -> Chart:
    return bars(
        str(t("charts.levels")),
        [t.name("levels_short", share.key) for share in levels],
        [
            Series(name=str(t("charts.pictures_axis")), values=[share.pictures for share in levels]),
            Series(name=str(t("charts.copies_axis")), values=[share.holdings for share in levels]),
        ],
        salt="levels",
    )


def _sensitivity(content: Content, t: Wording) -> Chart | None:
    if not content.sensitivity_looked_for:
        return None
    return bars(
        str(t("charts.sensitivity")),
        [t.name("sensitivities", share.key) for share in content.sensitivity],
        [Series(name="", values=[share.holdings for share in content.sensitivity])],
        salt="sensitivity",
    )


def _principles(content: Content, t: Wording) -> Chart | None:
    if not content.principles:
        return None
    grades = ("critical", "major", "minor", "observation")
    return bars(
        str(t("charts.principles")),
        [t.name("principles_short", graded.key) for graded in content.principles],
        [
            Series(
                name=t.name("severities", grade),
                values=[int(getattr(graded.grades, grade)) for graded in content.principles],
            )
            for grade in grades
        ],
        stacked=True,
        salt="principles",
    )


def _counted(group: str, title: str, shares: tuple[Share, ...], t: Wording) -> Chart | None:
    if not any(share.holdings for share in shares):
        return None
    names = [t.name(group, share.key) for share in shares]
    return bars(title, names, [Series(name="", values=[share.holdings for share in shares])], salt=group)


def _cost(sources: Iterable[SourceResult], t: Wording, show: Show) -> Chart | None:
    listed = [source for source in sources if source.additional_bytes]
    if not listed:
        return None
    return bars(
        str(t("charts.cost")),
        [show(source.record.name) for source in listed],
        [Series(name="", values=[source.monthly_cost.high * 12 for source in listed])],
        unit="{:,.0f}" if max(source.monthly_cost.high for source in listed) * 12 >= 100 else "{:,.2f}",
        salt="cost",
    )
