"""Questions as people read them, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pdpo_audit.policy.stating.answers import EVERYWHERE, NO_PURPOSE
from pdpo_audit.policy.terms.facts import REGISTRY, Fact, FactType
from pdpo_audit.policy.terms.vocabulary import TOPICS
from pdpo_audit.policy.terms.wording import Gloss

#: More sources than this are counted, not named.
NAMED = 5


def english_of(
    fact: Fact, sources: Sequence[str], pattern: str, cases: Sequence[str], *, differs: bool, hint: bool = True
) -> str:
    """The question in English; ``cases`` are the answers that lead to it, ``hint`` tells how a sheet is filled in."""
    inside = "" if pattern == "**" else f", {pattern}"
    if differs:
        return f"Only where it differs: for {_quoted(sources)}{inside}: {fact.gloss.en}?"
    only = f"Only where any of it is {' or '.join(gloss.en for gloss in _glosses(cases))}: " if cases else ""
    where = f"for {_where(sources)}{inside}: what is {fact.gloss.en}?"
    return (only + where if only else where[:1].upper() + where[1:]) + (_hint(fact) if hint else "")


def chinese_of(fact: Fact, sources: Sequence[str], pattern: str, cases: Sequence[str], *, differs: bool) -> str:
    """The question in Traditional Chinese."""
    inside = "" if pattern == "**" else f"（{pattern}）"
    if differs:
        return f"只在答案不同時填寫：「{'」、「'.join(sources)}」{inside}的{fact.gloss.zh}是甚麼？"
    only = f"只在當中有{'或'.join(gloss.zh for gloss in _glosses(cases))}時填寫：" if cases else ""
    if sources == (EVERYWHERE,):
        place = "所有來源"
    else:
        place = f"「{'」、「'.join(sources)}」" if len(sources) <= NAMED else f"{len(sources)} 個來源（見 source 一欄）"
    return f"{only}{place}{inside}：{fact.gloss.zh}是甚麼？"


def english_hint(topics: Mapping[str, int]) -> str:
    """What the words in pictures suggest to whoever answers; nothing where there are none."""
    said = ", ".join(f"{TOPICS[name].en} ({count:,})" for name, count in _most(topics))
    return f" Pictures hold words that are usual in {said}: are they?" if said else ""


def chinese_hint(topics: Mapping[str, int]) -> str:
    """The same in Traditional Chinese."""
    said = "、".join(f"{TOPICS[name].zh}（{count:,}）" for name, count in _most(topics))
    return f"部分影像載有常見於{said}的文字：是否屬此類？" if said else ""


def _most(topics: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(
        ((name, count) for name, count in topics.items() if name in TOPICS), key=lambda one: (-one[1], one[0])
    )


def _glosses(cases: Sequence[str]) -> list[Gloss]:
    known = {word: gloss for fact in REGISTRY.values() for word, gloss in fact.values.items()}
    return [known.get(case, Gloss(en=f"“{case}”", zh=f"「{case}」")) for case in cases]


def _where(sources: Sequence[str]) -> str:
    if tuple(sources) == (EVERYWHERE,):
        return "all sources"
    return _quoted(sources) if len(sources) <= NAMED else f"{len(sources)} sources (column source)"


def _quoted(sources: Sequence[str]) -> str:
    return ", ".join(f"“{source}”" for source in sources)


def _hint(fact: Fact) -> str:
    if fact.name == "record.purpose":
        return f" Write the purpose, or “{NO_PURPOSE}” where there is none (any more)."
    if fact.type is FactType.FLAGS:
        return " Several may be written with commas."
    if fact.type is FactType.DATE:
        return " A date such as 2026-11-20; where folders differ, copy the row and narrow its pattern."
    return ""
