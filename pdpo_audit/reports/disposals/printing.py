"""Plans, certificates and letters as tagged PDF/A: the same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pdpo_audit.reports.disposals.wording import selected, spoken
from pdpo_audit.reports.rendering.limits import render_within
from pdpo_audit.reports.rendering.setting import jpeg_address, plain_environment, set_pages, show
from pdpo_audit.reports.words.labels import Wording, load_wording, size

#: Lines that a printed plan or certificate shows one by one; the workbook and the sealed lines have all.
MOST_LINES = 100


def print_page(page: str, content: Mapping[str, Any], *, language: str, templates: Path) -> bytes:
    """One of the pages ``plan``, ``certificate`` and ``letter`` of the template folder ``disposal``."""
    t = load_wording(templates / "disposal", language, show)
    css = (templates / "audit" / "report.css").read_text("utf-8")
    return set_pages(page_html(page, content, t, templates), css, what="page")


def page_html(page: str, content: Mapping[str, Any], t: Wording, templates: Path) -> str:
    """A page before it is set."""
    environment = plain_environment(
        templates / "disposal",
        size=size,
        jpeg=jpeg_address,
        spoken=partial(spoken, t=t),
        selected=partial(selected, t=t),
    )
    return render_within(environment.get_template(f"{page}.html.j2"), {**content, "t": t, "most": MOST_LINES})
