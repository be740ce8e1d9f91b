"""Chinese in whatever character set an archive holds it, declared, undeclared or wrongly declared."""

from __future__ import annotations

import pytest

from pdpo_audit.metadata.facts import clean
from pdpo_audit.metadata.texts import decode, mended

TRADITIONAL = ("陳大文先生出席週年晚會", "海港光影廣告有限公司攝影部", "黃小玲女士", "2023年夏季活動，陳大文")
SIMPLIFIED = ("陈大文先生出席周年晚会", "海港光影广告有限公司摄影部", "黄小玲女士", "2023年夏季活动，陈大文")


@pytest.mark.parametrize("text", TRADITIONAL)
@pytest.mark.parametrize("declared", [False, True])
def test_big5_is_read(text: str, declared: bool) -> None:
    assert decode(text.encode("big5hkscs"), utf8=declared) == text


@pytest.mark.parametrize("text", SIMPLIFIED)
@pytest.mark.parametrize("declared", [False, True])
def test_gbk_is_read(text: str, declared: bool) -> None:
    assert decode(text.encode("gbk"), utf8=declared) == text


@pytest.mark.parametrize("text", [*TRADITIONAL, *SIMPLIFIED])
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_text_that_was_read_wrongly_once_is_mended(text: str, wrong: str) -> None:
    garbled = text.encode("utf-8").decode(wrong, "replace")
    if "\ufffd" not in garbled:
        assert mended(garbled) == text
        if wrong == "cp1252":
            assert clean(garbled) == text


@pytest.mark.parametrize("text", ["Café Zoë", "Müller & Söhne", "naïve façade", "Ælfgifu Øre", "señor Muñoz"])
def test_western_accents_stay(text: str) -> None:
    assert decode(text.encode("latin-1")) == text
    assert mended(text) == text and clean(text) == text
