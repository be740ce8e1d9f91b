"""The workbook's sheet of what changed since the audit before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.words.labels import Wording
from pdpo_audit.reports.workbook.pages import Page

if TYPE_CHECKING:
    from openpyxl import Workbook

_COLUMNS = (
    ("What happened", 14), ("Source", 18), ("Path", 52), ("Moved from source", 18), ("Its path there", 52),
)  # fmt: skip


def write_changes(book: Workbook, content: Content, t: Wording) -> None:
    """The copies that are new, gone, moved, changed or made again since the audit before: the first of each kind."""
    page = Page(book, "Changes", [width for _, width in _COLUMNS], t)
    page.sheet.freeze_panes = "A2"
    page.header([title for title, _ in _COLUMNS])
    for one in content.delta.listed if content.delta else ():
        page.row((t.word(one.kind.value), one.source, one.path, one.was_source, one.was_path))
