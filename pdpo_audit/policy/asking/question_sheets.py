"""Questions as a spreadsheet to fill in, and the answers read back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pdpo_audit.errors import CallError
from pdpo_audit.policy.asking.questions import Question
from pdpo_audit.policy.stating.answers import EVERYWHERE, Answer, parse_answer
from pdpo_audit.policy.stating.sheets import read_sheet, write_sheet
from pdpo_audit.policy.terms.fact_table import UnfitError
from pdpo_audit.policy.terms.facts import REGISTRY, FactType, nearest

HEADERS = (
    "no", "ask", "source", "pattern", "question", "問題", "fact", "answer", "answered_by", "answered_on", "holdings",
    "resolved_so_far", "question_id",
)  # fmt: skip
#: Between the names of several sources.
_SEVERAL = "; "

_WIDTHS = (5, 14, 18, 22, 52, 40, 24, 26, 18, 14, 10, 12, 14)


def write_questions(asked: Sequence[Question], file: Path) -> None:
    """The questions in order; the columns ``answer``, ``answered_by`` and ``answered_on`` are to be filled in.

    A question may be split: copy its row, and name fewer sources or narrow the ``pattern``; the narrower answer counts.
    """
    rows = [
        (number, item.ask.value, _SEVERAL.join(item.sources), item.pattern, item.english, item.chinese, item.fact,
         "", "", "", item.holdings, item.resolved, item.question_id)
        for number, item in enumerate(asked, 1)
    ]  # fmt: skip
    write_sheet(
        file,
        "questions",
        HEADERS,
        rows,
        widths=_WIDTHS,
        open_columns=("source", "pattern", "answer", "answered_by", "answered_on"),
        choices=[("answer", at, item.choices) for at, item in enumerate(asked) if item.choices],
        dates=("answered_on",),
        hidden=("question_id",),
    )


def read_answers(
    file: Path, *, answered_by: str = "", today: date, sources: Collection[str] | None = None
) -> tuple[Answer, ...]:
    """Every answered row. ``answered_by`` and ``today`` fill what a row leaves open; ``sources`` are those that exist.

    Raises ``CallError`` with every mistake of the file at once, and then takes none of it.
    """
    answers: list[Answer] = []
    wrong: list[str] = []
    for number, row in read_sheet(file, ("source", "pattern", "fact", "answer")):
        try:
            answers.extend(_answers(row, answered_by, today, sources))
        except UnfitError as error:
            wrong.append(f"{file}:{number}: {error}")
    if wrong:
        raise CallError("\n".join(wrong), advice="Nothing was taken over; correct these rows and import again.")
    return tuple(answers)


def _answers(row: dict[str, Any], answered_by: str, today: date, sources: Collection[str] | None) -> Iterator[Answer]:
    raw = row.get("answer")
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        _refuse_beside(row)
        return
    name = str(row.get("fact") or "")
    fact = REGISTRY.get(name)
    if fact is None:
        raise UnfitError(f'no fact called "{name[:80]}"{nearest(name, tuple(REGISTRY))}')
    if fact.type is FactType.DATE and isinstance(raw, datetime):
        raw = raw.date()
    value = parse_answer(fact, raw)
    if value is None:
        return
    who = str(row.get("answered_by") or answered_by).strip()
    if not who:
        raise UnfitError("nobody is named who answered (column answered_by)")
    pattern, when = str(row.get("pattern") or "**").strip(), _day(row.get("answered_on"), today)
    if when > today:
        raise UnfitError(f"answered_on: {when} is in the future; today is {today}")
    for source in _named(str(row.get("source") or "").strip(), sources):
        yield Answer(source=source, pattern=pattern, fact=name, value=value, answered_by=who, answered_on=when)


def _refuse_beside(row: dict[str, Any]) -> None:
    """Nothing is dropped in silence: who fills in the cells beside the answer meant to answer."""
    for name in ("answered_by", "answered_on"):
        said = row.get(name)
        if said is not None and str(said).strip():
            raise UnfitError(f"column answer is empty, but {name} says {str(said)[:40]!r}: put the answer under answer")


def _named(cell: str, known: Collection[str] | None) -> list[str]:
    """The sources that a cell names: one, several with semicolons, or all of them (``*``)."""
    if cell == EVERYWHERE or (known is not None and cell in known):
        return [cell]
    names = [name.strip() for name in cell.split(_SEVERAL.strip()) if name.strip()]
    if not names:
        raise UnfitError("no source is named")
    for name in names:
        if known is not None and name not in known:
            raise UnfitError(f'there is no source "{name[:80]}"{nearest(name, tuple(known))}')
    return names


def _day(raw: object, today: date) -> date:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return today
    if isinstance(raw, datetime):
        return raw.date()
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())
    except ValueError:
        raise UnfitError(f"answered_on: {str(raw)[:40]!r} is no date such as 2026-11-20") from None
