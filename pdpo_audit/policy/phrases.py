"""The sentences of findings and dispositions: careful words, nothing claimed that was not worked out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pdpo_audit.model.findings import AuthorityRank, Hold, Outcome
from pdpo_audit.policy.facts import Fact
from pdpo_audit.policy.periods import Period
from pdpo_audit.policy.rules import Authority, Rule, Supports

RANK_WORDS: dict[AuthorityRank, str] = {
    AuthorityRank.ORDINANCE: "ordinance",
    AuthorityRank.SUBSIDIARY_LEGISLATION: "subsidiary legislation",
    AuthorityRank.COURT: "court decision",
    AuthorityRank.AAB: "Administrative Appeals Board decision",
    AuthorityRank.CODE_OF_PRACTICE: "code of practice",
    AuthorityRank.PCPD_GUIDANCE: "PCPD guidance",
    AuthorityRank.SECTOR_REGULATOR: "sector regulator",
    AuthorityRank.CONTRACT: "contract",
    AuthorityRank.ORGANISATION_POLICY: "organisation policy, not law",
    AuthorityRank.CUSTOM: "custom, not law",
}

HOLD_WORDS = {
    "legal_hold": "legal hold (a continuing purpose: the matter it serves)",
    "access_request": "open data access request (PDPO s.19)",
    "correction_request": "open data correction request (PDPO s.23)",
    "complaint": "open complaint",
    "investigation": "open investigation",
}

_UNITS = (("year", 12), ("month", 1))


def spoken_period(period: Period) -> str:
    """``P1Y6M`` as "1 year 6 months"."""
    years, months = divmod(period.months, 12)
    parts = [(years, "year"), (months, "month"), (period.days, "day")]
    said = [f"{count} {unit}" if count == 1 else f"{count} {unit}s" for count, unit in parts if count]
    return " ".join(said) or "0 days"


def carrying(rule: Rule) -> tuple[Authority, ...]:
    """The authorities that carry the rule's period, or all of them where it has none."""
    return tuple(item for item in rule.authorities if item.supports is Supports.PERIOD) or rule.authorities


def strongest(authorities: Sequence[Authority]) -> Authority:
    """The highest-ranking of several."""
    order = list(AuthorityRank)
    return min(authorities, key=lambda item: order.index(item.rank))


def authority_text(rule: Rule) -> str:
    """All authorities in one line, the period's apart from the duty's, each with its rank."""
    periods = [item for item in rule.authorities if item.supports is Supports.PERIOD]
    duties = [item for item in rule.authorities if item.supports is Supports.DUTY]
    groups = [("Period: ", periods), ("Duty: " if periods else "", duties)]
    return ". ".join(
        lead + "; ".join(f"{item.cite} [{RANK_WORDS[item.rank]}]" for item in items) for lead, items in groups if items
    )


def criteria_text(rule: Rule) -> str:
    """The closing clause of a finding against criteria of law."""
    if not rule.criteria:
        return ""
    return f" Potential non-compliance with {', '.join(rule.criteria)}, subject to legal review."


def ran_out(rule: Rule, period: Period, counted: Fact, named: Fact, start: date, due: date) -> str:
    """A maximum that has run out."""
    rank = RANK_WORDS[strongest(carrying(rule)).rank]
    fallen = f" {_capital(named.gloss.en)} is not recorded; counted from {counted.gloss.en} instead."
    return (
        f"Erasure review due: the maximum of {spoken_period(period)} ({rank}), counted from {counted.gloss.en} "
        f"({start.isoformat()}), ran out on {due.isoformat()}."
        + (fallen if counted is not named and named.name != counted.name else "")
        + criteria_text(rule)
    )


def has_ended(rule: Rule, event: Fact, day: date) -> str:
    """Consent, release, licence or purpose that has ended."""
    return (
        f"Erasure review due: {event.gloss.en} was {day.isoformat()}, and no continuing purpose is recorded."
        + criteria_text(rule)
    )


def observed(rule: Rule, review_on: date | None) -> str:
    """An observation, or what must be recorded first."""
    return rule.reason.en + (f" Review by {review_on.isoformat()}." if review_on else "")


def must_stay(rule: Rule, until: date | None) -> str:
    """The keeping side of a conflict."""
    authority = strongest(carrying(rule))
    end = f"until {until.isoformat()}" if until else "without an end date"
    return f"To be kept {end}: {authority.cite} ({RANK_WORDS[authority.rank]})."


def hold_text(holds: Sequence[Hold]) -> str:
    """The holds that select a holding, cited by kind."""
    said = [f"{HOLD_WORDS.get(hold.kind, hold.kind)} {hold.hold_id}" for hold in holds]
    return "On hold: " + "; ".join(said) + "."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_OUTCOME: dict[Outcome, str] = {
    Outcome.ON_HOLD: "Nothing is erased while it lasts.",
    Outcome.CONFLICT: "Conflict: {rules}. One rule says keep or a purpose is still alive, another has run out; "
    "nothing is disposed of, a person decides.",
    Outcome.MUST_KEEP: "To be kept under {rules}{until}.",
    Outcome.DUE: "Erasure review due since {due} under {rules}.",
    Outcome.CANNOT_DECIDE: "Cannot be decided: not known: {missing} (asked by {rules}).",
    Outcome.NOT_YET_DUE: "Covered by {rules}; nothing is due{next}.",
    Outcome.FLAG: "Observations only: {rules}.",
    Outcome.NO_RULE: "No rule covers this holding; that is no statement that it may be kept.",
}


def disposed(
    outcome: Outcome, rules: str, due: date | None, missing: str, holds: Sequence[Hold], *, copy: bool = False
) -> str:
    """The sentence of a disposition. ``copy`` marks an additional copy that its master does not release."""
    day = due.isoformat() if due else ""
    said = _OUTCOME[outcome].format(
        rules=rules,
        due=day,
        missing=missing,
        until=f" until {day}" if day else "",
        next=f" before {day}" if day else "",
    )
    if outcome is Outcome.ON_HOLD:
        return f"{hold_text(holds)} {said}"
    if outcome is Outcome.MUST_KEEP and copy:
        return said + " It is an additional copy that its master does not release; a person decides whether it may go."
    if outcome is Outcome.DUE and missing:
        return said + f" Check first: {missing} not known, and a rule that keeps may depend on it."
    return said
