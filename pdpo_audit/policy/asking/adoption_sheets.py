"""Suggested periods as a spreadsheet to adopt in, and what was adopted read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pdpo_audit.errors import CallError
from pdpo_audit.policy.stating.sheets import read_sheet, write_sheet
from pdpo_audit.policy.telling.standings import Standing, StandingKind
from pdpo_audit.policy.terms.rules import Rule
from pdpo_audit.policy.words.standing import suggestion_of

HEADERS = (
    "rule", "title", "標題", "suggested", "建議", "adopted_by", "adopted_on", "reference", "other_period", "until",
)  # fmt: skip
_OPEN = ("adopted_by", "adopted_on", "reference", "other_period", "until")
_WIDTHS = (12, 30, 26, 44, 36, 22, 14, 26, 14, 14)


def write_adoptions(rules: Sequence[Rule], file: Path) -> None:
    """One row a suggested period; whoever adopts one names themselves, the day and where it is written."""
    rows = [_row(rule) for rule in rules]
    dates = ("adopted_on", "until")
    write_sheet(file, "periods", HEADERS, rows, widths=_WIDTHS, open_columns=_OPEN, dates=dates)


def _row(rule: Rule) -> tuple[str, ...]:
    suggests = suggestion_of(rule)
    return (rule.rule_id, rule.title.en, rule.title.zh, suggests.en, suggests.zh, "", "", "", "", "")


def read_adoptions(file: Path) -> list[tuple[int, Standing]]:
    """Every row in which somebody is named, with its number. Raises ``CallError`` with all mistakes at once."""
    made: list[tuple[int, Standing]] = []
    wrong: list[str] = []
    for number, row in read_sheet(file, ("rule", "adopted_by", "adopted_on")):
        by = _text(row.get("adopted_by"))
        if not by:
            continue
        try:
            on, until = _day(row.get("adopted_on")), _day(row.get("until"))
        except ValueError as error:
            wrong.append(f"{file}:{number}: {error}")
            continue
        if on is None:
            wrong.append(f"{file}:{number}: the day of the adoption is missing (column adopted_on)")
            continue
        said = Standing(
            kind=StandingKind.ADOPTED, rule=_text(row.get("rule")), by=by, on=on, until=until,
            reference=_text(row.get("reference")), period=_text(row.get("other_period")),
        )  # fmt: skip
        made.append((number, said))
    if wrong:
        raise CallError("\n".join(wrong), advice="Nothing was taken over; correct these rows and import again.")
    return made


def _text(raw: object) -> str:
    return "" if raw is None else str(raw).strip()


def _day(raw: object) -> date | None:
    if isinstance(raw, datetime):
        return raw.date()
    text = _text(raw)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no date such as 2026-11-20") from None
