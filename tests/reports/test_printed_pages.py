"""The pages themselves, read back from the PDF: every glyph is drawn, nothing leaves its page, Chinese is Chinese."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pdpo_audit.model.follow_ups import FollowUp, Returned
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.pdf import render_pdf
from pdpo_audit.reports.words.glossary import GLOSSARY

from . import example
from .printed import Printed, read_printed

TEMPLATES = Path(__file__).parents[2] / "report_templates"
LANGUAGES = ("en", "zh-Hant")

#: File names as people and attackers choose them; each is a name, in any language.
NAMES = (
    "=cmd()|' -C calc'!A0.jpg", "<script>alert(1)</script>", "photo\u202egpj.exe", "two\nlines\r\tand a tab.jpg",
    "😀🏴👨\u200d👩🧿\U0001fae8.jpg", "n" * 255, "影" * 85 + ".jpg", "a/" * 400 + "x.jpg", "{{7*7}}{% raw %}",
    "*bold*_it_", "\u202e\u202e", " outer spaces ", "𠮷𠀋㗎嘅喺𡃁.jpg", "ｆｕｌｌ／相片・廣東話.jpg", "\x1b[31mred",
    "'; DROP TABLE--", "صورة.jpg", "ภาพถ่าย.jpg", "मानक.jpg", "\ue000.jpg",
)  # fmt: skip

#: What an organisation writes itself, and citations: names, not sentences of the report.
OWN_WORDS = (
    "Harbour Light Agency Ltd", "Bright River Retouching Ltd", "data minimisation review 2026", "Hong Kong outdoor",
    "PCPD Code of Practice on Human Resource Management", "a public test set of 2,000 pictures", "two lines and a tab",
)  # fmt: skip

#: The printed area of A4 between its margins, in points, with two points for italics and rounding.
LEFT, RIGHT, HEIGHT = 54.0, 546.0, 842.0


@cache
def hostile(language: str) -> bytes:
    """A report whose holdings, owners, places, contracts and organisation have hostile and very long names."""
    tables = example.tables(clusters=14, singles=8)
    for table in (Table.HOLDINGS, Table.FINDINGS, Table.DISPOSITIONS, Table.RIGHTS):
        for place, row in enumerate(tables.rows[table]):
            row["path"] = NAMES[place % len(NAMES)]
    for place, row in enumerate(tables.rows[Table.CLUSTERS]):
        row["master_path"] = NAMES[place % len(NAMES)]
    words = (NAMES[5], NAMES[1], NAMES[6])
    sources = tuple(
        replace(source, owner=name, vendor=name, city=name, purpose=name, uri=name, contract=name)
        for source, name in zip(example.SOURCES, words, strict=True)
    )
    header = example.header(
        sources=sources, marking="x" * 120, authorised_by=NAMES[2], roles={"dpo": NAMES[5]}, assumptions=(),
        organisation="W" * 90, organisation_zh="",
    )  # fmt: skip
    returned = tuple(
        Returned(
            source=name[:90], path=name, owner=name, cluster_id="", first_seen="2026-11-20", erased_source="hr-archive",
            erased_path=name, proposed_in="2026-05-20-aaaaaa", gone_on="2026-11-20" if place % 3 else "",
        )
        for place, name in enumerate(NAMES)
    )  # fmt: skip
    content = compose(header, tables, follow_up=followed(returned))
    return render_pdf(content, language=language, templates=TEMPLATES)


def followed(returned: tuple[Returned, ...]) -> FollowUp:
    """What became of an earlier audit, with large numbers."""
    numbers = dict.fromkeys(("proposed", "held", "gone", "moved", "joined", "joined_pictures"), 1_234)
    return FollowUp(
        audit_id="2026-05-20-aaaaaa", assessed_on="2026-05-20", returned=returned, returned_copies=40,
        returned_pictures=2, **numbers,
    )  # fmt: skip


@cache
def printed(language: str) -> Printed:
    return read_printed(hostile(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_glyph_on_the_pages_is_drawn(language: str) -> None:
    assert len(printed(language).fonts) >= 4
    assert printed(language).undrawn() == []
    assert "\ufffd" not in printed(language).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_stand_literally(language: str) -> None:
    text = printed(language).text.replace(" ", "")
    for name in ("<script>alert(1)</script>", "photo[U+202E]gpj.exe", "two[U+000A]lines", "{{7*7}}", "[U+E000].jpg"):
        assert name in text, name


def test_no_english_sentence_is_left_on_the_chinese_pages() -> None:
    """Runs of four words; a chart draws its words letter by letter, so single letters are no words here."""
    text = re.sub(r"([A-Za-z])\1{4,}", " | ", printed("zh-Hant").text)
    for own in (*OWN_WORDS, *(rule.authority for rule in example.RULES), *(term.en for term in GLOSSARY)):
        text = text.replace(own, " | ")
    assert re.findall(r"(?:[A-Za-z][A-Za-z'’-]+[ ,;]+){3,}[A-Za-z'’-]+", text) == []


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_leaves_the_page(language: str, tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_bytes(hostile(language))
    told = subprocess.run(["pdftotext", "-bbox", tmp_path / "r.pdf", "-"], capture_output=True, text=True, check=True)
    words = re.findall(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">', told.stdout)
    assert len(words) > 2_000
    outside = [word for word in words if float(word[0]) < LEFT or float(word[2]) > RIGHT or float(word[3]) > HEIGHT]
    assert outside == []


def large(language: str) -> bytes:
    """An organisation with fourteen sources, eleven owners and as many processors, ten rule packs, an earlier audit."""
    tables = example.tables(clusters=30, singles=10)
    places = ("HK", "CN-GD", "SG", "JP", "US", "GB", "AU")
    sources = tuple(
        replace(
            example.SOURCES[place % 3], name=f"department-library-{place:02d}-photographs",
            owner=f"Department of Communications {place % 11}, Kowloon East", jurisdiction=places[place % 7],
            vendor=f"Bright River Retouching Ltd ({place})", purpose="" if place % 2 else "campaign production",
            external_facing=place % 4 == 0,
        )
        for place in range(14)
    )  # fmt: skip
    for row in (row for rows in tables.rows.values() for row in rows):
        if "source" in row:
            source = sources[len(str(row["path"])) * 7 % 14]
            row |= {"source": source.name, "owner": source.owner, "jurisdiction": source.jurisdiction}
    before = compose(example.header(), tables).summary()
    header = example.header(
        sources=sources, previous_audit="2026-05-20-aaaaaa", people_scope="duplicates",
        authorised_by="Board of Directors, Resolution 2026/114 of the Audit and Risk Committee",
        packs=tuple(replace(pack, name=f"{pack.name}-{n}") for n in range(5) for pack in example.header().packs),
        roles=dict.fromkeys(("legal", "compliance", "communications", "dpo"), "Chan Tai Man Desmond, Director"),
    )  # fmt: skip
    content = compose(header, tables, previous=before, follow_up=followed(()))
    return render_pdf(content, language=language, templates=TEMPLATES)


@pytest.mark.parametrize(("language", "contents"), [("en", "Contents"), ("zh-Hant", "目錄")])
def test_the_answer_of_a_large_organisation_is_one_page(language: str, contents: str) -> None:
    pages = read_printed(large(language)).pages
    assert ("HK$" in pages[1] or "100港元" in pages[1]) and "department-library" in pages[1]
    assert contents in pages[2][:150]
