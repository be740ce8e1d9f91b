"""Codes of the long sheets in the words of a language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.words.labels import Wording
from pdpo_audit.reports.workbook.column_kinds import Column

if TYPE_CHECKING:
    import pandas as pd

#: Between the codes of a cell that holds several.
_BETWEEN = re.compile(r"\s*[;,|]\s*")


def in_words(frame: pd.DataFrame, listed: tuple[Column, ...], t: Wording) -> pd.DataFrame:
    """The frame with words for its codes; in English, which has none of its own, as it is."""
    if not t.labels:
        return frame
    spoken = {}
    for column in listed:
        if column.group and column.key in frame.columns:
            texts = columns.text(frame, column.key)
            spoken[column.key] = texts.map({text: _said(text, column.group, t) for text in texts.unique()})
    return frame.assign(**spoken)


def _said(text: str, group: str, t: Wording) -> str:
    if group == "clauses":
        return t.clauses(text)
    if not text or group == "phrase":
        return t.phrase(text)
    if (known := t.word(text)) != text:
        return known
    return str(t("comma")).join(t.name(group, code) for code in _BETWEEN.split(text) if code)
