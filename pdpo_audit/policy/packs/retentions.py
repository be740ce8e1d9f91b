"""Retention as it is written: periods, the date they are counted from, and what ends with an event."""

from __future__ import annotations

from enum import StrEnum

from pdpo_audit.policy.terms import parsing
from pdpo_audit.policy.terms.facts import Fact, FactType
from pdpo_audit.policy.terms.parsing import flag_in, period_in
from pdpo_audit.policy.terms.rules import Choice, IfUnknown, Retention, Start
from pdpo_audit.policy.trees import Entry, Mapping, Mistakes, Place

RETENTION_KEYS = (
    "keep_no_longer_than", "keep_at_least", "counted_from", "if_date_unknown", "must_keep", "conflict", "ends_with",
    "undecided_without", "review_after", "purpose", "if_due_on_holiday",
)  # fmt: skip

#: Dates of the recording itself; only a period counted from one of them may fall back to the others.
OF_THE_RECORDING = ("image.captured_on", "file.first_seen_on", "duplicate.first_found_on")


class Holiday(StrEnum):
    """What becomes of a due day on a Sunday or general holiday."""

    KEEP_THE_DAY = "keep the day"
    NEXT_WORKING_DAY = "next working day"


def read_retention(entry: Entry, mistakes: Mistakes) -> Retention | None:
    """How long; the parts must fit together."""
    parts = parsing.fields(entry.value, '"retention"', RETENTION_KEYS, mistakes)
    if not parts:
        return None
    start = _start(parts, mistakes)
    retention = Retention(
        place=entry.place,
        no_longer_than=period_in(parts, "keep_no_longer_than", mistakes),
        at_least=period_in(parts, "keep_at_least", mistakes),
        review_after=period_in(parts, "review_after", mistakes),
        start=start,
        must_keep=flag_in(parts, "must_keep", mistakes),
        conflict=flag_in(parts, "conflict", mistakes),
        ends_with=_dates(parts.get("ends_with"), mistakes),
        undecided_without=_facts(parts.get("undecided_without"), mistakes),
        purpose=parsing.text(parts["purpose"].value, '"purpose"', mistakes) if "purpose" in parts else "",
        to_working_day=_to_working_day(parts, mistakes),
    )
    _check_retention(parts, mistakes, entry.place)
    return retention


def _facts(entry: Entry | None, mistakes: Mistakes) -> tuple[Fact, ...]:
    if entry is None:
        return ()
    nodes = parsing.one_or_more(entry.value)
    return parsing.each(nodes, lambda node: parsing.fact_of(node, f'"{entry.key}"', mistakes))


def _dates(entry: Entry | None, mistakes: Mistakes) -> tuple[Fact, ...]:
    found = _facts(entry, mistakes)
    for fact in found:
        if entry is not None and fact.type is not FactType.DATE:
            mistakes.add(entry.value.place, f"{fact.name} is no date ({fact.type.value})")
    return tuple(fact for fact in found if fact.type is FactType.DATE)


def _start(parts: dict[str, Entry], mistakes: Mistakes) -> Start | None:
    entry = parts.get("counted_from")
    if entry is None:
        return None
    picked, choice = entry, Choice.EARLIEST
    if isinstance(entry.value, Mapping):
        words = tuple(str(member.value) for member in Choice)
        inner = parsing.fields(entry.value, '"counted_from"', words, mistakes)
        if len(inner) != 1:
            mistakes.add(entry.value.place, f'"counted_from" has exactly one of {", ".join(words)}')
            return None
        key, picked = next(iter(inner.items()))
        choice = Choice(key)
    facts = _dates(picked, mistakes)
    return Start(choice=choice, facts=facts, if_unknown=_if_unknown(parts, facts, mistakes)) if facts else None


def _if_unknown(parts: dict[str, Entry], facts: tuple[Fact, ...], mistakes: Mistakes) -> IfUnknown:
    """Only the recording's own dates fall back: another event's day cannot be guessed from the picture."""
    recorded = any(fact.name in OF_THE_RECORDING for fact in facts)
    entry = parts.get("if_date_unknown")
    found = parsing.choice(entry.value, 'a word for "if_date_unknown"', IfUnknown, mistakes) if entry else None
    if entry and found is IfUnknown.FALL_BACK and not recorded:
        mistakes.add(
            entry.place,
            f"{facts[0].name} is no date of the recording: its day cannot be taken from the picture; write `ask`",
        )
    return found or (IfUnknown.FALL_BACK if recorded else IfUnknown.ASK)


def _to_working_day(parts: dict[str, Entry], mistakes: Mistakes) -> bool:
    if "if_due_on_holiday" not in parts:
        return False
    return parsing.choice(parts["if_due_on_holiday"].value, 'a word for "if_due_on_holiday"', Holiday, mistakes) is (
        Holiday.NEXT_WORKING_DAY
    )


def _check_retention(parts: dict[str, Entry], mistakes: Mistakes, place: Place) -> None:
    counted = [key for key in ("keep_no_longer_than", "keep_at_least", "review_after") if key in parts]
    if counted and "counted_from" not in parts:
        mistakes.add(parts[counted[0]].place, f'"{counted[0]}" needs "counted_from"')
    if not counted:
        for key in ("counted_from", "if_date_unknown", "if_due_on_holiday"):
            if key in parts:
                mistakes.add(parts[key].place, f'"{key}" has no period to count')
    if not counted and not any(key in parts for key in ("must_keep", "conflict", "ends_with", "undecided_without")):
        mistakes.add(place, '"retention" says neither how long to keep nor what ends it')
