"""The register of reviews as a PDF for a regulator: the chain of records in words, with the trend as charts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.model.reviews.registers import Register, RegisteredSlot
from pdpo_audit.reports.charts.figures import Bars, Chart, Series, draw_bars
from pdpo_audit.reports.rendering.limits import render_within
from pdpo_audit.reports.rendering.setting import plain_environment, set_pages, show, svg_address
from pdpo_audit.reports.words.labels import Wording, load_wording

if TYPE_CHECKING:
    pass

#: Reviews that the trend shows.
_SHOWN = 12


def render_register(register: Register, *, language: str, templates: Path) -> bytes:
    """The register as tagged PDF/A-3a; the same register gives the same bytes."""
    t = load_wording(templates / "register", language, show)
    if language.startswith("zh") and register.organisation_zh:
        register = replace(register, organisation=register.organisation_zh)
    css = (templates / "audit" / "report.css").read_text("utf-8")
    return set_pages(register_html(register, t, templates), css, what="register")


def register_html(register: Register, t: Wording, templates: Path) -> str:
    """The register before it is set."""
    context = {"register": register, "t": t, "charts": _trend(register, t)}
    return render_within(
        plain_environment(templates / "register", svg=svg_address).get_template("report.html.j2"), context
    )


def _lacking(row: RegisteredSlot, t: Wording) -> str:
    """Said beside a bar whose review did not reach every source: its numbers lack them."""
    missing = len({*row.details.not_reached, *(name for name, *_ in row.details.partly)}) if row.details else 0
    return str(t("lacking", n=missing)) if missing else ""


def _trend(register: Register, t: Wording) -> list[Chart]:
    """One chart a measure over the reviews that were held; none before the second."""
    held = [row for row in register.rows if row.held_on][-_SHOWN:]
    if len(held) < 2:
        return []
    measures = (("trend_copies", "additional_copies"), ("trend_findings", "for_action"), ("trend_cost", "yearly_cost"))
    return [
        draw_bars(
            Bars(
                title=str(t(label)),
                categories=[show(f"{row.plan} {row.slot}{_lacking(row, t)}") for row in held],
                series=[Series(name="", values=[getattr(row, measure) for row in held])],
                salt=measure,
            )
        )
        for label, measure in measures
    ]
