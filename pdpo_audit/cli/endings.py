"""The last line of a command that does everything: what people asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdpo_audit.model.locations.printed import amount

if TYPE_CHECKING:
    from pdpo_audit.workspace.running import RunSummary


def in_short(summary: RunSummary) -> str:
    """What an officer asks for, in one line: copies, people, what is due, and where the report is."""
    numbers = summary.reported.numbers
    totals, people = numbers["totals"], numbers["people_levels"]
    shown = [people[level] for level in ("P2", "P3") if level in people]
    pictures, held = (sum(one[what] for one in shown) for what in ("pictures", "held"))
    reports = sorted(summary.reported.folder.glob("report.*.pdf"))
    where = reports[0] if reports else summary.reported.folder
    due = numbers["outcomes"]["due"]
    return (
        f"{amount(totals['holdings'], 'copy', 'copies')} of {amount(totals['pictures'], 'picture')}; "
        f"{amount(pictures, 'picture shows', 'pictures show')} recognisable or named people (P2, P3), held in "
        f"{amount(held, 'copy', 'copies')}; something is due for {amount(due, 'copy', 'copies')}: {where}"
    )
