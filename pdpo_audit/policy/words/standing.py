"""Whether a suggested period has been adopted, by whom and until when: one sentence in each language."""

from __future__ import annotations

from datetime import date

from pdpo_audit.policy.terms.authorities import Adoption
from pdpo_audit.policy.terms.periods import chinese_period, spoken_period
from pdpo_audit.policy.terms.rules import Choice, Rule
from pdpo_audit.policy.terms.wording import Gloss

_SUGGESTED = Gloss(
    en=" The period is suggested by the rule pack, not adopted: it decides nothing until somebody with authority "
    "adopts it in writing.",
    zh="此期限只屬規則包的建議，尚未獲採納；在獲授權者以書面採納之前，不據此作任何決定。",
)


def adoption_of(rule: Rule, on: date) -> Gloss:
    """How the period of a rule stands on a day; empty where it needs no adoption."""
    if not rule.suggested:
        return Gloss(en="", zh="")
    adoption = rule.adoption
    if adoption is None:
        return _SUGGESTED
    return _adopted(rule, adoption) if adoption.works(on) else _not_in_force(adoption, on)


def _adopted(rule: Rule, adoption: Adoption) -> Gloss:
    day, reference, instead = adoption.on.isoformat(), adoption.reference, _instead(rule, adoption)
    until = adoption.until.isoformat() if adoption.until else ""
    return Gloss(
        en=f" The period{instead.en} is this organisation's own policy, adopted by {adoption.by} on {day}"
        + (f" ({reference})" if reference else "")
        + (f", until {until}." if until else "."),
        zh=f"此期限{instead.zh}為本機構自訂的政策，由{adoption.by}於{day}採納"
        + (f"（{reference}）" if reference else "")
        + (f"，有效至{until}。" if until else "。"),
    )


def _instead(rule: Rule, adoption: Adoption) -> Gloss:
    """The length that was adopted, where it is not the suggested one."""
    suggested = rule.retention.length if rule.retention else None
    if adoption.period is None or suggested is None or adoption.period == suggested:
        return Gloss(en="", zh="")
    return Gloss(
        en=f" of {spoken_period(adoption.period)} (suggested: {spoken_period(suggested)})",
        zh=f"（{chinese_period(adoption.period)}；建議為{chinese_period(suggested)}）",
    )


def _not_in_force(adoption: Adoption, on: date) -> Gloss:
    day = adoption.on.isoformat()
    if adoption.of_earlier_text:
        return Gloss(
            en=f" The period was adopted by {adoption.by} on {day} for an earlier text of this rule: it is suggested "
            "only, and decides nothing until it is adopted again.",
            zh=f"此期限由{adoption.by}於{day}就本規則較早的文本採納；現時只屬建議，在再次採納之前，不據此作任何決定。",
        )
    if adoption.on > on:
        return Gloss(
            en=f" The period is adopted by {adoption.by} with effect from {day}; until then it is suggested only.",
            zh=f"此期限由{adoption.by}採納，自{day}起生效；在此之前只屬建議。",
        )
    ended = adoption.until.isoformat() if adoption.until else day
    return Gloss(
        en=f" The period was adopted by {adoption.by} on {day}, and the adoption ended on {ended}: it is suggested "
        "only, and decides nothing.",
        zh=f"此期限曾由{adoption.by}於{day}採納，而該項採納已於{ended}終止；現時只屬建議，不據此作任何決定。",
    )


def suggestion_of(rule: Rule) -> Gloss:
    """What a suggested period says, without its standing."""
    retention = rule.retention
    assert retention is not None
    parts = (
        ("keep no longer than", "保留不得超過", retention.no_longer_than),
        ("keep for at least", "至少保留", retention.at_least),
        ("review after", "於其後覆核：", retention.review_after),
    )
    start = retention.start
    counted = start.facts if start else ()
    latest = start is not None and start.choice is Choice.LATEST
    which = Gloss("the latest of ", "中最遲者") if latest else Gloss("", "")
    if not any(period for *_, period in parts):
        return Gloss(
            en="keep no longer than " + " or ".join(fact.gloss.en for fact in retention.ends_with),
            zh="保留不得超過" + "或".join(fact.gloss.zh for fact in retention.ends_with),
        )
    said_en = " and ".join(f"{words} {spoken_period(period)}" for words, _, period in parts if period)
    said_zh = "，".join(words + chinese_period(period) for _, words, period in parts if period)
    return Gloss(
        en=said_en + (f", counted from {which.en}{' or '.join(fact.gloss.en for fact in counted)}" if counted else ""),
        zh=(f"由{'或'.join(fact.gloss.zh for fact in counted)}{which.zh}起計，" if counted else "") + said_zh,
    )
