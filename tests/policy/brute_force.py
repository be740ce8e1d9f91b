"""The ladder read a second time, independently: one holding, plain dates, every way the unknown may turn out.

Shares no code with the engine beyond the facts' meaning of absence; slow and simple on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from dateutil.relativedelta import relativedelta

UNKNOWN = "?"

#: Facts whose absence is an answer; all others are unknown when absent.
NONE_RECORDED = {"duplicate.relation", "record.continuing_purpose", "consent.withdrawn_on", "record.purpose_ended_on"}
LEVELS = ["P0", "P1", "P2", "P3"]


@dataclass
class Says:
    """A rule that covers the holding, with its dates worked out; None = there is no such limit."""

    ceiling: date | None = None
    floor: date | None = None
    end: date | None = None
    end_of_purpose: bool = False
    never_starts: bool = False
    keeps: bool = False
    observes: bool = False
    needs: bool = False
    statutory: bool = True
    purpose: str = ""
    act: str = "erase"
    blocks: bool = False
    has_ceiling: bool = False
    has_floor: bool = False
    freed: bool = False


#: What takes most away comes first.
ACTS = ["erase", "take_down", "restrict", "mask", "strip", "stop_use", "renew", "review"]


@dataclass
class BruteRule:
    """A rule; ``adopted`` is None where its period needs no adoption, else whether somebody adopted it."""

    when: Any
    retention: dict[str, Any]
    statutory: bool = True
    act: str = "erase"
    adopted: bool | None = None
    exceptions: list[dict[str, Any]] = field(default_factory=list)


def truth(condition: Any, facts: dict[str, Any], on: date) -> bool | None:
    """True, False or None for unknown."""
    kind = condition[0]
    if kind in ("all", "any", "none"):
        found = [truth(member, facts, on) for member in condition[1]]
        if kind == "all":
            return False if False in found else (None if None in found else True)
        some = True if True in found else (None if None in found else False)
        return some if kind == "any" or some is None else not some
    _, name, operator, value = condition
    have = facts.get(name)
    if operator == "recorded":
        return have is not None
    if operator == "not recorded":
        return have is None
    if have is None and name == "duplicate.is_master":
        have = True
    if have is None and name not in NONE_RECORDED:
        return None
    if operator == "is":
        return bool(have == value)
    if operator == "is not":
        return bool(have != value)
    if operator == "is at least":
        return LEVELS.index(str(have)) >= LEVELS.index(value)
    if operator == "is on or before":
        return have is not None and have <= (on if value == "today" else value)
    raise AssertionError(operator)


def period(text: str) -> relativedelta:
    number, unit = int(text[1:-1]), text[-1]
    return relativedelta(**{{"Y": "years", "M": "months", "D": "days"}[unit]: number})  # type: ignore[arg-type]


def _day(value: Any) -> date:
    assert isinstance(value, date)
    return value


def start_of(retention: dict[str, Any], facts: dict[str, Any], statutory: bool) -> date | str | None:
    """The day counted from; UNKNOWN; or None where the period has not started.

    Only where the picture's own capture is counted from, and by no statute, does the day first seen take its place.
    """
    names = retention["from"]
    known = [facts[name] for name in names if facts.get(name) is not None]
    if retention.get("choice") == "latest of":
        absent = [name for name in names if facts.get(name) is None]
        if any(name in NONE_RECORDED for name in absent):
            return None
        guess = "image.captured_on" in names and not retention.get("ask") and not statutory
        if known and (not absent or guess):
            return _day(max(known))
    elif known:
        return _day(min(known))
    elif all(name in NONE_RECORDED for name in names):
        return None
    if "image.captured_on" in names and not retention.get("ask") and not statutory:
        for name in ("image.captured_on", "file.first_seen_on"):
            if facts.get(name) is not None:
                return _day(facts[name])
    return UNKNOWN


def own_sayings(rule: BruteRule, facts: dict[str, Any], released: bool) -> list[Says]:
    """The rule's own retention: a period that nobody adopted is an observation and nothing more."""
    if rule.adopted is not False:
        return sayings(rule.retention, facts, rule.statutory, released, rule.act)
    left = {key: value for key, value in rule.retention.items() if key in ("must_keep", "conflict", "needs")}
    found = sayings(left, facts, rule.statutory, released, rule.act)
    for said in found:
        said.observes = True
    return found


def sayings(retention: dict[str, Any], facts: dict[str, Any], statutory: bool, released: bool, act: str) -> list[Says]:
    """Everything a covering rule may be saying; several where a date is unknown."""
    said = Says(statutory=statutory, purpose=retention.get("purpose", ""), act=act)
    if not retention:
        said.observes = True
        return [said]
    said.blocks = bool(retention.get("conflict"))
    said.keeps = bool(retention.get("must_keep")) and not released
    said.has_floor = "min" in retention
    said.has_ceiling = "max" in retention
    said.observes = bool(retention.get("review"))
    said.needs = bool(retention.get("needs")) and facts.get(retention["needs"]) is None
    options = [said]
    if said.has_floor or said.has_ceiling:
        start = start_of(retention, facts, statutory)
        if start is None:
            said.never_starts = True
        if start is None or start == UNKNOWN:
            late, early = date(2999, 1, 1), date(1900, 1, 1)
            ceilings = [early, late] if start == UNKNOWN and said.has_ceiling else [late]
            floors = [early, late] if start == UNKNOWN and said.has_floor else [late]
        else:
            assert isinstance(start, date)
            ceilings = [start + period(retention["max"])] if said.has_ceiling else [date(2999, 1, 1)]
            floors = [start + period(retention["min"])] if said.has_floor else [date(2999, 1, 1)]
        options = [
            Says(**{**vars(said), "ceiling": ceiling, "floor": floor}) for ceiling in ceilings for floor in floors
        ]
    if "ends" in retention:
        name = retention["ends"]
        happened = facts.get(name)
        if happened is not None:
            for option in options:
                option.end, option.end_of_purpose = happened, name == "record.purpose_ended_on"
        elif name not in NONE_RECORDED:
            options += [Says(**{**vars(option), "end": date(1900, 1, 1)}) for option in options]
    for option in options:
        if released and (option.has_floor or retention.get("must_keep")):
            option.freed, option.floor = True, date(1900, 1, 1)
    return options


