"""The sheet of cases: every picture with findings that need action, by urgency, in the words of the printed report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.figures import Case, CaseRule
from pdpo_audit.reports.words.labels import Wording, day
from pdpo_audit.reports.workbook.pages import Page

if TYPE_CHECKING:
    from openpyxl import Workbook

_TITLES = (
    ("Item", 7), ("Owner", 22), ("Grade", 12), ("Duplicate cluster", 18), ("People level", 14), ("Copies", 9),
    ("Rule", 12), ("Why", 70), ("Proposed", 26), ("Due on", 12), ("Authority", 44), ("Authority rank", 20),
    ("Counted from", 26), ("Findings", 9), ("Where copies lie (the first of them)", 60), ("Why this master", 34),
    ("Status", 12), ("Response", 18), ("Reason (to fill in)", 30),
)  # fmt: skip


def write_cases(book: Workbook, content: Content, t: Wording) -> None:
    """One row for each rule of each case that the report knows: the printed ones, and those that are not printed."""
    page = Page(book, "Cases", [width for _, width in _TITLES], t)
    page.sheet.freeze_panes = "C2"
    page.header([title for title, _ in _TITLES])
    titles = {text.rule: text.title for text in content.header.rules}
    listed = sorted((case for owner in content.owners for case in owner.cases), key=lambda case: case.number)
    for case in listed:
        for rule in case.rules:
            named = titles.get(rule.rule, {})
            title = named.get(t.language) or named.get("en", "")
            page.row(_row(case, rule, title, t))
    page.sheet.auto_filter.ref = f"A1:S{max(page.line, 2)}"


def _row(case: Case, rule: CaseRule, title: str, t: Wording) -> tuple[str | int, ...]:
    copies = [
        f"{copy.source}: {copy.path} ({t.name('relations', copy.relation)}; {t.name('outcomes', copy.outcome)})"
        for copy in case.copies
    ]
    said = rule.explanation.get(t.language) or rule.explanation.get("en", "")
    return (
        case.number,
        case.owner or t.phrase("no owner"),
        t.name("severities", rule.severity),
        case.cluster_id or (case.path or t.phrase("the whole source")),
        t.name("levels_short", case.people_level) if t.language != "en" else case.people_level,
        case.holdings,
        rule.rule,
        f"{title}: {said}" if title else said,
        t.name("proposals", rule.proposal),
        day(rule.due_on),
        t.phrase(rule.authority),
        t.name("ranks", rule.authority_rank),
        t.name("facts", rule.counted_from) if rule.counted_from else "",
        rule.holdings,
        "\n".join(copies) or (f"{case.source}: {case.path}" if case.path else case.source),
        t.phrase(case.master_reason),
        t.phrase(rule.status),
        t.name("determinations", rule.determination) if rule.determination else "",
        "",
    )
