"""Pages from HTML: WeasyPrint sets them as tagged PDF/A, nothing is fetched, and the same HTML gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from pdpo_audit.errors import MachineError
from pdpo_audit.reports.words.glyphs import drawable
from pdpo_audit.reports.words.literal import printable_by

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.sandbox import SandboxedEnvironment

    from pdpo_audit.reports.charts.figures import Chart

#: Tagged PDF/A with attachments allowed.
VARIANT = "pdf/a-3a"


def set_pages(html: str, css: str, *, what: str, also: bytes = b"", **further: Any) -> bytes:
    """The pages; their identifier comes from the HTML and whatever ``also`` stands in the file, never from the clock.

    ``further`` goes to WeasyPrint as it is.

    :raises MachineError: ``what`` cannot be set.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    try:
        pdf: bytes | None = HTML(string=html, url_fetcher=embedded_only).write_pdf(
            stylesheets=[CSS(string=css, font_config=fonts, url_fetcher=embedded_only)],
            font_config=fonts, pdf_variant=VARIANT, pdf_tags=True, custom_metadata=False,
            pdf_identifier=hashlib.sha256(html.encode() + also).digest()[:16], **further,
        )  # fmt: skip
    except OSError as failed:
        raise MachineError(f"the {what} cannot be set: {failed}", advice="pdpo-audit doctor") from failed
    assert pdf is not None
    return pdf


def embedded_only(url: str, *_: object, **__: object) -> object:
    """A fetcher that knows only what the page carries in itself: a report never calls anywhere."""
    from weasyprint.urls import URLFetcher

    if not url.startswith("data:"):
        raise ValueError(f"a report fetches nothing: {url[:80]}")
    return URLFetcher(allowed_protocols=["data"], allow_redirects=False).fetch(url)


def plain_environment(folder: Path, **filters: Any) -> SandboxedEnvironment:
    """What fills the templates of a folder that stand by themselves."""
    from jinja2 import FileSystemLoader, StrictUndefined

    from pdpo_audit.reports.rendering.sandbox import Sandbox

    environment = Sandbox(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, finalize=as_printed
    )
    environment.filters |= filters
    return environment


def as_printed(value: object) -> object:
    """What a template prints: text as fonts can show it, nothing for ``None``."""
    if value is None:
        return ""
    return show(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def show(text: str) -> str:
    """Any text as it is printed: literally, and with what no font can draw written out."""
    return printable_by(text, drawable())


def jpeg_address(picture: bytes) -> str:
    """A picture as an address that carries it."""
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def svg_address(chart: Chart) -> str:
    """A chart as an address that carries it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(chart.svg).decode()}"
