"""Rules read back as sentences in English and Traditional Chinese: the text that gets signed off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pdpo_audit.model.audits import RuleText
from pdpo_audit.model.findings import AuthorityRank, Severity
from pdpo_audit.policy.judging.dating import FALL_BACKS
from pdpo_audit.policy.judging.effects import rank_of_day
from pdpo_audit.policy.judging.words.phrases import strongest
from pdpo_audit.policy.packs.folders import describe_review
from pdpo_audit.policy.telling.sentence_words import ASK, GROUPS, OPERATORS, PROPOSALS, STATUS, YES_NO, Language
from pdpo_audit.policy.terms.authorities import Confidence
from pdpo_audit.policy.terms.facts import Fact
from pdpo_audit.policy.terms.periods import chinese_period, spoken_period
from pdpo_audit.policy.terms.rules import (
    Choice,
    Condition,
    Group,
    IfUnknown,
    Operator,
    Pack,
    Quantifier,
    Retention,
    Rule,
    RuleException,
    Scope,
    Start,
    Status,
    Test,
    Value,
)
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.words.authorities import authority_gloss
from pdpo_audit.policy.words.standing import adoption_of

LANGUAGES: tuple[Language, ...] = ("en", "zh-Hant")


def rule_texts(packs: Sequence[Pack], *, on: date, drafts: bool = False) -> tuple[RuleText, ...]:
    """Every active rule as people read it on a day; with ``drafts`` the drafts too, marked as not in force."""
    texts: list[RuleText] = []
    for pack in packs:
        shown = [
            rule for rule in pack.rules if rule.status is Status.ACTIVE or (drafts and rule.status is Status.DRAFT)
        ]
        texts.extend(_rule_text(pack, rule, on) for rule in shown)
        texts.extend(_override_text(pack, item) for item in pack.exceptions)
    return tuple(texts)


def _override_text(pack: Pack, item: RuleException) -> RuleText:
    """An exception to another pack's rule, as a text of its own."""
    title = Gloss(en=f"Exception to {item.to}", zh=f"{item.to} 的例外情況")
    return RuleText(
        rule=item.exception_id,
        pack=pack.identity.name,
        title=title.as_labels(),
        sentence={language: _exception_text(item, language).strip() for language in LANGUAGES},
        authority=f"approved by {item.approved_by}",
        authority_zh=f"由{item.approved_by}批准",
        authority_rank=AuthorityRank.ORGANISATION_POLICY.value,
        confidence=Confidence.FOUND.value,
        legal_review=pack.identity.legal_review,
        severity=Severity.OBSERVATION.value,
    )


def _rule_text(pack: Pack, rule: Rule, on: date) -> RuleText:
    leading, authority = strongest(rule.carrying), authority_gloss(rule, on)
    return RuleText(
        rule=rule.rule_id,
        pack=pack.identity.name,
        title=rule.title.as_labels(),
        sentence={language: sentence(rule, language, on) for language in LANGUAGES},
        authority=authority.en,
        authority_zh=authority.zh,
        authority_rank=rank_of_day(rule, on).value,
        confidence=leading.confidence.value,
        legal_review=describe_review(rule.review) if rule.review else pack.identity.legal_review,
        vouched=rule.adoption is not None or rule.review is not None,
        severity=rule.severity.value,
    )


def sentence(rule: Rule, language: Language, on: date) -> str:
    """One rule in words on a day: when it applies, what follows, who adopted it, what is proposed, its exceptions."""
    when = condition_text(rule.when, language)
    follows = _follows(rule, language, on)
    adopted = adoption_of(rule, on).in_language(language)
    proposed = PROPOSALS[rule.proposal].in_language(language)
    draft = STATUS[rule.status].in_language(language)
    exceptions = "".join(_exception_text(item, language) for item in rule.exceptions) + _gives_way(rule, language)
    if language == "zh-Hant":
        scope = "就每一來源而言，" if rule.scope is Scope.SOURCE else ""
        return f"{draft}{scope}如{when}：{_stop(follows, '。')}{adopted}建議：{proposed}。{exceptions}"
    scope = "For each source: " if rule.scope is Scope.SOURCE else ""
    return f"{draft}{scope}Where {when}: {_stop(follows, '.')}{adopted} Proposed: {proposed}.{exceptions}"


