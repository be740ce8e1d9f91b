"""The authorities of a rule in one line, in each language: the period's apart from the duty's, each with its rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.policy.terms.authorities import Adoption, Authority, Supports
from pdpo_audit.policy.terms.rules import Rule
from pdpo_audit.policy.terms.wording import Gloss

RANKS: Mapping[AuthorityRank, Gloss] = {
    AuthorityRank.ORDINANCE: Gloss(en="ordinance", zh="條例"),
    AuthorityRank.SUBSIDIARY_LEGISLATION: Gloss(en="subsidiary legislation", zh="附屬法例"),
    AuthorityRank.COURT: Gloss(en="court decision", zh="法院裁決"),
    AuthorityRank.AAB: Gloss(en="Administrative Appeals Board decision", zh="行政上訴委員會裁決"),
    AuthorityRank.CODE_OF_PRACTICE: Gloss(en="code of practice", zh="實務守則"),
    AuthorityRank.PCPD_GUIDANCE: Gloss(en="PCPD guidance", zh="公署指引"),
    AuthorityRank.SECTOR_REGULATOR: Gloss(en="sector regulator", zh="行業監管機構"),
    AuthorityRank.GOVERNMENT_ADMINISTRATIVE: Gloss(
        en="internal rule of the government, not law", zh="政府內部行政規定，並非法律"
    ),
    AuthorityRank.CONTRACT: Gloss(en="contract", zh="合約"),
    AuthorityRank.ORGANISATION_POLICY: Gloss(en="organisation policy, not law", zh="機構自訂政策，並非法律"),
    AuthorityRank.RECORDED_EVENT: Gloss(en="recorded event; no law fixes a day", zh="已記錄的事件；法律沒有訂明日期"),
    AuthorityRank.SUGGESTED_DEFAULT: Gloss(en="suggested by the rule pack, not adopted", zh="規則包的建議，尚未採納"),
    AuthorityRank.CUSTOM: Gloss(en="custom, not law", zh="慣例，並非法律"),
}


def authority_gloss(rule: Rule, on: date | None = None) -> Gloss:
    """All authorities of a rule; a pack that cites in one language only is cited so in both.

    With ``on``, a suggested period that is adopted on that day stands as adopted, with what the pack suggested.
    """
    if on is not None and rule.suggested and not rule.waits(on) and rule.adoption is not None:
        return _adopted(rule, rule.adoption)
    periods = [item for item in rule.authorities if item.supports is Supports.PERIOD]
    duties = [item for item in rule.authorities if item.supports is Supports.DUTY]
    english = [("Period: ", periods), ("Duty: " if periods else "", duties)]
    chinese = [("期限：", periods), ("責任：" if periods else "", duties)]
    return Gloss(
        en=". ".join(_listed(lead, items, "; ", _english) for lead, items in english if items),
        zh="。".join(_listed(lead, items, "；", _chinese) for lead, items in chinese if items),
    )


def _adopted(rule: Rule, adoption: Adoption) -> Gloss:
    rank, day = RANKS[AuthorityRank.ORGANISATION_POLICY], adoption.on.isoformat()
    written = Gloss(f" ({adoption.reference})", f"（{adoption.reference}）") if adoption.reference else Gloss("", "")
    periods = [item for item in rule.authorities if item.supports is Supports.PERIOD]
    duties = [item for item in rule.authorities if item.supports is Supports.DUTY]
    return Gloss(
        en=f"Period: adopted by {adoption.by} on {day}{written.en} [{rank.en}]; suggested by the rule pack: "
        + "; ".join(item.cite for item in periods)
        + (". " + _listed("Duty: ", duties, "; ", _english) if duties else ""),
        zh=f"期限：由{adoption.by}於{day}採納{written.zh}［{rank.zh}］；規則包的建議："
        + "；".join(item.cite_zh or item.cite for item in periods)
        + ("。" + _listed("責任：", duties, "；", _chinese) if duties else ""),
    )


def _listed(lead: str, items: list[Authority], between: str, say: Callable[[Authority], str]) -> str:
    return lead + between.join(map(say, items))


def _english(item: Authority) -> str:
    return f"{item.cite} [{RANKS[item.rank].en}]"


def _chinese(item: Authority) -> str:
    return f"{item.cite_zh or item.cite}［{RANKS[item.rank].zh}］"
