"""The printed report: Jinja2 fills the organisation's template, WeasyPrint sets it, nothing is fetched."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.locations.printed import spelled
from pdpo_audit.reports.charts.drawing import draw, in_columns
from pdpo_audit.reports.charts.trend import draw_trend
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.figures import Change, Share
from pdpo_audit.reports.rendering.limits import render_within
from pdpo_audit.reports.rendering.setting import as_printed, jpeg_address, set_pages, show, svg_address
from pdpo_audit.reports.words import labels as wording
from pdpo_audit.reports.words.glossary import GLOSSARY
from pdpo_audit.reports.words.labels import Wording, load_wording

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

#: The second claim beside that of PDF/A, PDF/UA-1, is added to the XMP metadata.
_UA_CLAIM = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/></rdf:RDF>'
)
#: Resolution for pictures: enough for print, and a report of 300 pictures stays small.
DPI = 150
#: Room for the draft's reasons in the foot of a page; all of them stand on the cover.
LONGEST_STATUS = 330


def render_pdf(
    content: Content, *, language: str, templates: Path, template: str = "audit", page: str = "report.html.j2"
) -> bytes:
    """The report as tagged PDF/A-3a: the same content, template, fonts and WeasyPrint give the same bytes.

    ``templates`` holds one folder a template: ``report.html.j2``, ``report.css``, ``labels/<language>.toml``.
    The template runs in a sandbox and every value is escaped. The numbers travel along as ``summary.json``.

    Raises ``SettingsError`` where the template is missing or wrong, ``MachineError`` where it cannot be set.
    """
    html, css = render_html(content, language=language, templates=templates, template=template, page=page)
    return _set(html, css, content)


def render_html(
    content: Content, *, language: str, templates: Path, template: str = "audit", page: str = "report.html.j2"
) -> tuple[str, str]:
    """The report's HTML and its style sheet, before they are set."""
    import jinja2

    folder = templates / template
    if not (folder / page).is_file():
        raise SettingsError(f"there is no report template in {folder}", advice=f"It needs a {page}.")
    t = wording_of(content, folder, language, show)
    try:
        html = render_within(_environment(folder, t).get_template(page), _context(content, t, language))
        return html, (folder / "report.css").read_text(encoding="utf-8")
    except jinja2.TemplateError as wrong:
        place = f"{getattr(wrong, 'filename', '') or folder}:{getattr(wrong, 'lineno', '') or '?'}"
        raise SettingsError(f"{place}: {wrong}", advice="The report template is wrong.") from wrong
    except OSError as missing:
        raise SettingsError(f"the report template cannot be read: {missing}") from missing


def wording_of(content: Content, folder: Path, language: str, show: Callable[[str], str] = spelled) -> Wording:
    """The words of a template folder in one language, with those that the audit's rule packs bring."""
    return replace(load_wording(folder, language, show), said=_said(content, language))


def _said(content: Content, language: str) -> dict[str, str]:
    """What the rule packs cite, by their English words, in another language; nothing where they do not say it."""
    if language != "zh-Hant":
        return {}
    return {text.authority: text.authority_zh for text in content.header.rules if text.authority_zh}


def _environment(folder: Path, t: Wording) -> SandboxedEnvironment:
    from jinja2 import StrictUndefined

    from pdpo_audit.reports.rendering.sandbox import Sandbox, Templates

    environment = Sandbox(
        loader=Templates(folder, joined=not str(t("gap"))),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=as_printed,
    )
    environment.filters |= _filters()
    return environment


def _filters() -> dict[str, Callable[..., Any]]:
    return {
        "number": wording.number,
        "size": wording.size,
        "money": wording.money,
        "day": wording.day,
        "moment": wording.moment,
        "share": wording.share,
        "unbroken": _unbroken,
        "bracketed": _bracketed,
        "shortened": wording.shortened,
        "keyed": _keyed,
        "measured": _measured,
        "delta": _delta,
        "spoken": _spoken,
        "recall": _recall,
        "svg": svg_address,
        "jpeg": jpeg_address,
    }


def _unbroken(text: str, longest: int = 24) -> bool:
    """Whether a text has a word that is too long for a column of a table."""
    return any(len(word) > longest for word in text.split())


def _bracketed(text: str, t: Wording) -> str:
    """A text in the brackets of a language."""
    return f"{t('open').unescape()}{text}{t('close').unescape()}"


def _keyed(shares: tuple[Share, ...]) -> dict[str, Share]:
    return {share.key: share for share in shares}


def _measured(changes: tuple[Change, ...]) -> dict[str, Change]:
    return {change.measure: change for change in changes}


def _delta(change: Change) -> str:
    """``+3``, ``−2`` or ``±0``."""
    difference = change.now - change.before
    return f"{'+' if difference > 0 else '−' if difference < 0 else '±'}{abs(difference):,}"


def _spoken(texts: Mapping[str, str], language: str) -> str:
    """A rule's sentence in the report's language, in English where it has none."""
    return texts.get(language) or texts.get("en", "")


def _recall(recall: Mapping[str, float]) -> str:
    return ", ".join(f"{height.replace('>=', '≥')}: {found:.0%}" for height, found in recall.items())


def _context(content: Content, t: Wording, language: str) -> dict[str, object]:
    return {
        "content": content,
        "header": content.header,
        "t": t,
        "language": language,
        "texts": {text.rule: text for text in content.header.rules},
        "charts": in_columns(draw(content, t, show)),
        "trend": in_columns(draw_trend(content.trend, t)),
        "glossary": GLOSSARY,
        "status": _status(content, t),
        "created": content.header.finished_at.isoformat(timespec="seconds"),
    }


def _status(content: Content, t: Wording) -> Markup:
    """What stands at the foot of every page: draft with its reasons, or sealed and not yet reviewed."""
    reasons = [t.phrase(reason) for reason in content.header.draft_reasons]
    if not reasons:
        return t("sealed")
    joined = str(t("semicolon")).join(reasons)
    if len(joined) > LONGEST_STATUS:
        joined = f"{joined[:LONGEST_STATUS]}…"
    return t("draft", reasons=joined)


def _set(html: str, css: str, content: Content) -> bytes:
    """Set the page. Times, identifier and attachment come from the content, never from the clock."""
    from weasyprint import Attachment

    summary = json.dumps(content.summary(), ensure_ascii=False, indent=1, sort_keys=True).encode()
    stamp = content.header.finished_at
    attachment = Attachment(
        file_obj=io.BytesIO(summary), name="summary.json", description="The report's numbers", created=stamp,
        modified=stamp, relationship="Data",
    )  # fmt: skip
    return set_pages(
        html, css, what="PDF", also=summary, attachments=[attachment], xmp_metadata=[io.BytesIO(_UA_CLAIM)], dpi=DPI
    )