def _gives_way(rule: Rule, language: Language) -> str:
    """The narrower rules that tell it in this rule's place, where their pack is in use."""
    if not rule.gives_way_to:
        return ""
    if language == "zh-Hant":
        return f"如{'、'.join(rule.gives_way_to)}適用並已指出，則不重複指出。"
    return f" Silent where {' or '.join(rule.gives_way_to)}, if in use, tells it."


def _follows(rule: Rule, language: Language, on: date) -> str:
    """What a rule says about time: the period that was adopted, else its own; of a rule that keeps, why."""
    retention = rule.retention if rule.waits(on) else rule.deciding(on)
    said = retention_text(retention, language) if retention else ""
    own = rule.retention is None or rule.retention.must_keep or rule.retention.conflict
    reason = rule.reason.in_language(language) if own else ""
    return " ".join(filter(None, (reason, said))) if language == "en" else reason + said


def _stop(text: str, mark: str) -> str:
    return text if text.endswith(mark) else text + mark


def _exception_text(item: RuleException, language: Language) -> str:
    when = condition_text(item.when, language)
    then = retention_text(item.retention, language) if item.retention else ""
    until, reason = item.valid_until.isoformat(), item.reason.in_language(language)
    if language == "zh-Hant":
        what = then or "不適用本規則"
        head = f"例外（{item.exception_id}，有效至{until}，由{item.approved_by}批准）"
        return f"{head}：如{when}，{what}；理由：{_stop(reason, '。')}"
    what = then or "the rule is suspended"
    return (
        f" Exception {item.exception_id} (until {until}, approved by {item.approved_by}): where {when}, {what}; "
        f"because: {_stop(reason, '.')}"
    )


# --- conditions ----------------------------------------------------------------------------------------------------


def condition_text(condition: Condition, language: Language, *, inner: bool = False) -> str:
    """A condition in words; a definition by its meaning."""
    if isinstance(condition, Test):
        return test_text(condition, language)
    if condition.meaning is not None:
        return _defined(condition, language)
    joined = _joined(condition, language)
    if condition.quantifier is Quantifier.NONE:
        lead = "並非（" if language == "zh-Hant" else "it is not so that ("
        return f"{lead}{joined}）" if language == "zh-Hant" else f"{lead}{joined})"
    if inner and len(condition.members) > 1:
        return f"（{joined}）" if language == "zh-Hant" else f"({joined})"
    return joined


def _defined(group: Group, language: Language) -> str:
    assert group.meaning is not None
    meaning = group.meaning.in_language(language)
    return f"屬「{meaning}」" if language == "zh-Hant" else f"it is {_quoted(meaning)}"


def _quoted(meaning: str) -> str:
    return f"“{meaning}”"


def _joined(group: Group, language: Language) -> str:
    quantifier = Quantifier.ANY if group.quantifier is Quantifier.NONE else group.quantifier
    word = GROUPS[quantifier].in_language(language)
    return word.join(condition_text(member, language, inner=True) for member in group.members)


def test_text(test: Test, language: Language) -> str:
    """One comparison in words."""
    fact = test.fact.gloss.in_language(language)
    operator = OPERATORS[test.operator].in_language(language)
    if test.operator in (Operator.RECORDED, Operator.NOT_RECORDED):
        return f"{fact}{operator}" if language == "zh-Hant" else f"{fact} {operator}"
    if test.fact.name in YES_NO:
        return YES_NO[test.fact.name][test.values[0] is True].in_language(language)
    value = _against(test, language)
    return f"{fact}{operator}{value}" if language == "zh-Hant" else f"{fact} {operator} {value}"


test_text.__test__ = False  # type: ignore[attr-defined]  # a sentence about a test, not a test


