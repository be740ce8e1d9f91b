"""The sentences of findings and dispositions: careful words, nothing claimed that was not worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pdpo_audit.model.findings import STOP_RULE, Act, AuthorityRank, Hold, Outcome
from pdpo_audit.policy.effects import rank_of_day
from pdpo_audit.policy.facts import Fact
from pdpo_audit.policy.periods import Period, spoken_period
from pdpo_audit.policy.rules import Rule
from pdpo_audit.policy.telling.authorities import RANK_WORDS
from pdpo_audit.policy.telling.standing import suggestion_of
from pdpo_audit.policy.terms.authorities import Adoption, Authority

#: What is due, by the act that a rule proposes.
ACT_WORDS: dict[Act, str] = {
    Act.ERASE: "Erasure review due",
    Act.TAKE_DOWN: "Taking down due",
    Act.RESTRICT: "Restriction of access due",
    Act.MASK: "Masking due",
    Act.STRIP: "Removal of metadata due",
    Act.STOP_USE: "Use to be stopped",
    Act.RENEW: "Renewal or retirement due",
    Act.REVIEW: "Review due",
}

HOLD_WORDS = {
    "legal_hold": "legal hold (a continuing purpose: the matter it serves)",
    "access_request": "open data access request (PDPO s.19)",
    "correction_request": "open data correction request (PDPO s.23)",
    "complaint": "open complaint",
    "investigation": "open investigation",
    STOP_RULE: "stop rule",
}


def strongest(authorities: Sequence[Authority]) -> Authority:
    """The highest-ranking of several."""
    order = list(AuthorityRank)
    return min(authorities, key=lambda item: order.index(item.rank))


def criteria_text(rule: Rule) -> str:
    """The closing clause of a finding against criteria of law."""
    if not rule.criteria:
        return ""
    return f" Potential non-compliance with {', '.join(rule.criteria)}, subject to legal review."


def ran_out(rule: Rule, on: date, period: Period, counted: Fact, named: Fact, start: date, due: date) -> str:
    """A maximum that has run out."""
    fallen = f" {_capital(named.gloss.en)} is not recorded; counted from {counted.gloss.en} instead."
    return (
        f"{ACT_WORDS[rule.act]}: the maximum of {spoken_period(period)} ({standing(rule, on)}), counted from "
        f"{counted.gloss.en} ({start.isoformat()}), ran out on {due.isoformat()}."
        + (fallen if counted is not named and named.name != counted.name else "")
        + criteria_text(rule)
    )


def has_ended(rule: Rule, on: date, event: Fact, day: date) -> str:
    """Consent, release, licence or purpose that has ended."""
    return (
        f"{ACT_WORDS[rule.act]}: {event.gloss.en} was {day.isoformat()} ({standing(rule, on)}); no continuing purpose "
        "is recorded." + criteria_text(rule)
    )


def standing(rule: Rule, on: date) -> str:
    """On whose word a rule's day stands; of an adopted period who adopted it, and when."""
    words = RANK_WORDS[rank_of_day(rule, on)]
    adoption = rule.adoption
    if adoption is None or rule.waits(on):
        return words
    reference = f", {adoption.reference}" if adoption.reference else ""
    return f"{words}: adopted by {adoption.by} on {adoption.on.isoformat()}{reference}"


def suggested(rule: Rule, on: date) -> str:
    """A period that nobody has adopted, or whose adoption is not in force."""
    said = f"Suggested by the rule pack, {_not_adopted(rule.adoption, on)}: {suggestion_of(rule).en}. "
    return said + "It is neither law nor this organisation's policy until somebody with authority adopts it in writing."


def _not_adopted(adoption: Adoption | None, on: date) -> str:
    if adoption is None:
        return "not adopted"
    if adoption.on > on:
        return f"adopted by {adoption.by} from {adoption.on.isoformat()} only"
    ended = adoption.until.isoformat() if adoption.until else ""
    return f"no longer adopted (adopted by {adoption.by} on {adoption.on.isoformat()}, ended on {ended})"


