# ruff: noqa: E501 (one fact a line: the registry is read as a table)
"""The closed vocabulary of facts: what rules may ask about a holding, and what it means when nobody has said.

The registry is the place that knows a fact's name, type, words and the meaning of its absence; loading, evaluation,
rendering, the editor schema and the questions all read it. A fact that is not here cannot be asked. Who supplies it, and
the table of people's words beside it, stand elsewhere: ``docs/line.md``, "a fact that rules may ask for".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from pdpo_audit.policy.terms.masks import FactBits
from pdpo_audit.policy.terms.vocabulary import (
    CONSENT_GIVERS,
    CONSENT_KINDS,
    DETERMINATIONS,
    EXEMPTIONS,
    FLAGS,
    IDENTIFIERS,
    INCIDENTS,
    LEVELS,
    NEEDS,
    NUMBERS,
    ORIGINS,
    PROPERTIES,
    REASONS,
    RECORD_CLASSES,
    RELATIONS,
    RELEASES,
    RETURNS,
    STATEMENTS,
    TRANSFER_BASES,
)
from pdpo_audit.policy.terms.wording import Gloss


class FactType(StrEnum):
    """What kind of value a fact holds."""

    TEXT = "text"
    CHOICE = "choice"
    LEVEL = "level"
    COUNT = "count"
    YES_NO = "yes or no"
    DATE = "date"
    FLAGS = "flags"


class Absence(StrEnum):
    """What it means when a fact was not supplied."""

    UNKNOWN = "unknown"  # nobody has said: a rule that needs it cannot decide
    NONE_RECORDED = "none recorded"  # silence is an answer: there is no such record
    NOT_HAPPENED = "not happened"  # an event that nobody reported has not taken place
    DEFAULT = "default"  # the registry's stated default holds


class Supplier(StrEnum):
    """Which stage supplies a fact."""

    INVENTORY = "inventory"
    METADATA = "metadata"
    DUPLICATES = "duplicates"
    PEOPLE = "people"
    TEXT = "text"
    SETTINGS = "settings"
    REGISTER = "register"
    ENGINE = "engine"
    QUESTIONS = "questions"


#: Suppliers that every workspace has: what a scan finds out for itself, and what was asked.
STAGES = (
    Supplier.INVENTORY, Supplier.METADATA, Supplier.DUPLICATES, Supplier.PEOPLE, Supplier.TEXT, Supplier.ENGINE,
    Supplier.QUESTIONS,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that can be known of a holding.

    ``values`` are the words of a choice (closed when ``closed``), in rising order for a level. ``default`` counts only
    with ``Absence.DEFAULT``. ``asked`` facts may be put to people as a question. ``beside`` names what a stated reason
    needs beside it before it counts, such as who gave it and until when: a bare reason would decide for ever.
    """

    name: str
    type: FactType
    gloss: Gloss
    supplier: Supplier
    absence: Absence
    default: int | bool | str | None = None
    values: dict[str, Gloss] = field(default_factory=dict)
    closed: bool = False
    asked: bool = False
    ends_purpose: bool = False
    beside: tuple[str, ...] = ()


_T, _A, _S = FactType, Absence, Supplier


def _fact(name: str, type_: FactType, en: str, zh: str, supplier: Supplier, absence: Absence, **more: object) -> Fact:
    return Fact(name=name, type=type_, gloss=Gloss(en=en, zh=zh), supplier=supplier, absence=absence, **more)  # type: ignore[arg-type]


def _event(name: str, en: str, zh: str, absence: Absence = Absence.UNKNOWN, *, ends_purpose: bool = False) -> Fact:
    return _fact(name, _T.DATE, en, zh, _S.REGISTER, absence, asked=True, ends_purpose=ends_purpose)


def _choice(*words: tuple[str, str, str]) -> dict[str, Gloss]:
    return {word: Gloss(en=en, zh=zh) for word, en, zh in words}