def _against(test: Test, language: Language) -> str:
    if test.other is not None:
        return test.other.gloss.in_language(language)
    if test.today:
        day = Gloss("the day of the assessment", "評估當日")
        if test.ago is not None:
            day = Gloss(f"{spoken_period(test.ago)} before {day.en}", f"{day.zh}之前{chinese_period(test.ago)}")
        return day.in_language(language)
    said = [value_text(test.fact, value, language) for value in test.values]
    return ("、" if language == "zh-Hant" else ", ").join(said)


def value_text(fact: Fact, value: Value, language: Language) -> str:
    """A value in the words of its fact."""
    if isinstance(value, bool):
        return {True: Gloss("yes", "是"), False: Gloss("no", "否")}[value].in_language(language)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    known = fact.values.get(str(value))
    return known.in_language(language) if known else f"“{value}”"


# --- retention -----------------------------------------------------------------------------------------------------


def retention_text(retention: Retention, language: Language) -> str:
    """What a rule says about time, in words."""
    say = _chinese if language == "zh-Hant" else _english
    parts = [part for part in say(retention) if part]
    return ("；" if language == "zh-Hant" else "; ").join(parts)


def _english(retention: Retention) -> list[str]:
    counted = _counted(retention.start, "en") if retention.start else ""
    return [
        f"keep for at least {spoken_period(retention.at_least)}{counted}" if retention.at_least else "",
        f"keep no longer than {spoken_period(retention.no_longer_than)}{counted}" if retention.no_longer_than else "",
        f"review after {spoken_period(retention.review_after)}{counted}" if retention.review_after else "",
        "nothing is disposed of before a person has decided" if retention.conflict else "",
        f"keep no longer than {_names(retention.ends_with, 'en', ' or ')}" if retention.ends_with else "",
        f"nothing can be decided without {_names(retention.undecided_without, 'en', ' and ')}"
        if retention.undecided_without
        else "",
        f"this limits the purpose “{retention.purpose}”" if retention.purpose else "",
        "a due day on a Sunday or general holiday moves to the next working day" if retention.to_working_day else "",
    ]


def _chinese(retention: Retention) -> list[str]:
    counted = _counted(retention.start, "zh-Hant") if retention.start else ""
    return [
        f"{counted}至少保留{chinese_period(retention.at_least)}" if retention.at_least else "",
        f"{counted}保留不得超過{chinese_period(retention.no_longer_than)}" if retention.no_longer_than else "",
        f"{counted}於{chinese_period(retention.review_after)}後覆核" if retention.review_after else "",
        "在有人作出決定前，不得作任何處置" if retention.conflict else "",
        f"保留不得超過{_names(retention.ends_with, 'zh-Hant', '或')}" if retention.ends_with else "",
        f"沒有{_names(retention.undecided_without, 'zh-Hant', '及')}則無法判斷" if retention.undecided_without else "",
        f"此上限適用於目的「{retention.purpose}」" if retention.purpose else "",
        "到期日如為星期日或公眾假期，順延至下一工作日" if retention.to_working_day else "",
    ]


def _names(facts: Sequence[Fact], language: Language, joint: str) -> str:
    return joint.join(fact.gloss.in_language(language) for fact in facts)


def _counted(start: Start, language: Language) -> str:
    falls = _falls_back(start, language)
    several = len(start.facts) > 1
    if language == "zh-Hant":
        names = _names(start.facts, language, "、")
        which = {Choice.EARLIEST: "最早者", Choice.LATEST: "最遲者"}[start.choice]
        return f"由{names}{'中' + which if several else ''}起計{falls}，"
    names = _names(start.facts, language, ", ")
    which = {Choice.EARLIEST: "the earliest recorded of ", Choice.LATEST: "the latest of "}[start.choice]
    return f", counted from {which if several else ''}{names}{falls}"


def _falls_back(start: Start, language: Language) -> str:
    """What happens where the date is not known; a date that is itself a fall-back is not named twice."""
    if start.if_unknown is IfUnknown.ASK:
        return ASK.in_language(language)
    others = [fact.gloss.in_language(language) for fact in FALL_BACKS if fact not in start.facts]
    if language == "zh-Hant":
        return f"（如不詳，由{'；再不詳，由'.join(others)}起計）" if others else ""
    return f" (where unknown, from {', else from '.join(others)})" if others else ""
