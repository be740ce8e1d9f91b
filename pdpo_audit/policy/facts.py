# ruff: noqa: E501 (one fact a line: the registry is read as a table)
"""The closed vocabulary of facts: what rules may ask about a holding, and what it means when nobody has said.

The registry is the only place that knows a fact's name, type, words and the meaning of its absence; loading,
evaluation, rendering, the editor schema and the questions all read it. A fact that is not here cannot be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from pdpo_audit.policy.wording import Gloss


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
    SETTINGS = "settings"
    REGISTER = "register"
    ENGINE = "engine"


#: Suppliers that every workspace has: what a scan finds out for itself.
STAGES = (Supplier.INVENTORY, Supplier.METADATA, Supplier.DUPLICATES, Supplier.PEOPLE, Supplier.ENGINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that can be known of a holding.

    ``values`` are the words of a choice (closed when ``closed``), in rising order for a level. ``default`` counts only
    with ``Absence.DEFAULT``. ``asked`` facts may be put to people as a question.
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


LEVELS = {
    "P0": Gloss(en="no face detected (P0)", zh="沒有偵測到面孔（P0）"),
    "P1": Gloss(en="people visible, identification not indicated (P1)", zh="可見人物，未顯示身分（P1）"),
    "P2": Gloss(en="recognisable person (P2)", zh="可辨認人士（P2）"),
    "P3": Gloss(en="person named by associated data (P3)", zh="由相關資料指名的人士（P3）"),
}

#: Other spellings a rule may use for a level, so that it reads aloud.
LEVEL_WORDS = {
    "no face detected": "P0",
    "people visible": "P1",
    "recognisable person": "P2",
    "person named by associated data": "P3",
}

RELATIONS = {
    "master": Gloss(en="the master", zh="主檔案"),
    "byte-identical": Gloss(en="byte-identical", zh="位元組相同"),
    "metadata-only": Gloss(en="different in metadata only", zh="只有元資料不同"),
    "pixel-identical": Gloss(en="pixel-identical", zh="像素相同"),
    "recompressed": Gloss(en="recompressed", zh="重新壓縮"),
    "resized": Gloss(en="resized", zh="改變尺寸"),
    "recoloured": Gloss(en="recoloured", zh="改變色調"),
    "cropped": Gloss(en="cropped", zh="裁切"),
    "mirrored": Gloss(en="mirrored", zh="鏡像"),
    "rotated": Gloss(en="rotated", zh="旋轉"),
    "edited": Gloss(en="edited", zh="修改"),
}

FLAGS = {
    "child": Gloss(en="a child", zh="兒童"),
    "identity_document": Gloss(en="an identity document", zh="身分證明文件"),
    "medical": Gloss(en="a medical image", zh="醫療影像"),
    "incident": Gloss(en="an incident", zh="事故"),
    "biometric": Gloss(en="biometric data", zh="生物辨識資料"),
}

#: What metadata state of a picture, as far as copies can contradict each other in it.
STATEMENTS = {
    "captured_at": Gloss(en="the capture date", zh="拍攝日期"),
    "caption": Gloss(en="the caption", zh="說明"),
    "artist": Gloss(en="the author", zh="作者"),
    "credit": Gloss(en="the credit", zh="鳴謝"),
    "rights": Gloss(en="the copyright notice", zh="版權聲明"),
    "usage_terms": Gloss(en="the usage terms", zh="使用條款"),
    "model_release": Gloss(en="the model release", zh="肖像權授權書"),
    "property_release": Gloss(en="the property release", zh="物業授權書"),
    "minor_age": Gloss(en="the stated age", zh="所聲明的年齡"),
    "licence_ends_on": Gloss(en="the end of the licence", zh="特許屆滿日"),
}

RECORD_CLASSES = {
    "campaign_portrait": Gloss(en="campaign portrait", zh="宣傳活動人像"),
    "event_photo": Gloss(en="event photograph", zh="活動照片"),
    "stock_image": Gloss(en="stock image", zh="圖庫影像"),
    "applicant_photo": Gloss(en="job applicant's photograph", zh="求職者照片"),
    "employee_photo": Gloss(en="employee's photograph", zh="僱員照片"),
    "staff_profile": Gloss(en="published staff profile picture", zh="對外公布的員工照片"),
    "cctv_recording": Gloss(en="routine CCTV export", zh="閉路電視日常匯出影像"),
    "cctv_incident": Gloss(en="CCTV incident still", zh="閉路電視事故截圖"),
    "identity_document": Gloss(en="copy of an identity document", zh="身分證明文件副本"),
    "kyc_record": Gloss(en="customer due diligence record", zh="客戶盡職審查紀錄"),
    "property_listing": Gloss(en="property listing photograph", zh="物業放盤照片"),
    "school_photo": Gloss(en="school or children's activity photograph", zh="學校或兒童活動照片"),
    "business_record": Gloss(en="business record", zh="業務紀錄"),
    "government_record": Gloss(en="government record", zh="政府檔案"),
    "heritage_record": Gloss(en="archival record", zh="歷史檔案"),
    "product_image": Gloss(en="product image", zh="產品影像"),
}

TRANSFER_BASES = {
    "gba_standard_contract": Gloss(en="the GBA Standard Contract", zh="粵港澳大灣區標準合同"),
    "recommended_model_clauses": Gloss(en="the Recommended Model Contractual Clauses", zh="建議合約條文範本"),
    "consent": Gloss(en="consent", zh="同意"),
    "contract": Gloss(en="another contract", zh="其他合約"),
}

RELEASES = {
    "unlimited": Gloss(en="an unlimited model release", zh="不限用途的肖像授權"),
    "limited": Gloss(en="a limited model release", zh="有限制的肖像授權"),
    "none": Gloss(en="no model release", zh="沒有肖像授權"),
}

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
    _fact("file.first_seen_on", _T.DATE, "the day an audit first saw the copy", "審計首次見到此副本之日", _S.INVENTORY, _A.UNKNOWN),
    _fact("image.captured_on", _T.DATE, "the capture date", "拍攝日期", _S.METADATA, _A.UNKNOWN, asked=True),
    _fact("duplicate.copies", _T.COUNT, "the number of copies held", "所持副本數目", _S.DUPLICATES, _A.DEFAULT, default=1),
    _fact("duplicate.is_master", _T.YES_NO, "the copy is the master", "此副本為主檔案", _S.DUPLICATES, _A.DEFAULT, default=True),
    _fact("duplicate.relation", _T.CHOICE, "the copy's relation to the master", "此副本與主檔案的關係", _S.DUPLICATES, _A.NONE_RECORDED, values=RELATIONS, closed=True),
    _fact("duplicate.first_found_on", _T.DATE, "the day the duplicate cluster was first found", "首次發現重複影像群組之日", _S.DUPLICATES, _A.UNKNOWN),
    _fact("duplicate.master_record_class", _T.CHOICE, "the record class of the master", "主檔案的紀錄類別", _S.ENGINE, _A.UNKNOWN, values=RECORD_CLASSES),
    _fact("duplicate.contradictions", _T.FLAGS, "the metadata in which copies of the picture contradict each other", "同一影像各副本互相矛盾的元資料", _S.DUPLICATES, _A.NONE_RECORDED, values=STATEMENTS, closed=True),
    _fact("image.stale_thumbnail", _T.YES_NO, "the embedded preview shows another picture than the file", "內嵌縮圖所示與檔案的影像不同", _S.METADATA, _A.DEFAULT, default=False),
    _fact("people.level", _T.LEVEL, "the people level", "人物級別", _S.PEOPLE, _A.UNKNOWN, values=LEVELS, closed=True),
    _fact("people.faces", _T.COUNT, "the number of detected faces", "偵測到的面孔數目", _S.PEOPLE, _A.UNKNOWN),
    _fact("people.named", _T.COUNT, "the number of persons named by associated data", "由相關資料指名的人數", _S.METADATA, _A.UNKNOWN),
    _fact("people.minors_declared", _T.YES_NO, "a minor is declared by a tag, record class or register", "標籤、紀錄類別或登記冊註明有未成年人", _S.REGISTER, _A.UNKNOWN, asked=True),
    _fact("sensitivity", _T.FLAGS, "the heightened-sensitivity flags", "高度敏感標記", _S.REGISTER, _A.UNKNOWN, values=FLAGS, closed=True, asked=True),
    _fact("location.jurisdiction", _T.TEXT, "the jurisdiction where the copy lies", "副本存放的司法管轄區", _S.SETTINGS, _A.UNKNOWN, asked=True),
    _fact("location.city", _T.TEXT, "the city where the copy lies", "副本存放的城市", _S.SETTINGS, _A.UNKNOWN, asked=True),
    _fact("location.external_facing", _T.YES_NO, "the place is open to the public", "存放處對外公開", _S.SETTINGS, _A.DEFAULT, default=False),
    _fact("location.transfer_basis", _T.CHOICE, "the basis of the transfer", "轉移依據", _S.SETTINGS, _A.NONE_RECORDED, values=TRANSFER_BASES),
    _fact("location.vendor", _T.TEXT, "the data processor that stores the copy", "存放副本的資料處理者", _S.SETTINGS, _A.NONE_RECORDED),
    _fact("location.contract", _T.TEXT, "the contract with the data processor", "與資料處理者的合約", _S.SETTINGS, _A.NONE_RECORDED),
    _fact("record.class", _T.CHOICE, "the record class", "紀錄類別", _S.SETTINGS, _A.UNKNOWN, values=RECORD_CLASSES, asked=True),
    _fact("record.purpose", _T.TEXT, "the purpose", "目的", _S.SETTINGS, _A.UNKNOWN, asked=True),
    _event("record.purpose_ended_on", "the day the purpose ended", "目的結束之日", _A.NOT_HAPPENED, ends_purpose=True),
    _fact("record.owner", _T.TEXT, "the accountable owner", "負責人", _S.SETTINGS, _A.NONE_RECORDED),
    _fact("record.continuing_purpose", _T.TEXT, "another purpose that is still alive", "另一仍然有效的目的", _S.REGISTER, _A.NONE_RECORDED),
    _event("record.continuing_purpose_ends_on", "the day that other purpose ends", "該另一目的結束之日", _A.NOT_HAPPENED),
    _event("record.completed_on", "the day the transaction was completed", "交易完成之日"),
    _fact("record.erasure_forbidden_by", _T.TEXT, "the law that forbids erasure", "禁止刪除的法律", _S.REGISTER, _A.NONE_RECORDED),
    _fact("record.public_interest_decision", _T.TEXT, "the decision on public or historical interest", "公眾利益或歷史利益的決定", _S.REGISTER, _A.NONE_RECORDED),
    _fact("record.disposal_authority", _T.TEXT, "the government disposal authority", "政府檔案存廢授權", _S.REGISTER, _A.NONE_RECORDED),
    _fact("rights.model_release", _T.CHOICE, "the model release", "肖像授權", _S.METADATA, _A.NONE_RECORDED, values=RELEASES),
    _fact("rights.licence_ends_on", _T.DATE, "the licence end stated in the picture's metadata", "影像元資料所載的特許屆滿日", _S.METADATA, _A.UNKNOWN),
    _fact("rights.restrictions", _T.TEXT, "the restrictions on use", "使用限制", _S.METADATA, _A.NONE_RECORDED),
    _event("campaign.ended_on", "the day the campaign ended", "宣傳活動結束之日"),
    _event("event.held_on", "the day of the event", "活動舉行之日"),
    _event("consent.expires_on", "the day the consent or model release expires", "同意或肖像授權屆滿之日"),
    _event("consent.withdrawn_on", "the day consent was withdrawn in writing", "以書面撤回同意之日", _A.NOT_HAPPENED),
    _fact("applicant.outcome", _T.CHOICE, "the outcome of the job application", "求職申請結果", _S.REGISTER, _A.UNKNOWN, asked=True, closed=True,
          values=_choice(("unsuccessful", "unsuccessful", "落選"), ("successful", "successful", "獲聘"), ("pending", "pending", "處理中"))),
    _event("applicant.rejected_on", "the day the applicant was rejected", "拒絕求職者之日"),
    _fact("employment.status", _T.CHOICE, "the employment status", "僱傭狀況", _S.REGISTER, _A.UNKNOWN, asked=True, closed=True,
          values=_choice(("current", "current employee", "現職僱員"), ("left", "former employee", "前僱員"))),
    _event("employment.ended_on", "the day employment ended", "僱傭關係終止之日"),
    _fact("employment.subsisting_reason", _T.TEXT, "the subsisting reason for keeping", "持續保留的理由", _S.REGISTER, _A.NONE_RECORDED),
    _event("licence.ends_on", "the day the licence ends", "特許屆滿之日"),
    _fact("licence.max_copies", _T.COUNT, "the number of copies the licence allows", "特許所准許的副本數目", _S.REGISTER, _A.UNKNOWN, asked=True),
    _fact("licence.reference", _T.TEXT, "the licence reference", "特許編號", _S.REGISTER, _A.NONE_RECORDED),
    _fact("incident.reference", _T.TEXT, "the incident reference", "事故編號", _S.REGISTER, _A.NONE_RECORDED),
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
)
# fmt: on

REGISTRY: dict[str, Fact] = {fact.name: fact for fact in _FACTS}

#: Each fact's bit in the masks of unknown facts; 64 of them fit a machine word.
BITS: dict[str, int] = {name: position for position, name in enumerate(REGISTRY)}
assert len(REGISTRY) == len(_FACTS) <= 64

IDENTITY_COLUMNS = ("source", "path", "sha256", "cluster_id", "owner", "jurisdiction", "people_level")


def nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """`` ; did you mean "..."?`` for the closest of ``known``, or nothing."""
    close = get_close_matches(word[:80], known, n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""
