"""A holding's trace as people read it, in English or in Traditional Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from pdpo_audit.model.findings import Outcome
from pdpo_audit.policy.judging.conditions import Verdict
from pdpo_audit.policy.judging.ladder import Says
from pdpo_audit.policy.telling.explanations import ConditionTrace, Explanation, RuleTrace
from pdpo_audit.policy.telling.sentence_words import Language
from pdpo_audit.policy.terms.wording import Gloss

_MARK = {
    Verdict.YES: Gloss(en="yes", zh="是"),
    Verdict.NO: Gloss(en="no", zh="否"),
    Verdict.UNKNOWN: Gloss(en="unknown", zh="未知"),
}

#: The outcomes in the words of the reports.
OUTCOMES: dict[Outcome, str] = {
    Outcome.ON_HOLD: "須予保存（暫停銷毀）",
    Outcome.CONFLICT: "規則互相牴觸，由人決定",
    Outcome.MUST_KEEP: "必須保留",
    Outcome.DUE: "已到期",
    Outcome.CANNOT_DECIDE: "欠缺事實，未能決定",
    Outcome.NOT_YET_DUE: "未到期",
    Outcome.FLAG: "只有觀察事項",
    Outcome.NO_RULE: "沒有規則涵蓋",
}

#: Why a rung holds, by the ladder's own words.
REASONS = {
    "an active hold or open request selects it": "受有效的法律保存要求或未完結的要求涵蓋",
    "a minimum that still runs stands against a maximum that has run out": "最短期限未屆滿，而最長期限已屆滿",
    "one purpose has run out while another is still alive": "一項目的已完結，而另一項目的仍然有效",
    "an authority that disposal needs is missing": "尚未取得處置所需的同意",
    "erasure is forbidden, or a decision to preserve is recorded": "禁止刪除，或已記錄須予保存的決定",
    "a statutory minimum has not run out": "法定最短期限未屆滿",
    "consent, release, licence or purpose has ended": "同意、肖像使用同意書、特許或目的已終止",
    "the shortest maximum of its purpose has run out": "該目的最短的一項最長期限已屆滿",
    "a fact that would decide is unknown": "欠缺足以決定的事實",
    "rules cover it and none is due": "受規則涵蓋而未有到期",
    "only observations": "只有觀察事項",
    "no rule covers it": "沒有規則涵蓋",
}

#: What a rule says, by the ladder's words.
SAYS: dict[Says, str] = {
    Says.CEILING_RUNS: "最長期限未屆滿",
    Says.CEILING_OUT: "最長期限已屆滿",
    Says.FLOOR_RUNS: "最短期限未屆滿",
    Says.KEEP: "禁止刪除",
    Says.PERMISSION_ENDED: "准許已終止",
    Says.PURPOSE_ENDED: "目的已終止",
    Says.END_AHEAD: "尚未到終止日",
    Says.COVERED: "受涵蓋",
    Says.BLOCKED: "在有人作出決定前，不得作任何處置",
    Says.UNDECIDED: "須先有一項事實",
    Says.OBSERVED: "觀察事項",
}

_DATES = {
    "counted from": "起計日",
    "no longer than": "最遲保留至",
    "at least until": "最少保留至",
    "review": "覆核日",
    "ended on": "終止日",
}

_WORDS = {
    "decided": Gloss(en="decided", zh="據此決定"),
    "line": Gloss(en="line ", zh="第"),
    "line_end": Gloss(en="", zh="行"),
    "was": Gloss(en="was: ", zh="實為："),
    "exception": Gloss(en="exception", zh="例外情況"),
    "says": Gloss(en="says", zh="結論"),
    "or": Gloss(en=" | or: ", zh="；或："),
    "nothing": Gloss(en="nothing", zh="無"),
    "released": Gloss(en="released by its master", zh="由其主檔案代為保留"),
    "ladder": Gloss(en="ladder", zh="次序表"),
}


def explained_lines(explanation: Explanation, *, language: Language = "en", everything: bool = False) -> Iterator[str]:
    """The trace as lines of text; rules that say no are one line each unless ``everything`` is asked.

    The explanation must have been made in the same language.
    """
    yield f"{explanation.source}: {explanation.path}"
    yield _outcome(explanation, language)
    for rule in explanation.rules:
        yield from _rule_lines(rule, language, everything)
    yield f"{_word('ladder', language)}:"
    for rung in explanation.ladder:
        outcome = OUTCOMES[rung.outcome] if language == "zh-Hant" else rung.outcome.value
        why = REASONS[rung.why] if language == "zh-Hant" else rung.why
        yield f"  [{_mark(Verdict.YES if rung.holds else Verdict.NO, language)}] {outcome}: {why}"


def _outcome(explanation: Explanation, language: Language) -> str:
    due = f" ({explanation.due_on})" if explanation.due_on else ""
    if language == "en":
        return f"-> {explanation.outcome}{due}: {explanation.explanation}"
    return f"-> {OUTCOMES[Outcome(explanation.outcome)]}（{explanation.outcome}）{due}：{explanation.explanation}"


def _rule_lines(rule: RuleTrace, language: Language, everything: bool) -> Iterator[str]:
    decided = f", {_word('decided', language)}" if rule.decided else ""
    where = f"{rule.pack}, {_line(rule.line, language)}"
    yield f"[{_mark(rule.verdict, language)}] {rule.rule} {rule.title} ({where}{decided})"
    if rule.verdict is Verdict.NO and not everything:
        return
    yield from _condition_lines(rule.when, "  ", language)
    for name, verdict, when in rule.exceptions:
        yield f"  [{_mark(verdict, language)}] {_word('exception', language)} {name}"
        yield from _condition_lines(when, "    ", language)
    for what, day in rule.dates.items():
        yield f"  {_DATES[what] if language == 'zh-Hant' else what}: {day.isoformat()}"
    released = f" ({_word('released', language)})" if rule.released else ""
    said = _word("or", language).join(_said(words, language) for words in rule.says)
    yield f"  {_word('says', language)}: {said}{released}"


def _said(words: tuple[Says, ...], language: Language) -> str:
    told = [SAYS[word] if language == "zh-Hant" else word.value for word in words]
    return ("、" if language == "zh-Hant" else ", ").join(told) or _word("nothing", language)


def _condition_lines(trace: ConditionTrace, indent: str, language: Language) -> Iterator[str]:
    was = f" ({_word('was', language)}{trace.value})" if trace.value else ""
    yield f"{indent}[{_mark(trace.verdict, language)}] {_line(trace.line, language)}: {trace.text}{was}"
    for member in trace.members:
        yield from _condition_lines(member, indent + "  ", language)


def _line(number: int, language: Language) -> str:
    return f"{_word('line', language)}{number}{_word('line_end', language)}"


def _mark(verdict: Verdict, language: Language) -> str:
    return _MARK[verdict].in_language(language)


def _word(name: str, language: Language) -> str:
    return _WORDS[name].in_language(language)
