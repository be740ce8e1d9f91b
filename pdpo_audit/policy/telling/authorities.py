"""The authorities of a rule in one line, in each language: the period's apart from the duty's, each with its rank."""

from __future__ import annotations

from collections.abc import Mapping

from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.policy.phrases import authority_text
from pdpo_audit.policy.rules import Rule
from pdpo_audit.policy.terms.authorities import Authority, Supports
from pdpo_audit.policy.wording import Gloss

RANKS_ZH: Mapping[AuthorityRank, str] = {
    AuthorityRank.ORDINANCE: "條例",
    AuthorityRank.SUBSIDIARY_LEGISLATION: "附屬法例",
    AuthorityRank.COURT: "法院裁決",
    AuthorityRank.AAB: "行政上訴委員會裁決",
    AuthorityRank.CODE_OF_PRACTICE: "實務守則",
    AuthorityRank.PCPD_GUIDANCE: "公署指引",
    AuthorityRank.SECTOR_REGULATOR: "行業監管機構",
    AuthorityRank.GOVERNMENT_ADMINISTRATIVE: "政府內部行政規定，並非法律",
    AuthorityRank.CONTRACT: "合約",
    AuthorityRank.ORGANISATION_POLICY: "機構自訂政策，並非法律",
    AuthorityRank.RECORDED_EVENT: "已記錄的事件；法律沒有訂明日期",
    AuthorityRank.SUGGESTED_DEFAULT: "規則包的建議，尚未採納",
    AuthorityRank.CUSTOM: "慣例，並非法律",
}


def authority_gloss(rule: Rule) -> Gloss:
    """All authorities of a rule; a pack that cites in one language only is cited so in both."""
    periods = [item for item in rule.authorities if item.supports is Supports.PERIOD]
    duties = [item for item in rule.authorities if item.supports is Supports.DUTY]
    groups = [("期限：", periods), ("責任：" if periods else "", duties)]
    chinese = "。".join(lead + "；".join(map(_cited, items)) for lead, items in groups if items)
    return Gloss(en=authority_text(rule), zh=chinese)


def _cited(item: Authority) -> str:
    return f"{item.cite_zh or item.cite}［{RANKS_ZH[item.rank]}］"
