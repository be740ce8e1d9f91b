"""The trend over all audits: sensible with one, two and twelve, in the PDF and in the workbook, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pdpo_audit.model.reviews.trends import Measure, TrendPoint, trend_of
from pdpo_audit.reports.charts.trend import draw_trend
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.content.trends import point_of
from pdpo_audit.reports.pdf import render_html, wording_of
from pdpo_audit.reports.workbook.writing import write_workbook
from pdpo_audit.resources import resource
from tests.reports.example import header, tables

TEMPLATES = resource("report_templates")


@pytest.fixture(scope="module")
def content() -> Content:
    return compose(header(), tables())


def point(number: int, **changes: object) -> TrendPoint:
    on = f"{2024 + number // 4}-{(3, 6, 9, 12)[number % 4]:02}-30"
    values = {"copies": 1_000 - 10 * number, "additional": 500 - number, "findings": 40, "people": 9, "cost": 5.25}
    return TrendPoint(audit_id=f"{on}-a{number}", on=on, **(values | changes))  # type: ignore[arg-type]


def with_audits(content: Content, count: int) -> Content:
    return replace(content, trend=trend_of(point(number) for number in range(count)))


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
@pytest.mark.parametrize("count", [1, 2, 14])
def test_the_report_shows_the_newest_audits(content: Content, count: int, language: str) -> None:
    html, _ = render_html(with_audits(content, count), language=language, templates=TEMPLATES)
    shown = [point(number).audit_id in html for number in range(count)]
    assert shown == [False] if count == 1 else shown == [False] * (count - 12) + [True] * min(count, 12)
    t = wording_of(content, TEMPLATES / "audit", language)
    assert (str(t("trend.heading")) in html) == (count > 1)
    assert (str(t("trend.newest", n=12, all=14)) in html) == (count == 14)


def test_a_measure_that_one_audit_states_has_no_chart(content: Content) -> None:
    t = wording_of(content, TEMPLATES / "audit", "en")
    trend = trend_of([point(0, people=None), point(1), point(2, people=None)])
    titles = [chart.title for chart in draw_trend(trend, t)]
    assert titles == [str(t(f"trend.{one.value}")) for one in Measure if one is not Measure.PEOPLE]
    cost = draw_trend(trend, t)[-1]
    assert cost.text.endswith("2024-03-30: 5.25; 2024-06-30: 5.25; 2024-09-30: 5.25.")
    assert draw_trend(trend, t)[0].svg == draw_trend(trend, t)[0].svg and draw_trend(trend_of([point(0)]), t) == ()


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_an_audit_that_did_not_reach_every_source_is_marked_and_said(
    content: Content, language: str, tmp_path: Path
) -> None:
    t = wording_of(content, TEMPLATES / "audit", language)
    whole = trend_of([point(0), point(1), point(2)])
    lacking = trend_of([point(0), point(1, missing=2), point(2)])
    for old, new in zip(draw_trend(whole, t), draw_trend(lacking, t), strict=True):
        assert (
            new.svg != old.svg
            and str(t("trend.lacking", n=2)) in new.text
            and str(t("trend.lacking", n=2)) not in old.text
        )
    html, _ = render_html(replace(content, trend=lacking), language=language, templates=TEMPLATES)
    assert html.count(f"{point(1).on} ○") == 1 and str(t("trend.hollow")) in html
    plain, _ = render_html(replace(content, trend=whole), language=language, templates=TEMPLATES)
    assert "○" not in plain
    file = tmp_path / "book.xlsx"
    write_workbook(replace(content, trend=lacking), tables(), file)
    sheet: Any = load_workbook(file)["Trend"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, max_row=4, min_col=8, max_col=8, values_only=True)] == [
        None,
        2,
        None,
    ]
    assert [one.idx for one in sheet._charts[0].series[0].dPt] == [1]


def test_an_audit_written_again_on_its_day_counts_once() -> None:
    first, second = point(0), replace(point(0), audit_id="later", findings=3)
    assert trend_of([first, second, point(1)]).points == (second, point(1))


def test_the_workbook_has_every_audit_and_a_chart_for_each_measure(content: Content, tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    trend = trend_of([point(0, people=None), *(point(number) for number in range(1, 14))])
    write_workbook(replace(content, trend=trend), tables(), file)
    sheet: Any = load_workbook(file)["Trend"]
    rows = list(sheet.iter_rows(min_row=2, max_col=7, values_only=True))
    assert rows[0] == ("2024-03-30", "2024-03-30-a0", 1_000, 500, 40, None, 5.25) and len(rows) >= 14
    assert len(sheet._charts) == 5
    assert {chart.series[0].val.numRef.f for chart in sheet._charts} >= {"'Trend'!$C$2:$C$15", "'Trend'!$G$2:$G$15"}


def test_a_point_says_what_its_audit_said(content: Content) -> None:
    found = point_of(content.summary())
    levels = {share.key: share.pictures for share in content.levels}
    assert (found.copies, found.additional) == (content.totals.holdings, content.totals.additional_copies)
    assert found.people == levels["P2"] + levels["P3"] and found.on == content.header.assessed_on.isoformat()
    unlooked = content.summary() | {"people_levels": {"unknown": {"pictures": 4}}}
    assert point_of(unlooked).people is None
    for broken in ({}, {"totals": 3}, content.summary() | {"people_levels": []}):
        with pytest.raises(ValueError, match="not the numbers"):
            point_of(broken)