def rule_options(rule: BruteRule, facts: dict[str, Any], on: date, released: bool) -> list[Says | None]:
    """What the rule may come to; a single element where it is certain; None where it does not cover the holding."""
    covers = truth(rule.when, facts, on)
    if covers is False:
        return [None]
    live = [item for item in rule.exceptions if on <= item["until"]]
    answers = [truth(item["when"], facts, on) for item in live]
    sets = product(*([[True], [False], [True, False]][[True, False, None].index(answer)] for answer in answers))
    options: list[Says | None] = []
    for turn in sets:
        matched = [item for item, hit in zip(live, turn, strict=True) if hit]
        if not matched:
            options += own_sayings(rule, facts, released)
        elif any(item.get("suspend") for item in matched):
            options.append(Says(freed=True))
        else:
            options += sayings(matched[0]["retention"], facts, rule.statutory, released, rule.act)
    if covers is None:
        options.append(None)
    return options


def rung(said: list[Says], on: date, held: bool, other: bool) -> str:
    """The ladder of INTERFACE section 7, read from the top."""
    if held:
        return "on_hold"
    changing = [item for item in said if item.act in ("erase", "mask", "strip")]
    out = {item.purpose for item in changing if item.has_ceiling and item.ceiling and item.ceiling <= on}
    alive = {item.purpose for item in changing if item.has_ceiling and item.ceiling and item.ceiling > on} - out
    floor_runs = [item for item in said if item.has_floor and item.floor and item.floor > on]
    ended = [item for item in said if item.end and item.end <= on]
    if floor_runs and out:
        return "conflict"
    if out and (alive or other):
        return "conflict"
    if any(item.end_of_purpose and item in changing for item in ended) and (alive - {""} or other):
        return "conflict"
    if any(item.blocks for item in said):
        return "conflict"
    if any(item.keeps for item in said) or any(item.statutory for item in floor_runs):
        return "must_keep"
    if ended or any(item.has_ceiling and item.ceiling and item.ceiling <= on for item in said):
        return "due"
    if any(item.needs for item in said):
        return "cannot_decide"
    if any(item.has_ceiling or item.has_floor or item.end or item.freed for item in said):
        return "not_yet_due"
    return "flag" if any(item.observes for item in said) else "no_rule"


def outcome(rules: list[BruteRule], facts: dict[str, Any], on: date, *, held: bool, released: bool) -> str:
    """One holding's outcome: what is certain decides rungs 1 to 4, below that every turn must agree."""
    purpose, ends = facts.get("record.continuing_purpose"), facts.get("record.continuing_purpose_ends_on")
    other = purpose is not None and not (ends is not None and ends <= on)
    options = [rule_options(rule, facts, on, released) for rule in rules]

    def state(items: list[Says | None]) -> set[str]:
        """Alternatives that the ladder cannot tell apart are one."""
        return {repr(_shape(item, on)) for item in items}

    certain = [found[0] for found in options if len(state(found)) == 1 and found[0] is not None]
    sure = rung(certain, on, held, other)
    if sure in ("on_hold", "conflict", "must_keep", "due"):
        return sure
    outcomes = {rung([item for item in turn if item is not None], on, held, other) for turn in product(*options)}
    return outcomes.pop() if len(outcomes) == 1 else "cannot_decide"


def due_of(rules: list[BruteRule], facts: dict[str, Any], on: date, *, released: bool) -> tuple[str, date] | None:
    """What is due and since when, where every rule is certain: the first day, and of equal days the gravest act."""
    options = [rule_options(rule, facts, on, released) for rule in rules]
    if any(len(found) > 1 for found in options):
        return None
    said = [found[0] for found in options if found[0] is not None]
    days = [(item.end, ACTS.index(item.act)) for item in said if item.end and item.end <= on]
    over = [item for item in said if item.has_ceiling and item.ceiling and item.ceiling <= on]
    changes = ("erase", "mask", "strip")
    days += [(item.ceiling, ACTS.index(item.act)) for item in over if item.ceiling and item.act not in changes]
    shortest: dict[str, tuple[date, int]] = {}
    for item in over:
        if item.ceiling and item.act in changes:
            one = (item.ceiling, ACTS.index(item.act))
            shortest[item.purpose] = min(one, shortest.get(item.purpose, one))
    if shortest:
        last = max(day for day, _ in shortest.values())
        days.append((last, min(act for day, act in shortest.values() if day == last)))
    day, act = min(days)
    return ACTS[act], day


def _shape(item: Says | None, on: date) -> object:
    if item is None:
        return None
    ceiling = item.ceiling <= on if item.has_ceiling and item.ceiling else None
    floor = item.floor <= on if item.has_floor and item.floor else None
    end = item.end <= on if item.end else None
    changes = item.act in ("erase", "mask", "strip")
    purpose = item.purpose if item.has_ceiling else ""
    return (ceiling, floor, item.statutory and floor is False, end, item.end_of_purpose, item.keeps, item.observes,
            item.needs, item.freed, item.blocks, changes, purpose)  # fmt: skip
