"""The sentence of a disposition, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pdpo_audit.model.findings import Act, AuthorityRank, Hold, Outcome
from pdpo_audit.policy.judging.words.phrases import ACT_WORDS, NOTHING, hold_text, stop_text
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.words.authorities import RANKS

_OUTCOME: dict[Outcome, Gloss] = {
    Outcome.ON_HOLD: Gloss("Nothing is erased while it lasts.", "在此期間不作任何刪除。"),
    Outcome.CONFLICT: Gloss(
        en="Conflict: {rules}. One rule says keep, a purpose is still alive or an authority is missing, and "
        "something has run out; nothing is disposed of, a person decides.",
        zh="規則互相牴觸：{rules}。有規則要求保留、有目的仍然有效或欠缺所需的同意，而同時有期限已屆滿；在有人作出決定前，不作任何處置。",
    ),
    Outcome.MUST_KEEP: Gloss("To be kept under {rules}{until}.", "根據{rules}須予保留{until}。"),
    Outcome.DUE: Gloss(
        "{act} since {due} under {due_rule} ({rank}).{others}",
        "{act}：根據{due_rule}（{rank}），自{due}起到期。{others}",
    ),
    Outcome.CANNOT_DECIDE: Gloss(
        "Cannot be decided: not known: {missing} (asked by {rules}).", "未能決定：欠缺{missing}（{rules}須有此事實）。"
    ),
    Outcome.NOT_YET_DUE: Gloss(
        "Covered by {rules}; nothing is due{next}. That is no permission to keep.",
        "受{rules}涵蓋；{next}未有任何事項到期。這並不表示准許保留。",
    ),
    Outcome.FLAG: Gloss("Observations only: {rules}.", "只有觀察事項：{rules}。"),
    Outcome.NO_RULE: Gloss(
        "No rule covers this holding; that is no statement that it may be kept.",
        "沒有規則涵蓋此項影像；這並不表示可予保留。",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """What a disposition's sentence is made of; ``copy`` marks an additional copy that its master does not release,
    ``unseen`` that nobody was looked for in it."""

    outcome: Outcome
    act: Act | None
    rules: str
    due: date | None
    due_rule: str
    due_rank: AuthorityRank | None
    missing: Sequence[Gloss]
    holds: Sequence[Hold]
    suggested: bool
    copy: bool
    unseen: bool = False


def disposed(said: Disposed) -> Gloss:
    """The sentence of a disposition."""
    words = _OUTCOME[said.outcome]
    text = Gloss(en=words.en.format_map(_english(said)), zh=words.zh.format_map(_chinese(said)))
    if said.outcome is Outcome.ON_HOLD:
        return hold_text(said.holds) + Gloss(" ", "") + text + stop_text(said.holds)
    return text + _besides(said)


def _english(said: Disposed) -> dict[str, str]:
    day, rank = _day(said), RANKS[said.due_rank].en if said.due_rank else ""
    others = ", ".join(_others(said))
    return {
        "rules": said.rules,
        "act": ACT_WORDS[said.act].en if said.act else "",
        "due": day,
        "due_rule": said.due_rule,
        "rank": rank,
        "others": f" Also: {others}, each with its own day and act." if others else "",
        "missing": ", ".join(one.en for one in said.missing),
        "until": f" until {day} ({said.due_rule}: {rank})" if day else "",
        "next": f" before {day} ({said.due_rule}: {rank})" if day else "",
    }


def _chinese(said: Disposed) -> dict[str, str]:
    day, rank = _day(said), RANKS[said.due_rank].zh if said.due_rank else ""
    others = "、".join(_others(said))
    return {
        "rules": said.rules.replace(", ", "、"),
        "act": ACT_WORDS[said.act].zh if said.act else "",
        "due": day,
        "due_rule": said.due_rule,
        "rank": rank,
        "others": f"另有{others}，各有其日期及行動。" if others else "",
        "missing": "、".join(one.zh for one in said.missing),
        "until": f"，至{day}（{said.due_rule}：{rank}）" if day else "",
        "next": f"在{day}（{said.due_rule}：{rank}）之前" if day else "",
    }


def _day(said: Disposed) -> str:
    return said.due.isoformat() if said.due else ""


def _others(said: Disposed) -> list[str]:
    return [name for name in said.rules.split(", ") if name and name != said.due_rule]


def _besides(said: Disposed) -> Gloss:
    if said.outcome is Outcome.MUST_KEEP and said.copy:
        return Gloss(
            " It is an additional copy that its master does not release; a person decides whether it may go.",
            "這是其主檔案未能代為保留的額外副本；可否處置由人決定。",
        )
    if said.outcome is Outcome.DUE:
        return _look_first(said) + _check_first(said)
    if said.outcome is Outcome.FLAG and said.suggested:
        return Gloss(
            " A suggested period is not adopted, so nothing is due.", "所建議的期限尚未採納，故未有任何事項到期。"
        )
    return NOTHING


def _look_first(said: Disposed) -> Gloss:
    if said.act is not Act.MASK or not said.unseen:
        return NOTHING
    return Gloss(
        " Nobody was looked for in it: whether and whom it shows is not known; look before anything is masked.",
        "尚未查找圖中人物：未知有否及所示何人；遮蓋前請先查看。",
    )


def _check_first(said: Disposed) -> Gloss:
    if said.missing:
        return Gloss(
            en=f" Check first: {', '.join(one.en for one in said.missing)} not known, and a rule that keeps may depend "
            "on it.",
            zh=f"請先查明：欠缺{'、'.join(one.zh for one in said.missing)}，而要求保留的規則可能取決於此。",
        )
    return NOTHING
