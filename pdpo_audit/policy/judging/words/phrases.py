"""The sentences of findings, in both languages: careful words, nothing claimed that was not worked out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pdpo_audit.model.findings import OPEN_MATTER, STOP_RULE, Act, AuthorityRank, Hold
from pdpo_audit.policy.judging.effects import rank_of_day
from pdpo_audit.policy.terms.authorities import Adoption, Authority
from pdpo_audit.policy.terms.facts import Fact
from pdpo_audit.policy.terms.periods import Period, chinese_period, spoken_period
from pdpo_audit.policy.terms.rules import Rule
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.words.authorities import RANKS
from pdpo_audit.policy.words.standing import suggestion_of

#: What is due, by the act that a rule proposes.
ACT_WORDS: dict[Act, Gloss] = {
    Act.ERASE: Gloss("Erasure review due", "須進行刪除覆核"),
    Act.TAKE_DOWN: Gloss("Taking down due", "須停止公開展示"),
    Act.RESTRICT: Gloss("Restriction of access due", "須限制查閱"),
    Act.MASK: Gloss("Masking due", "須遮蓋有關人士"),
    Act.STRIP: Gloss("Removal of metadata due", "須移除元資料"),
    Act.STOP_USE: Gloss("Use to be stopped", "須停止使用"),
    Act.RENEW: Gloss("Renewal or retirement due", "須續期或停用"),
    Act.REVIEW: Gloss("Review due", "須進行覆核"),
}

HOLD_WORDS: dict[str, Gloss] = {
    "legal_hold": Gloss(
        "legal hold (a continuing purpose: the matter it serves)", "法律保存要求（有持續目的：所涉的事宜）"
    ),
    "access_request": Gloss("open data access request (PDPO s.19)", "未完結的查閱資料要求（《私隱條例》第19條）"),
    "correction_request": Gloss(
        "open data correction request (PDPO s.23)", "未完結的改正資料要求（《私隱條例》第23條）"
    ),
    "complaint": Gloss("open complaint", "未完結的投訴"),
    "investigation": Gloss("open investigation", "未完結的調查"),
    STOP_RULE: Gloss("stop rule", "停止規則"),
    OPEN_MATTER: Gloss(
        "a matter is open that may concern it, and no hold is placed for it yet",
        "有未了事宜可能涉及此副本，而尚未為該事宜作出保存要求",
    ),
}

NOTHING = Gloss("", "")


def strongest(authorities: Sequence[Authority]) -> Authority:
    """The highest-ranking of several."""
    order = list(AuthorityRank)
    return min(authorities, key=lambda item: order.index(item.rank))


def criteria_text(rule: Rule) -> Gloss:
    """The closing clause of a finding against criteria of law."""
    if not rule.criteria:
        return NOTHING
    return Gloss(
        en=f" Potential non-compliance with {', '.join(rule.criteria)}, subject to legal review.",
        zh=f"可能不符合{'、'.join(map(criterion_zh, rule.criteria))}的規定，有待法律覆核。",
    )


def criterion_zh(criterion: str) -> str:
    """A criterion as Chinese texts of law write it: ``DPP2(2)`` is the second part of the second principle."""
    named = re.sub(r"^DPP ?(\d[\w()]*)$", r"保障資料第\1原則", criterion)
    return re.sub(r"^ss?\. ?(\w[\w()]*)$", r"第\1條", named)


def ran_out(rule: Rule, on: date, period: Period, counted: Fact, named: Fact, start: date, due: date) -> Gloss:
    """A maximum that has run out."""
    words, rank = ACT_WORDS[rule.act], standing(rule, on)
    text = Gloss(
        en=f"{words.en}: the maximum of {spoken_period(period)} ({rank.en}), counted from "
        f"{counted.gloss.en} ({start.isoformat()}), ran out on {due.isoformat()}.",
        zh=f"{words.zh}：最長期限{chinese_period(period)}（{rank.zh}），由{counted.gloss.zh}（{start.isoformat()}）起計，"
        f"已於{due.isoformat()}屆滿。",
    )
    if counted is not named and named.name != counted.name:
        text += Gloss(
            en=f" {_capital(named.gloss.en)} is not recorded; counted from {counted.gloss.en} instead.",
            zh=f"{named.gloss.zh}沒有記錄，改由{counted.gloss.zh}起計。",
        )
    return text + criteria_text(rule)


def has_ended(rule: Rule, on: date, event: Fact, day: date) -> Gloss:
    """Consent, release, licence or purpose that has ended."""
    words, rank = ACT_WORDS[rule.act], standing(rule, on)
    return Gloss(
        en=f"{words.en}: {event.gloss.en} was {day.isoformat()} ({rank.en}); no continuing purpose is recorded.",
        zh=f"{words.zh}：{event.gloss.zh}為{day.isoformat()}（{rank.zh}）；沒有記錄任何持續的目的。",
    ) + criteria_text(rule)


def standing(rule: Rule, on: date) -> Gloss:
    """On whose word a rule's day stands; of an adopted period who adopted it, and when."""
    words = RANKS[rank_of_day(rule, on)]
    adoption = rule.adoption
    if adoption is None or rule.waits(on):
        return words
    day = adoption.on.isoformat()
    return words + Gloss(
        en=f": adopted by {adoption.by} on {day}" + (f", {adoption.reference}" if adoption.reference else ""),
        zh=f"：由{adoption.by}於{day}採納" + (f"，{adoption.reference}" if adoption.reference else ""),
    )


