"""Sensitivity flags from tags, record class and declared age: never from guessing at the picture. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pdpo_audit.model.findings import STOP_RULE
from pdpo_audit.model.pictures import Metadata

#: Words that raise a flag, in keywords and record classes; Chinese as substrings, English as whole words.
_WORDS = {
    "child": (
        "child|children|kid|kids|minor|minors|baby|babies|infant|toddler|pupil|pupils|schoolchildren|kindergarten",
        "兒童|小孩|學童|嬰兒|幼兒|未成年",
    ),
    "identity_document": (
        "hkid|identity cards?|identity documents?|id cards?|passports?|travel documents?|driving licen[cs]es?",
        "身份證|護照|回鄉證|駕駛執照",
    ),
    "medical": (
        "medical|patients?|hospital|clinical|x ?rays?|surgery|diagnosis|diagnostic",
        "病人|醫療|手術|診斷|病歷",
    ),
    "incident": (
        "incidents?|accidents?|cctv|injury|injuries|assaults?|crime",
        "事故|意外|閉路電視|受傷|襲擊",
    ),
    "biometric": (
        "biometrics?|fingerprints?|face templates?|iris scans?",
        "生物辨識|生物特徵|指紋",
    ),
}
FLAGS = tuple(_WORDS)
_PATTERNS = {
    flag: re.compile(rf"\b(?:{english})\b|{chinese}", re.IGNORECASE) for flag, (english, chinese) in _WORDS.items()
}

#: Record classes of the rule packs that mean a flag without naming it.
_CLASSES = {"school_photo": "child", "kyc_record": "identity_document"}

#: PLUS minor model age disclosure: the codes below 18.
_MINOR = ("AG-A17", "AG-A16", "AG-A15", "AG-U14")


def sensitivity_of(
    metadata: Metadata, *, record_class: str = "", registered: Sequence[str] = ()
) -> tuple[str, ...] | None:
    """The flags that apply, in the order of ``FLAGS``; ``None`` where no tag, class, age or register entry was there.

    ``registered`` are flags that a register (releases, incidents) states of this picture; the stop rule's flag comes
    from nowhere else.
    """
    told = (*metadata.keywords, _spaced(record_class))
    if not any((*told, metadata.minor_age, *registered)):
        return None
    raised = {flag for flag, pattern in _PATTERNS.items() if any(pattern.search(_spaced(text)) for text in told)}
    if metadata.minor_age in _MINOR:
        raised.add("child")
    if record_class in _CLASSES:
        raised.add(_CLASSES[record_class])
    return tuple(flag for flag in (*FLAGS, STOP_RULE) if flag in raised or flag in registered)


def _spaced(text: str) -> str:
    """Codes such as ``identity_document`` as words."""
    return re.sub(r"[_\-./]+", " ", text)
