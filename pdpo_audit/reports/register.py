"""The register of reviews as a PDF for a regulator: the chain of records in words, with the trend as charts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdpo_audit.errors import MachineError
from pdpo_audit.model.reviews.registers import Register
from pdpo_audit.reports.charts.figures import Bars, Chart, Series, draw_bars
from pdpo_audit.reports.pdf import embedded_only, svg_address
from pdpo_audit.reports.rendering.limits import render_within
from pdpo_audit.reports.words.glyphs import drawable
from pdpo_audit.reports.words.labels import Wording, load_wording
from pdpo_audit.reports.words.literal import printable_by

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

#: Reviews that the trend shows.
_SHOWN = 12


def render_register(register: Register, *, language: str, templates: Path) -> bytes:
    """The register as tagged PDF/A-3a; the same register gives the same bytes."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    t = load_wording(templates / "register", language, _show)
    if language.startswith("zh") and register.organisation_zh:
        register = replace(register, organisation=register.organisation_zh)
    html = register_html(register, t, templates)
    fonts = FontConfiguration()
    css = (templates / "audit" / "report.css").read_text("utf-8")
    try:
        pdf: bytes | None = HTML(string=html, url_fetcher=embedded_only).write_pdf(
            stylesheets=[CSS(string=css, font_config=fonts, url_fetcher=embedded_only)],
            font_config=fonts, pdf_variant="pdf/a-3a", pdf_tags=True, custom_metadata=False,
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )  # fmt: skip
    except OSError as failed:
        raise MachineError(f"the register cannot be set: {failed}", advice="pdpo-audit doctor") from failed
    assert pdf is not None
    return pdf


def register_html(register: Register, t: Wording, templates: Path) -> str:
    """The register before it is set."""
    context = {"register": register, "t": t, "charts": _trend(register, t)}
    return render_within(_environment(templates / "register").get_template("report.html.j2"), context)


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
                categories=[_show(f"{row.plan} {row.slot}") for row in held],
                series=[Series(name="", values=[getattr(row, measure) for row in held])],
                salt=measure,
            )
        )
        for label, measure in measures
    ]


def _environment(folder: Path) -> SandboxedEnvironment:
    from jinja2 import FileSystemLoader, StrictUndefined

    from pdpo_audit.reports.rendering.sandbox import Sandbox

    environment = Sandbox(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, finalize=_final)
    environment.filters["svg"] = svg_address
    return environment


def _final(value: Any) -> Any:
    from markupsafe import Markup

    return _show(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _show(text: str) -> str:
    return printable_by(text, drawable())
