"""From lines to marks: numbers have boxes, words are hints, and nobody can print what was read."""

from __future__ import annotations

import pytest

from pdpo_audit.model.text.marks import Kind, Mark, Tier
from pdpo_audit.ports.text import Line
from pdpo_audit.text.judging import told


def line(text: str, y: int = 0) -> Line:
    return Line(text=text, score=0.99, x=10, y=y, width=200, height=20)


def test_a_number_has_the_box_of_its_line_and_words_have_none() -> None:
    marks = told([line("PAYSLIP 糧單"), line("HKID No. A123456(3)", 40), line("Net pay 實發 HK$20,000", 80)])
    assert marks == (
        Mark(kind=Kind.HONG_KONG_CARD, tier=Tier.LEGIBLE, x=10, y=40, width=200, height=20),
        Mark(kind=Kind.PAYSLIP, tier=Tier.WORDS),
    )


def test_words_alone_never_make_a_number_legible() -> None:
    advert = [line("誠聘 Salary 薪金"), line("MPF 強積金"), line("HKID No. 身份證號碼"), line("A123456(4)")]
    assert {mark.tier for mark in told(advert)} == {Tier.WORDS}
    assert told([line("Salary"), line("2345 6789")]) == ()


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Diagnosis 診斷", "Sick leave 2 days"], Kind.MEDICAL),
        (["病人 陳", "病假 兩天"], Kind.MEDICAL),
        (["Curriculum Vitae", "學歷 Education"], Kind.CV),
        (["Pay to", "HK$ 500", "or bearer 或持票人"], Kind.CHEQUE),
        (["申請表", "Signature of applicant"], Kind.APPLICATION),
        (["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"], Kind.ZONE),
    ],
)
def test_topics_are_told_in_both_languages(texts: list[str], kind: Kind) -> None:
    assert Mark(kind=kind, tier=Tier.WORDS) in told([line(text) for text in texts])


def test_a_line_never_prints_its_text() -> None:
    assert "A123456" not in repr(line("A123456(3)")) and "A123456" not in str([line("A123456(3)")])
