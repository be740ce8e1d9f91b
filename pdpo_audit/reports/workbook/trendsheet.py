"""The workbook's sheet of the trend: the numbers of each audit, and a native line chart for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.marker import DataPoint, Marker
from openpyxl.chart.shapes import GraphicalProperties

from pdpo_audit.model.reviews.trends import Trend
from pdpo_audit.reports.words.labels import Wording
from pdpo_audit.reports.workbook.pages import INK, Page, table_page

if TYPE_CHECKING:
    from openpyxl import Workbook

_COLUMNS = (
    ("Assessed on", 13), ("Audit", 20), ("Holdings (stored copies)", 14), ("Additional copies", 14),
    ("Findings that need action", 14), ("Recognisable or named (P2, P3), pictures; empty: not looked for", 22),
    ("HK$ a year for additional copies (high rate)", 20),
    ("Sources not (wholly) reached: the numbers lack them", 18),
)  # fmt: skip
_MEASURES = range(3, len(_COLUMNS))


def write_trend(book: Workbook, trend: Trend, t: Wording) -> None:
    """Every audit with its numbers, all of them; charts from the second audit on."""
    page = table_page(book, t, "Trend", _COLUMNS)
    for one in trend.points:
        page.row(
            (one.on, one.audit_id, one.copies, one.additional, one.findings, one.people, one.cost, one.missing or None),
            ("", "", "", "", "", "", "#,##0.00", ""),
        )
    if len(trend.points) > 1:
        for place, column in enumerate(_MEASURES):
            _chart(page, column, place, trend)


def _chart(page: Page, column: int, place: int, trend: Trend) -> None:
    """Points of audits that lack a source are hollow."""
    last = 1 + len(trend.points)
    chart = LineChart()
    chart.title, chart.style, chart.legend = page.t.phrase(_COLUMNS[column - 1][0]), 10, None
    chart.height, chart.width = 6.5, 14
    chart.add_data(Reference(page.sheet, min_col=column, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(page.sheet, min_col=1, min_row=2, max_row=last))
    chart.y_axis.scaling.min, chart.y_axis.majorGridlines = 0, None
    chart.x_axis.delete = chart.y_axis.delete = False
    line = chart.series[0]
    line.smooth = False
    line.graphicalProperties.line.solidFill = INK
    line.marker.symbol, line.marker.size = "circle", 6
    line.marker.graphicalProperties.solidFill = INK
    for number, one in enumerate(trend.points):
        if one.missing:
            hollow = Marker(symbol="circle", size=9, spPr=GraphicalProperties(solidFill="FFFFFF"))
            line.dPt.append(DataPoint(idx=number, marker=hollow))
    page.sheet.add_chart(chart, f"{'AF'[place % 2]}{last + 3 + 15 * (place // 2)}")
