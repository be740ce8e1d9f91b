"""The fixed words with which rules are read back, in both languages."""

from __future__ import annotations

from typing import Literal

from pdpo_audit.policy.terms.proposals import Proposal
from pdpo_audit.policy.terms.rules import Operator, Quantifier, Status
from pdpo_audit.policy.terms.wording import Gloss

Language = Literal["en", "zh-Hant"]

OPERATORS: dict[Operator, Gloss] = {
    Operator.IS: Gloss("is", "為"),
    Operator.IS_NOT: Gloss("is not", "不是"),
    Operator.ONE_OF: Gloss("is one of", "為下列之一："),
    Operator.NOT_ONE_OF: Gloss("is none of", "並非下列任何一項："),
    Operator.AT_LEAST: Gloss("is at least", "不低於"),
    Operator.AT_MOST: Gloss("is at most", "不高於"),
    Operator.MORE_THAN: Gloss("is more than", "多於"),
    Operator.LESS_THAN: Gloss("is less than", "少於"),
    Operator.BEFORE: Gloss("is before", "早於"),
    Operator.AFTER: Gloss("is after", "遲於"),
    Operator.ON_OR_BEFORE: Gloss("is on or before", "不遲於"),
    Operator.ON_OR_AFTER: Gloss("is on or after", "不早於"),
    Operator.INCLUDES: Gloss("include", "包括"),
    Operator.INCLUDES_ANY: Gloss("include any of", "包括下列任何一項："),
    Operator.INCLUDES_NONE: Gloss("include none of", "不包括下列任何一項："),
    Operator.RECORDED: Gloss("is recorded", "已有記錄"),
    Operator.NOT_RECORDED: Gloss("is not recorded", "沒有記錄"),
}

GROUPS: dict[Quantifier, Gloss] = {
    Quantifier.ALL: Gloss(" and ", "，並且"),
    Quantifier.ANY: Gloss(" or ", "，或"),
    Quantifier.NONE: Gloss(" or ", "，或"),
}

#: Facts that are true or false, said both ways: (no, yes).
YES_NO: dict[str, tuple[Gloss, Gloss]] = {
    "duplicate.is_master": (
        Gloss("the copy is not the master", "此副本並非主檔案"),
        Gloss("the copy is the master", "此副本為主檔案"),
    ),
    "people.minors_declared": (
        Gloss("no minor is declared", "註明沒有未成年人"),
        Gloss("a minor is declared", "註明有未成年人"),
    ),
    "location.external_facing": (
        Gloss("the place is not open to the public", "存放處並非對外公開"),
        Gloss("the place is open to the public", "存放處對外公開"),
    ),
    "identity.verified_elsewhere": (
        Gloss("the identity check is not recorded in the proper system", "身分核實未載於適當系統"),
        Gloss("the identity check is recorded in the proper system", "身分核實已載於適當系統"),
    ),
}

PROPOSALS: dict[Proposal, Gloss] = {
    Proposal.KEEP_ONE_MASTER: Gloss("consider keeping one master", "考慮只保留一份主檔案"),
    Proposal.ERASE_THIS_COPY: Gloss("erase this copy after review", "經覆核後刪除此副本"),
    Proposal.ERASE_ADDITIONAL_COPIES: Gloss("erase the additional copies after review", "經覆核後刪除額外副本"),
    Proposal.ERASE_ALL_COPIES: Gloss("erase all copies after review", "經覆核後刪除所有副本"),
    Proposal.RECORD_PURPOSE_OR_ERASE: Gloss("record the purpose, or erase after review", "記錄目的，否則經覆核後刪除"),
    Proposal.RECORD_PURPOSE: Gloss("record the purpose", "記錄目的"),
    Proposal.RECORD_OWNER: Gloss("record an accountable owner", "記錄負責人"),
    Proposal.RECORD_CLASS: Gloss("record the record class", "記錄紀錄類別"),
    Proposal.RECORD_TRANSFER_BASIS: Gloss("record the transfer arrangement", "記錄移轉安排"),
    Proposal.RECORD_CONTRACT: Gloss("record the contract with the data processor", "記錄與資料處理者的合約"),
    Proposal.RECORD_LICENCE: Gloss("record the licence", "記錄特許"),
    Proposal.RESTRICT_ACCESS: Gloss("restrict access", "限制查閱"),
    Proposal.UNPUBLISH: Gloss("take it down from public display", "停止公開展示"),
    Proposal.MOVE_TO_PROPER_SYSTEM: Gloss("move it to the proper system", "移至適當系統"),
    Proposal.MASK_PEOPLE: Gloss("mask the persons concerned, after review", "經覆核後遮蓋有關人士"),
    Proposal.STRIP_METADATA: Gloss("remove the metadata, after review", "經覆核後移除元資料"),
    Proposal.STOP_USE: Gloss("stop using it, and have it reviewed", "停止使用，並交由人覆核"),
    Proposal.ADOPT_PERIOD: Gloss(
        "adopt a retention period in writing, or set it aside", "以書面採納保留期限，或決定不予採納"
    ),
    Proposal.RECORD_NOTICE: Gloss("record the notice given at collection", "記錄收集時所給予的通知"),
    Proposal.RENEW_OR_RETIRE: Gloss("renew the licence or retire the copies", "續領特許或停用副本"),
    Proposal.SEEK_CONSENT: Gloss("seek consent", "徵求同意"),
    Proposal.REVIEW: Gloss("review by a person", "由人覆核"),
    Proposal.KEEP: Gloss("keep", "保留"),
    Proposal.KEEP_ON_HOLD: Gloss("keep while on hold", "在暫停銷毀期間保存"),
    Proposal.DECIDE: Gloss("a person decides", "由人決定"),
}

STATUS: dict[Status, Gloss] = {
    Status.ACTIVE: Gloss("", ""),
    Status.DRAFT: Gloss("[Draft, not in force] ", "〔草擬，未生效〕"),
    Status.RETIRED: Gloss("[Retired] ", "〔已停用〕"),
}

#: What follows where a date is unknown and the rule asks for it.
ASK = Gloss(" (undecided while that is not known)", "（未知之前無法判斷）")