def observed(rule: Rule, review_on: date | None) -> str:
    """An observation, or what must be recorded first."""
    return rule.reason.en + (f" Review by {review_on.isoformat()}." if review_on else "")


def must_stay(rule: Rule, until: date | None) -> str:
    """The keeping side of a conflict."""
    authority = strongest(rule.carrying)
    end = f"until {until.isoformat()}" if until else "without an end date"
    return f"To be kept {end}: {authority.cite} ({RANK_WORDS[authority.rank]})."


def hold_text(holds: Sequence[Hold]) -> str:
    """The holds that select a holding, cited by kind."""
    said = [f"{HOLD_WORDS.get(hold.kind, hold.kind)} {hold.hold_id}".rstrip() for hold in holds]
    return "On hold: " + "; ".join(said) + "."


#: Whom to call, and what not to do, where the stop rule applies.
STOP_TEXT = (
    " Stop: do not open, copy, forward, mask or erase it. Call your counsel at once, or the Hong Kong Police Force "
    "(999 where a child is in danger); they say what happens next."
)


def stop_text(holds: Sequence[Hold]) -> str:
    """Whom to call, where the stop rule is among the holds."""
    return STOP_TEXT if any(hold.kind == STOP_RULE for hold in holds) else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_OUTCOME: dict[Outcome, str] = {
    Outcome.ON_HOLD: "Nothing is erased while it lasts.",
    Outcome.CONFLICT: "Conflict: {rules}. One rule says keep, a purpose is still alive or an authority is missing, and "
    "something has run out; nothing is disposed of, a person decides.",
    Outcome.MUST_KEEP: "To be kept under {rules}{until}.",
    Outcome.DUE: "{act} since {due} under {due_rule} ({rank}).{others}",
    Outcome.CANNOT_DECIDE: "Cannot be decided: not known: {missing} (asked by {rules}).",
    Outcome.NOT_YET_DUE: "Covered by {rules}; nothing is due{next}. That is no permission to keep.",
    Outcome.FLAG: "Observations only: {rules}.",
    Outcome.NO_RULE: "No rule covers this holding; that is no statement that it may be kept.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """What a disposition's sentence is made of; ``copy`` marks an additional copy that its master does not release."""

    outcome: Outcome
    act: Act | None
    rules: str
    due: date | None
    due_rule: str
    due_rank: AuthorityRank | None
    missing: str
    holds: Sequence[Hold]
    suggested: bool
    copy: bool


def disposed(said: Disposed) -> str:
    """The sentence of a disposition."""
    day = said.due.isoformat() if said.due else ""
    rank = RANK_WORDS[said.due_rank] if said.due_rank else ""
    others = [name for name in said.rules.split(", ") if name != said.due_rule]
    text = _OUTCOME[said.outcome].format(
        rules=said.rules,
        act=ACT_WORDS[said.act] if said.act else "",
        due=day,
        due_rule=said.due_rule,
        rank=rank,
        others=f" Also: {', '.join(others)}, each with its own day and act." if others else "",
        missing=said.missing,
        until=f" until {day} ({said.due_rule}: {rank})" if day else "",
        next=f" before {day} ({said.due_rule}: {rank})" if day else "",
    )
    if said.outcome is Outcome.ON_HOLD:
        return f"{hold_text(said.holds)} {text}{stop_text(said.holds)}"
    return text + _besides(said)


def _besides(said: Disposed) -> str:
    if said.outcome is Outcome.MUST_KEEP and said.copy:
        return " It is an additional copy that its master does not release; a person decides whether it may go."
    if said.outcome is Outcome.DUE and said.missing:
        return f" Check first: {said.missing} not known, and a rule that keeps may depend on it."
    if said.outcome is Outcome.FLAG and said.suggested:
        return " A suggested period is not adopted, so nothing is due."
    return ""
