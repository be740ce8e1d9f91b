"""Plans, certificates and letters as tagged PDF/A: the same content gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdpo_audit.errors import MachineError
from pdpo_audit.reports.pdf import embedded_only
from pdpo_audit.reports.rendering.limits import render_within
from pdpo_audit.reports.words.glyphs import drawable
from pdpo_audit.reports.words.labels import Wording, load_wording, size
from pdpo_audit.reports.words.literal import printable_by

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

#: Lines that a printed plan or certificate shows one by one; the workbook and the sealed lines have all.
MOST_LINES = 100


def print_page(page: str, content: Mapping[str, Any], *, language: str, templates: Path) -> bytes:
    """One of the pages ``plan``, ``certificate`` and ``letter`` of the template folder ``disposal``."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    t = load_wording(templates / "disposal", language, _show)
    html = page_html(page, content, t, templates)
    fonts = FontConfiguration()
    css = (templates / "audit" / "report.css").read_text("utf-8")
    try:
        pdf: bytes | None = HTML(string=html, url_fetcher=embedded_only).write_pdf(
            stylesheets=[CSS(string=css, font_config=fonts, url_fetcher=embedded_only)],
            font_config=fonts, pdf_variant="pdf/a-3a", pdf_tags=True, custom_metadata=False,
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )  # fmt: skip
    except OSError as failed:
        raise MachineError(f"the page cannot be set: {failed}", advice="pdpo-audit doctor") from failed
    assert pdf is not None
    return pdf


def page_html(page: str, content: Mapping[str, Any], t: Wording, templates: Path) -> str:
    """A page before it is set."""
    environment = _environment(templates / "disposal")
    return render_within(environment.get_template(f"{page}.html.j2"), {**content, "t": t, "most": MOST_LINES})


def _environment(folder: Path) -> SandboxedEnvironment:
    from jinja2 import FileSystemLoader, StrictUndefined

    from pdpo_audit.reports.rendering.sandbox import Sandbox

    environment = Sandbox(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, finalize=_final)
    environment.filters["size"] = size
    environment.filters["jpeg"] = _jpeg
    return environment


def _jpeg(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def _final(value: Any) -> Any:
    from markupsafe import Markup

    if value is None:
        return ""
    return _show(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _show(text: str) -> str:
    return printable_by(text, drawable())
