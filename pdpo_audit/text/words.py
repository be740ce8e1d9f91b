"""Words that are usual in kinds of personal papers: a hint at a topic and a question to the officer, never a finding.

Job adverts, blank forms, timetables and posters hold the same words; a paper may have several topics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pdpo_audit.model.text.marks import Kind

#: Folded (capital letters, no blanks), in English, Traditional Chinese and, as the reader mixes them, Simplified.
_WORDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PAYSLIP: (
        "PAYSLIP", "PAYADVICE", "SALARY", "BASICPAY", "NETPAY", "GROSSPAY", "MPF", "MANDATORYPROVIDENT", "DEDUCTION",
        "ALLOWANCE", "OVERTIME", "PAYPERIOD", "糧單", "粮单", "薪金", "薪酬", "工資", "工资", "底薪", "強積金",
        "强积金", "津貼", "津贴", "扣款", "實發", "实发", "淨額", "净额",
    ),
    Kind.MEDICAL: (
        "DIAGNOSIS", "PATIENT", "CLINIC", "HOSPITAL", "SICKLEAVE", "MEDICALCERTIFICATE", "MEDICALREPORT", "ATTENDING",
        "PRESCRIPTION", "TREATMENT", "SYMPTOM", "診斷", "诊断", "病人", "病假", "醫生", "医生", "醫院", "医院", "診所",
        "诊所", "病歷", "病历", "藥", "药", "治療", "治疗",
    ),
    Kind.CV: (
        "CURRICULUMVITAE", "RESUME", "RÉSUMÉ", "EDUCATION", "WORKEXPERIENCE", "EMPLOYMENTHISTORY", "REFEREE",
        "QUALIFICATION", "LANGUAGES", "EXPECTEDSALARY", "履歷", "履历", "學歷", "学历", "工作經驗", "工作经验", "技能",
        "諮詢人", "语文能力", "語文能力",
    ),
    Kind.CHEQUE: (
        "CHEQUE", "PAYTO", "ORBEARER", "ORORDER", "HKDOLLARS", "HONGKONGDOLLARS", "A/CPAYEE", "HK$", "AUTHORISEDSIGN",
        "支票", "祈付", "或持票人", "持票人", "港幣", "港币", "憑票", "凭票",
    ),
    Kind.APPLICATION: (
        "APPLICATIONFORM", "APPLICANT", "SIGNATUREOFAPPLICANT", "DECLARATION", "DATEOFBIRTH", "FOROFFICEUSE",
        "申請表", "申请表", "申請人", "申请人", "聲明", "声明", "出生日期", "只供內部使用", "由本處填寫",
    ),
}  # fmt: skip
#: In so many lines words of a kind have to stand; a cheque has the most usual ones.
_LINES = 2
_MORE_LINES = {Kind.CHEQUE: 3}


def topics(lines: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of paper whose words stand in enough of these folded lines, in the order of the list."""
    return tuple(
        kind
        for kind, words in _WORDS.items()
        if sum(any(word in line for word in words) for line in lines) >= _MORE_LINES.get(kind, _LINES)
    )
