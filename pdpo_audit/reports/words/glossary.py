"""The words of the reports in both languages: statutory and PCPD usage where there is one, our rendering where not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word; ``own`` marks a rendering of ours that no Hong Kong authority uses."""

    en: str
    zh: str
    meaning: str = ""
    meaning_zh: str = ""
    own: bool = False


def _term(en: str, zh: str, meaning: str = "", meaning_zh: str = "", *, own: bool = False) -> Term:
    return Term(en=en, zh=zh, meaning=meaning, meaning_zh=meaning_zh, own=own)


GLOSSARY: tuple[Term, ...] = (
    _term(
        "holding (copy)",
        "持有項目（副本）",
        "One stored copy of a picture at one place. Each is counted on its own.",
        "影像在某一位置儲存的一個副本，每個副本獨立計算。",
        own=True,
    ),
    _term(
        "picture",
        "影像",
        "What a holding shows, by content: the same for all byte-identical holdings.",
        "持有項目所顯示的內容：位元組完全相同的持有項目屬同一影像。",
        own=True,
    ),
    _term(
        "duplicate cluster",
        "重複影像群組",
        "Holdings that show the same picture. Not the cluster of ISO/IEC 27555, which is a kind of data.",
        "顯示同一影像的持有項目。有別於ISO/IEC 27555所指的資料類別。",
        own=True,
    ),
    _term(
        "master file",
        "主檔案",
        "The holding proposed as the authoritative version; confirmed once a named person says so.",
        "建議作為權威版本的持有項目；經具名人士確認後方為已確認。",
        own=True,
    ),
    _term(
        "additional copies",
        "額外副本",
        "The holdings of a duplicate cluster that are not its master.",
        "重複影像群組中主檔案以外的持有項目。",
        own=True,
    ),
    _term("near-duplicate", "近似重複影像", own=True),
    _term(
        "recognisable person (P2)",
        "可辨認人士（P2）",
        "A detected face is large and sharp enough to be recognised. Whether the picture is personal data is for a "
        "person to determine.",
        "偵測到的面容足夠大而清晰，可供辨認。有關影像是否個人資料，須由人手判斷。",
        own=True,
    ),
    _term(
        "person named by associated data (P3)",
        "由相關資料指名的人士（P3）",
        "As P2 or P1, and a name, caption, release or staff number is tied to the subject.",
        "符合P2或P1，並有姓名、圖片說明、授權書或員工編號與當事人相連。",
        own=True,
    ),
    _term(
        "erasure review due",
        "刪除覆核到期",
        "A rule that proposes erasure has run out or its purpose has ended. Proposed for erasure, subject to approval.",
        "建議刪除的規則期限已屆滿，或其目的已經結束。建議刪除，有待批核。",
        own=True,
    ),
    _term(
        "potential non-compliance",
        "可能不符合規定",
        "An indicator against a stated criterion, subject to legal review.",
        "相對於所述準則的跡象，有待法律覆核。",
        own=True,
    ),
    _term("finding", "審核發現", "What one rule says of one holding.", "一項規則對一個持有項目的結論。", own=True),
    _term(
        "disposition",
        "處置結果",
        "The result of all findings for one holding.",
        "綜合所有發現後對一個持有項目的結果。",
        own=True,
    ),
    _term("sign-off", "簽核", own=True),
    _term("chain of custody", "證物保管鏈", own=True),
    _term("legal hold", "法律保存要求（暫停銷毀）", own=True),
    _term("retention schedule", "保留期限表", own=True),
    _term("model release", "肖像使用同意書", own=True),
    _term("the Ordinance (PDPO, Cap. 486)", "《個人資料（私隱）條例》（第486章）（《私隱條例》）"),
    _term("Privacy Commissioner for Personal Data", "個人資料私隱專員（私隱專員）"),
    _term("Office of the PCPD", "個人資料私隱專員公署（公署）"),
    _term("personal data", "個人資料"),
    _term("data user", "資料使用者"),
    _term("data subject", "資料當事人"),
    _term("data processor", "資料處理者"),
    _term("relevant person", "有關人士"),
    _term("practicable", "切實可行"),
    _term("all practicable steps", "所有切實可行的步驟"),
    _term("data protection principle (DPP)", "保障資料原則"),
    _term("DPP1 purpose and manner of collection", "保障資料第1原則－收集個人資料的目的及方式"),
    _term("DPP2 accuracy and duration of retention", "保障資料第2原則－個人資料的準確性及保留期間"),
    _term("DPP3 use", "保障資料第3原則－個人資料的使用"),
    _term("DPP4 security", "保障資料第4原則－個人資料的保安"),
    _term("DPP5 information generally available", "保障資料第5原則－資訊須在一般情況下可提供"),
    _term("DPP6 access", "保障資料第6原則－查閱個人資料"),
    _term("erasure of personal data no longer required (s.26)", "刪除不再需要的個人資料（第26條）"),
    _term("retention period", "保留期間"),
    _term("erasure", "刪除"),
    _term("public interest (including historical interest)", "公眾利益（包括歷史方面的利益）"),
    _term("anonymisation", "匿名化"),
    _term("de-identification", "去識別化"),
    _term("prescribed consent", "訂明同意"),
    _term("withdraw consent", "撤回同意"),
    _term("new purpose", "新目的"),
    _term("data access request", "查閱資料要求"),
    _term("data correction request", "改正資料要求"),
    _term("direct marketing", "直接促銷"),
    _term("enforcement notice", "執行通知"),
    _term("code of practice / guidance", "實務守則／指引"),
    _term("exemption", "豁免"),
    _term("legal proceedings", "法律程序"),
    _term("Privacy Management Programme", "私隱管理系統"),
    _term("Data Protection Officer", "保障資料主任"),
    _term("personal data inventory", "個人資料庫存"),
    _term("privacy impact assessment", "私隱影響評估"),
    _term("biometric data", "生物辨識資料"),
    _term("cross-border (cross-boundary) transfer", "跨境資料移轉"),
    _term("Recommended Model Contractual Clauses", "建議合約條文範本"),
    _term("GBA Standard Contract", "粵港澳大灣區（內地、香港）個人信息跨境流動標準合同"),
    _term("certificate of destruction", "銷毀證明書"),
    _term("management response", "管理層回應"),
    _term("audit scope / criteria / limitations", "審核範圍／準則／局限"),
)