def suggested(rule: Rule, on: date) -> Gloss:
    """A period that nobody has adopted, or whose adoption is not in force."""
    period, adopted = suggestion_of(rule), _not_adopted(rule.adoption, on)
    return Gloss(
        en=f"Suggested by the rule pack, {adopted.en}: {period.en}. It is neither law nor this organisation's policy "
        "until somebody with authority adopts it in writing.",
        zh=f"規則包的建議，{adopted.zh}：{period.zh}。在獲授權者以書面採納之前，這既非法律，亦非本機構的政策。",
    )


def _not_adopted(adoption: Adoption | None, on: date) -> Gloss:
    if adoption is None:
        return Gloss("not adopted", "尚未採納")
    day = adoption.on.isoformat()
    if adoption.on > on:
        return Gloss(f"adopted by {adoption.by} from {day} only", f"由{adoption.by}採納，自{day}起方生效")
    if adoption.of_earlier_text:
        return Gloss(
            en=f"adopted by {adoption.by} on {day} for an earlier text of this rule",
            zh=f"由{adoption.by}於{day}就本規則較早的文本採納",
        )
    ended = adoption.until.isoformat() if adoption.until else ""
    return Gloss(
        en=f"no longer adopted (adopted by {adoption.by} on {day}, ended on {ended})",
        zh=f"不再獲採納（由{adoption.by}於{day}採納，於{ended}終止）",
    )


def observed(rule: Rule, review_on: date | None) -> Gloss:
    """An observation, or what must be recorded first."""
    if review_on is None:
        return rule.reason
    return rule.reason + Gloss(f" Review by {review_on.isoformat()}.", f"請於{review_on.isoformat()}或之前覆核。")


def must_stay(rule: Rule, until: date | None) -> Gloss:
    """The keeping side of a conflict."""
    authority = strongest(rule.carrying)
    end = Gloss("without an end date", "沒有終止日")
    if until:
        end = Gloss(f"until {until.isoformat()}", f"至{until.isoformat()}")
    rank = RANKS[authority.rank]
    return Gloss(
        en=f"To be kept {end.en}: {authority.cite} ({rank.en}).",
        zh=f"須予保留，{end.zh}：{authority.cite_zh or authority.cite}（{rank.zh}）。",
    )


def hold_text(holds: Sequence[Hold]) -> Gloss:
    """The holds that select a holding, cited by kind."""
    kinds = [(HOLD_WORDS.get(hold.kind, Gloss(hold.kind, hold.kind)), hold.hold_id) for hold in holds]
    return Gloss(
        en="On hold: " + "; ".join(f"{kind.en} {name}".rstrip() for kind, name in kinds) + ".",
        zh="須予保存（暫停銷毀）：" + "；".join(f"{kind.zh} {name}".rstrip() for kind, name in kinds) + "。",
    )


#: Whom to call, and what not to do, where the stop rule applies.
STOP_TEXT = Gloss(
    en=" Stop: do not open, copy, forward, mask or erase it. Call your counsel at once, or the Hong Kong Police Force "
    "(999 where a child is in danger); they say what happens next.",
    zh="停止：不得開啟、複製、轉發、遮蓋或刪除。請即聯絡貴機構的律師或香港警務處（如有兒童身處險境，請致電999），並按其指示處理。",
)


def stop_text(holds: Sequence[Hold]) -> Gloss:
    """Whom to call, where the stop rule is among the holds."""
    return STOP_TEXT if any(hold.kind == STOP_RULE for hold in holds) else NOTHING


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