# fmt: off
_FACTS = (
    _fact("file.format", _T.TEXT, "the file format", "檔案格式", _S.INVENTORY, _A.UNKNOWN),
    _fact("file.bytes", _T.COUNT, "the file size in bytes", "檔案大小（位元組）", _S.INVENTORY, _A.UNKNOWN),
    _fact("file.first_seen_on", _T.DATE, "the day an audit first saw the copy", "審核首次見到此副本之日", _S.INVENTORY, _A.UNKNOWN),
    _fact("image.captured_on", _T.DATE, "the capture date", "拍攝日期", _S.METADATA, _A.UNKNOWN, asked=True),
    _fact("duplicate.copies", _T.COUNT, "the number of copies held", "所持副本數目", _S.DUPLICATES, _A.DEFAULT, default=1),
    _fact("duplicate.is_master", _T.YES_NO, "the copy is the master", "此副本為主檔案", _S.DUPLICATES, _A.DEFAULT, default=True),
    _fact("duplicate.relation", _T.CHOICE, "the copy's relation to the master", "此副本與主檔案的關係", _S.DUPLICATES, _A.NONE_RECORDED, values=RELATIONS, closed=True),
    _fact("duplicate.first_found_on", _T.DATE, "the day the duplicate cluster was first found", "首次發現重複影像群組之日", _S.DUPLICATES, _A.UNKNOWN),
    _fact("duplicate.master_record_class", _T.CHOICE, "the record class of the master", "主檔案的紀錄類別", _S.ENGINE, _A.UNKNOWN, values=RECORD_CLASSES),
    _fact("duplicate.contradictions", _T.FLAGS, "the metadata in which copies of the picture contradict each other", "同一影像各副本互相矛盾的元資料", _S.DUPLICATES, _A.NONE_RECORDED, values=STATEMENTS, closed=True),
    _fact("image.stale_thumbnail", _T.YES_NO, "the embedded preview shows another picture than the file", "內嵌縮圖所示與檔案的影像不同", _S.METADATA, _A.DEFAULT, default=False),
    _fact("image.cached_thumbnail", _T.YES_NO, "the copy is a small picture that a program keeps in a cache", "此副本是程式存於快取的縮圖", _S.INVENTORY, _A.DEFAULT, default=False),
    _fact("disposal.came_back_on", _T.DATE, "the day a copy that was certified as erased was found here again", "已獲證明刪除的副本在此再次出現之日", _S.INVENTORY, _A.NOT_HAPPENED),
    _fact("disposal.came_back_by", _T.CHOICE, "what most likely brought it back", "該副本再次出現的最可能原因", _S.INVENTORY, _A.NONE_RECORDED, values=RETURNS, closed=True),
    _fact("disposal.erased_copy", _T.TEXT, "the plan and line under which it was erased", "刪除該副本所依據的計劃及行號", _S.INVENTORY, _A.NONE_RECORDED),
    _fact("disposal.overdue_since", _T.DATE, "the day by which its erasure elsewhere was to be confirmed and was not", "須確認已在他處刪除而仍未確認的限期", _S.INVENTORY, _A.NOT_HAPPENED),
    _fact("people.level", _T.LEVEL, "the people level", "人物級別", _S.PEOPLE, _A.UNKNOWN, values=LEVELS, closed=True),
    _fact("people.faces", _T.COUNT, "the number of detected faces", "偵測到的面容數目", _S.PEOPLE, _A.UNKNOWN),
    _fact("people.named", _T.COUNT, "the number of persons named by associated data", "由相關資料指名的人數", _S.METADATA, _A.UNKNOWN),
    _fact("people.minors_declared", _T.YES_NO, "a minor is declared by a tag, record class or register", "標籤、紀錄類別或登記冊註明有未成年人", _S.REGISTER, _A.UNKNOWN, asked=True),
    _fact("sensitivity", _T.FLAGS, "the flags of kinds of picture with greater potential harm", "外洩時損害較大的影像標記", _S.REGISTER, _A.UNKNOWN, values=FLAGS, closed=True, asked=True),
    _fact("text.legible_numbers", _T.FLAGS, "the kinds of identity number that were found legible in the picture", "在影像中發現清晰可讀的身分號碼類別", _S.TEXT, _A.NONE_RECORDED, values=NUMBERS, closed=True),
    _fact("location.jurisdiction", _T.TEXT, "the jurisdiction where the copy lies", "副本存放的司法管轄區", _S.SETTINGS, _A.UNKNOWN, asked=True),
    _fact("location.city", _T.TEXT, "the city where the copy lies", "副本存放的城市", _S.SETTINGS, _A.UNKNOWN, asked=True),
    _fact("location.external_facing", _T.YES_NO, "the place is a publicly accessible location", "存放處為公眾可閱覽的位置", _S.SETTINGS, _A.NONE_RECORDED, asked=True),
    _fact("location.transfer_basis", _T.CHOICE, "the transfer arrangement", "移轉安排", _S.SETTINGS, _A.NONE_RECORDED, values=TRANSFER_BASES),
    _fact("location.vendor", _T.TEXT, "the data processor that stores the copy", "存放副本的資料處理者", _S.SETTINGS, _A.NONE_RECORDED),
    _fact("location.contract", _T.TEXT, "the contract with the data processor", "與資料處理者的合約", _S.SETTINGS, _A.NONE_RECORDED),
    _fact("location.backup", _T.YES_NO, "the place is a backup", "存放處屬備份", _S.REGISTER, _A.DEFAULT, default=False),
    _fact("record.class", _T.CHOICE, "the record class", "紀錄類別", _S.SETTINGS, _A.UNKNOWN, values=RECORD_CLASSES, asked=True),
    _fact("record.purpose", _T.TEXT, "the purpose", "目的", _S.SETTINGS, _A.UNKNOWN, asked=True),
    _event("record.purpose_ended_on", "the day the purpose ended", "目的結束之日", _A.NOT_HAPPENED, ends_purpose=True),
    _fact("record.owner", _T.TEXT, "the accountable owner", "負責人", _S.SETTINGS, _A.NONE_RECORDED),
    _fact("record.continuing_purpose", _T.TEXT, "another purpose that is still alive", "另一仍然有效的目的", _S.REGISTER, _A.NONE_RECORDED, beside=("record.continuing_purpose_by", "record.continuing_purpose_ends_on")),
    _fact("record.continuing_purpose_by", _T.TEXT, "who says that the other purpose is still alive", "指該另一目的仍然有效的人", _S.REGISTER, _A.NONE_RECORDED),
    _event("record.continuing_purpose_ends_on", "the day that other purpose ends", "該另一目的結束之日", _A.NOT_HAPPENED),
    _event("record.completed_on", "the day the transaction was completed", "交易完成之日"),
    _fact("record.erasure_forbidden_by", _T.TEXT, "the law that forbids erasure", "禁止刪除的法律", _S.REGISTER, _A.NONE_RECORDED, beside=("record.erasure_forbidden_until",)),
    _fact("record.erasure_forbidden_until", _T.DATE, "the last day on which that law forbids erasure", "該法律禁止刪除的最後一日", _S.REGISTER, _A.NONE_RECORDED),
    _fact("record.public_interest_decision", _T.TEXT, "the decision on public or historical interest", "公眾利益或歷史利益的決定", _S.REGISTER, _A.NONE_RECORDED),
    _fact("record.public_interest_decided_by", _T.TEXT, "who made that decision", "作出該決定的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("record.public_interest_review_on", _T.DATE, "the day that decision is to be reviewed", "該決定須予覆核之日", _S.REGISTER, _A.NONE_RECORDED),
    _fact("record.disposal_authority", _T.TEXT, "the prior agreement of the Government Records Service Director to disposal", "政府檔案處處長對銷毀的事先同意", _S.REGISTER, _A.NONE_RECORDED),
    _fact("rights.model_release", _T.CHOICE, "the model release", "肖像使用同意書", _S.METADATA, _A.NONE_RECORDED, values=RELEASES),
    _fact("rights.licence_ends_on", _T.DATE, "the licence end stated in the picture's metadata", "影像元資料所載的特許屆滿日", _S.METADATA, _A.UNKNOWN),
    _fact("rights.restrictions", _T.TEXT, "the restrictions on use", "使用限制", _S.METADATA, _A.NONE_RECORDED),
    _event("campaign.ended_on", "the day the campaign ended", "宣傳活動結束之日"),
    _event("event.held_on", "the day of the event", "活動舉行之日"),
    _event("consent.expires_on", "the day the consent or model release expires", "同意或肖像使用同意書屆滿之日"),
    _event("consent.withdrawn_on", "the day consent was withdrawn in writing", "以書面撤回同意之日", _A.NOT_HAPPENED),
    _fact("applicant.outcome", _T.CHOICE, "the outcome of the job application", "求職申請結果", _S.REGISTER, _A.UNKNOWN, asked=True, closed=True,
          values=_choice(("unsuccessful", "unsuccessful", "落選"), ("successful", "successful", "獲聘"), ("pending", "pending", "處理中"))),
    _event("applicant.rejected_on", "the day the applicant was rejected", "求職者落選之日"),
    _fact("employment.status", _T.CHOICE, "the employment status", "僱傭狀況", _S.REGISTER, _A.UNKNOWN, asked=True, closed=True,
          values=_choice(("current", "current employee", "現職僱員"), ("left", "former employee", "前僱員"))),
    _event("employment.ended_on", "the day employment ended", "僱傭關係終止之日"),
    _fact("employment.subsisting_reason", _T.TEXT, "the subsisting reason for keeping", "持續保留的理由", _S.REGISTER, _A.NONE_RECORDED, beside=("employment.subsisting_reason_by", "employment.subsisting_reason_until")),
    _fact("employment.subsisting_reason_by", _T.TEXT, "who gave the subsisting reason", "提出該持續保留理由的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("employment.subsisting_reason_until", _T.DATE, "the last day on which the subsisting reason counts", "該持續保留理由有效的最後一日", _S.REGISTER, _A.NONE_RECORDED),
    _event("licence.ends_on", "the day the licence ends", "特許屆滿之日"),
    _fact("licence.max_copies", _T.COUNT, "the number of copies the licence allows", "特許所准許的副本數目", _S.REGISTER, _A.UNKNOWN, asked=True),
    _fact("licence.reference", _T.TEXT, "the licence reference", "特許編號", _S.REGISTER, _A.NONE_RECORDED),
    _fact("licence.perpetual", _T.YES_NO, "the licence has no end", "特許沒有屆滿日", _S.REGISTER, _A.DEFAULT, default=False),
    _fact("incident.reference", _T.TEXT, "the incident reference", "事故編號", _S.REGISTER, _A.NONE_RECORDED, beside=("incident.reference_until",)),
    _fact("incident.reference_until", _T.DATE, "the last day on which the incident reference counts", "該事故編號有效的最後一日", _S.REGISTER, _A.NONE_RECORDED),
    _event("incident.closed_on", "the day the incident was closed", "事故結案之日", _A.NOT_HAPPENED),
    _event("listing.ended_on", "the day the property was no longer available or the agency agreement ended", "物業不再可供出售或出租，或代理協議終止之日", _A.NOT_HAPPENED),
    _event("listing.unpublished_on", "the day the listing was taken down", "放盤下架之日", _A.NOT_HAPPENED),
    _fact("listing.property_numbers", _T.COUNT, "the number of property numbers that use the picture", "使用此影像的物業編號數目", _S.REGISTER, _A.UNKNOWN),
    _event("school.year_ends_on", "the last day of the school year", "學年最後一日"),
    _event("school.left_on", "the day the child left", "兒童離校之日", _A.NOT_HAPPENED),
    _fact("kyc.relationship", _T.CHOICE, "the business relationship", "業務關係", _S.REGISTER, _A.UNKNOWN, asked=True, closed=True,
          values=_choice(("current", "continuing", "持續"), ("ended", "ended", "已結束"))),
    _event("kyc.relationship_ended_on", "the day the business relationship or transaction ended", "業務關係或交易結束之日"),
    _fact("identity.verified_elsewhere", _T.YES_NO, "the identity check is recorded in the proper system", "身分核實已載於適當系統", _S.REGISTER, _A.UNKNOWN, asked=True),
    _fact("people.other_identifiers", _T.FLAGS, "what else tells who is shown, whatever the face pass saw", "面容以外可識辨身分的資料", _S.METADATA, _A.NONE_RECORDED, values=IDENTIFIERS, closed=True),
    _fact("people.legal_determination", _T.CHOICE, "the legal determination", "法律判定", _S.REGISTER, _A.NONE_RECORDED, values=DETERMINATIONS, closed=True,
          beside=("people.determination_reason", "people.determined_by", "people.determined_on")),
    _fact("people.determination_reason", _T.CHOICE, "the reason of the legal determination", "法律判定的理由", _S.REGISTER, _A.NONE_RECORDED, values=REASONS),
    _fact("people.determined_by", _T.TEXT, "who made the legal determination", "作出法律判定的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("people.determined_on", _T.DATE, "the day of the legal determination", "作出法律判定之日", _S.REGISTER, _A.NONE_RECORDED),
    _event("people.died_on", "the day the person died", "有關人士去世之日", _A.NOT_HAPPENED),
    _event("event.objection_on", "the day a guest objected to the picture", "賓客對影像提出反對之日", _A.NOT_HAPPENED),
    _event("people.turns_18_on", "the day the child reaches 18", "兒童年滿18歲之日", _A.NOT_HAPPENED),
    _fact("exemption.claimed", _T.CHOICE, "the exemption of Part 8 that is claimed", "所聲稱的第8部豁免", _S.REGISTER, _A.NONE_RECORDED, values=EXEMPTIONS,
          beside=("exemption.claimed_by", "exemption.ground", "exemption.review_on")),
    _fact("exemption.claimed_by", _T.TEXT, "who claims the exemption", "聲稱豁免的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("exemption.ground", _T.TEXT, "the ground of the exemption", "豁免的理由", _S.REGISTER, _A.NONE_RECORDED),
    _fact("exemption.review_on", _T.DATE, "the day the exemption is to be reviewed", "豁免須予覆核之日", _S.REGISTER, _A.NONE_RECORDED),
    _fact("record.retention_policy", _T.TEXT, "the adopted retention policy", "已採納的保留政策", _S.REGISTER, _A.NONE_RECORDED),
    _fact("notice.reference", _T.TEXT, "the notice given at collection", "收集時所給予的通知", _S.REGISTER, _A.NONE_RECORDED),
    _fact("notice.covers_publication", _T.YES_NO, "the notice at collection covers publication", "收集時的通知涵蓋公開發布", _S.REGISTER, _A.DEFAULT, default=False),
    _fact("use.new_purpose", _T.TEXT, "a use other than the purpose of collection", "收集目的以外的用途", _S.REGISTER, _A.NONE_RECORDED),
    _fact("use.collected_for", _T.TEXT, "what the picture was collected for", "收集影像的目的", _S.REGISTER, _A.UNKNOWN, asked=True),
    _fact("use.used_for", _T.TEXT, "what the picture is used for", "影像的使用目的", _S.REGISTER, _A.NONE_RECORDED),
    _fact("use.directly_related_by", _T.TEXT, "who found that use directly related to the purpose of collection", "認為該使用與收集目的直接有關的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("image.origin", _T.CHOICE, "where the picture comes from", "影像的來源", _S.REGISTER, _A.NONE_RECORDED, values=ORIGINS),
    _fact("incident.given_to", _T.TEXT, "to whom the copy was lawfully given", "獲合法提供副本的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("consent.reference", _T.TEXT, "the written consent", "書面同意", _S.REGISTER, _A.NONE_RECORDED),
    _fact("consent.given_by", _T.CHOICE, "who consented", "給予同意的人", _S.REGISTER, _A.NONE_RECORDED, values=CONSENT_GIVERS, closed=True),
    _fact("consent.child_understands", _T.YES_NO, "the child can understand the new purpose and decide", "該兒童有能力理解新目的並作出決定", _S.REGISTER, _A.NONE_RECORDED),
    _fact("consent.in_childs_interest", _T.YES_NO, "the new purpose is clearly in the child's interest", "新目的明顯符合該兒童的利益", _S.REGISTER, _A.DEFAULT, default=False),
    _fact("consent.evidence_apart", _T.YES_NO, "the evidence of consent is kept apart from the pictures", "同意的證據與影像分開保存", _S.REGISTER, _A.DEFAULT, default=False),
    _fact("consent.kind", _T.CHOICE, "the kind of consent", "同意的類別", _S.REGISTER, _A.NONE_RECORDED, values=CONSENT_KINDS),
    _fact("consent.disagreement", _T.TEXT, "a disagreement over consent", "就同意所生的分歧", _S.REGISTER, _A.NONE_RECORDED),
    _event("consent.publication_on", "the day consent to publication was given", "同意公開發布之日", _A.NOT_HAPPENED),
    _event("consent.new_purpose_on", "the day prescribed consent to the new purpose was given", "就新目的給予訂明同意之日", _A.NOT_HAPPENED),
    _event("consent.longer_retention_on", "the day prescribed consent to longer retention was given", "就延長保留給予訂明同意之日", _A.NOT_HAPPENED),
    _event("campaign.last_used_on", "the day of the last use", "最後使用之日"),
    _fact("campaign.copies_needed_for", _T.CHOICE, "what the additional copies are still needed for", "仍然需要額外副本的事由", _S.REGISTER, _A.NONE_RECORDED, values=NEEDS,
          beside=("campaign.copies_needed_by", "campaign.copies_needed_until")),
    _fact("campaign.copies_needed_by", _T.TEXT, "who needs the additional copies", "需要額外副本的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("campaign.copies_needed_until", _T.DATE, "the last day on which the additional copies are needed", "需要額外副本的最後一日", _S.REGISTER, _A.NONE_RECORDED),
    _fact("contract.reference", _T.TEXT, "the contract with the person shown", "與影像中人的合約", _S.REGISTER, _A.NONE_RECORDED),
    _fact("contract.by_deed", _T.YES_NO, "the contract was made by deed", "合約以契據形式訂立", _S.REGISTER, _A.DEFAULT, default=False),
    _event("incident.occurred_on", "the day of the incident", "事故發生之日"),
    _fact("incident.kind", _T.CHOICE, "the kind of incident", "事故類別", _S.REGISTER, _A.UNKNOWN, values=INCIDENTS, closed=True, asked=True),
    _event("incident.proceedings_ended_on", "the day proceedings were finally disposed of", "法律程序最終了結之日", _A.NOT_HAPPENED),
    _fact("transfer.exporter_registered_in", _T.TEXT, "where the party that transfers is registered", "移轉方的註冊地", _S.REGISTER, _A.NONE_RECORDED),
    _fact("transfer.importer_registered_in", _T.TEXT, "where the recipient is registered", "接收方的註冊地", _S.REGISTER, _A.NONE_RECORDED),
    _event("transfer.effective_on", "the day the transfer contract took effect", "移轉合約生效之日", _A.NOT_HAPPENED),
    _event("transfer.filed_on", "the day the transfer contract was filed", "移轉合約備案之日", _A.NOT_HAPPENED),
    _event("processor.ended_on", "the day the data processor's work ended", "資料處理者的處理工作結束之日", _A.NOT_HAPPENED),
    _event("processor.erased_on", "the day the data processor returned or erased its copies", "資料處理者交還或刪除副本之日", _A.NOT_HAPPENED),
    _event("identity.verified_on", "the day the identity was verified or the number transcribed", "核實身分或抄錄號碼之日", _A.NOT_HAPPENED),
    _fact("kyc.regulated", _T.YES_NO, "a financial institution or designated profession under Cap. 615 keeps the record", "由第615章所指的金融機構或指定行業保存該紀錄", _S.REGISTER, _A.UNKNOWN, asked=True),
    _event("kyc.transaction_completed_on", "the day the transaction under Cap. 615 was completed", "第615章所指的交易完成之日"),
    _fact("kyc.notice_until", _T.DATE, "the last day of a notice to keep the record longer (Cap. 615, Schedule 2, s.20)", "延長保存通知的最後一日（第615章附表2第20條）", _S.REGISTER, _A.NONE_RECORDED),
    _event("visit.left_on", "the day the visitor left", "訪客離開之日"),
    _event("clinical.last_consultation_on", "the day of the last consultation", "最後一次診症之日"),
    _event("listing.owner_consent_on", "the day the owner consented in writing to the advertisement", "業主以書面同意刊登廣告之日", _A.NOT_HAPPENED),
    _fact("listing.property_kind", _T.CHOICE, "the kind of property", "物業類別", _S.REGISTER, _A.UNKNOWN, values=PROPERTIES, closed=True, asked=True),
    _event("record.financial_year_ended_on", "the last day of the financial year", "財政年度最後一日"),
    _fact("record.purpose_end_confirmed_by", _T.TEXT, "who confirmed that the purpose and all directly related ones have ended", "確認該目的及所有直接有關的目的已結束的人", _S.REGISTER, _A.NONE_RECORDED),
    _event("record.no_purpose_confirmed_on", "the day the owner confirmed that there is no purpose", "負責人確認沒有目的之日", _A.NOT_HAPPENED),
    _fact("news.held_for_news_only", _T.YES_NO, "a news organisation holds it solely for news activity", "由新聞機構純粹為新聞活動而持有", _S.REGISTER, _A.UNKNOWN, asked=True),
    _event("news.published_on", "the day it was published or broadcast", "發表或播放之日", _A.NOT_HAPPENED),
    _fact("biometric.assessment_reference", _T.TEXT, "the privacy impact assessment", "私隱影響評估", _S.REGISTER, _A.NONE_RECORDED),
    _fact("marketing.shows_recipient", _T.YES_NO, "direct marketing shows the recipient", "直接促銷資料載有收件人的影像", _S.REGISTER, _A.DEFAULT, default=False),
    _event("marketing.consented_on", "the day the person consented to direct marketing", "當事人同意直接促銷之日", _A.NOT_HAPPENED),
    _event("marketing.opted_out_on", "the day the person opted out of direct marketing", "當事人要求停止直接促銷之日", _A.NOT_HAPPENED),
    _event("competition.result_on", "the day the result of the competition was announced", "比賽結果公布之日"),
    _fact("competition.winner", _T.YES_NO, "the entry won", "該作品獲獎", _S.REGISTER, _A.DEFAULT, default=False),
    _fact("training.purpose", _T.TEXT, "the purpose of the training or test set", "訓練或測試數據集的目的", _S.REGISTER, _A.NONE_RECORDED,
          beside=("image.origin", "training.version", "training.purpose_shown_for", "training.purpose_shown_by")),
    _fact("training.version", _T.TEXT, "the version of the training or test set", "訓練或測試數據集的版本", _S.REGISTER, _A.NONE_RECORDED),
    _fact("training.purpose_shown_for", _T.TEXT, "the version for which origin and purpose were shown", "已顯示來源及目的的版本", _S.REGISTER, _A.NONE_RECORDED),
    _fact("training.purpose_shown_by", _T.TEXT, "who showed origin and purpose", "顯示來源及目的的人", _S.REGISTER, _A.NONE_RECORDED),
    _fact("training.de_identified", _T.YES_NO, "the training or test set is de-identified", "訓練或測試數據集已去識別化", _S.REGISTER, _A.DEFAULT, default=False),
    _event("request.received_on", "the day an access or correction request was received", "收到查閱或改正資料要求之日", _A.NOT_HAPPENED),
    _event("request.refused_on", "the day an access or correction request was refused", "拒絕查閱或改正資料要求之日", _A.NOT_HAPPENED),
    _event("request.answered_on", "the day an access or correction request was answered", "答覆查閱或改正資料要求之日", _A.NOT_HAPPENED),
    _fact("question.purpose_asked_on", _T.DATE, "the day the owner was asked for the purpose and has not answered since", "向負責人查詢目的而至今未獲答覆之日", _S.QUESTIONS, _A.NOT_HAPPENED),
)
# fmt: on

REGISTRY: dict[str, Fact] = {fact.name: fact for fact in _FACTS}

#: Each fact's bit in the masks of unknown facts.
FACT_BITS = FactBits(REGISTRY)
assert len(REGISTRY) == len(_FACTS)

IDENTITY_COLUMNS = ("source", "path", "sha256", "cluster_id", "owner", "jurisdiction", "people_level")


def nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """`` ; did you mean "..."?`` for the closest of ``known``, or nothing."""
    folded = {one.casefold(): one for one in reversed(known)}
    close = get_close_matches(word[:80], known, n=1, cutoff=0.6) or [
        folded[one] for one in get_close_matches(word[:80].casefold(), folded, n=1, cutoff=0.6)
    ]
    return f'; did you mean "{close[0]}"?' if close else ""
