"""The printed report: what it says, that it is the same every time, that nothing in it acts."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from weasyprint import HTML

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.charts.drawing import draw
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.pdf import render_html, render_pdf
from pdpo_audit.reports.rendering import setting
from pdpo_audit.reports.words.labels import load_wording, shortened

from . import example

TEMPLATES = Path(__file__).parents[2] / "report_templates"


def content(**changes: object) -> Content:
    return compose(example.header(**changes), example.tables(clusters=4, singles=4))


@cache
def rendered(language: str = "en") -> bytes:
    return render_pdf(content(), language=language, templates=TEMPLATES)


def html(said: Content, language: str = "en") -> str:
    return render_html(said, language=language, templates=TEMPLATES)[0]


def test_the_report_is_tagged_pdf_a_with_bookmarks_and_its_numbers() -> None:
    with pikepdf.open(io.BytesIO(rendered())) as report:
        assert report.Root.MarkInfo.Marked
        assert "/Outlines" in report.Root
        xmp = bytes(report.Root.Metadata.read_bytes())
        assert b'pdfaid:part="3"' in xmp
        assert b'pdfaid:conformance="A"' in xmp
        assert b'pdfuaid:part="1"' in xmp
        numbers = json.loads(report.attachments["summary.json"].get_file().read_bytes())
    assert numbers == json.loads(json.dumps(content().summary()))


def test_the_same_audit_gives_the_same_bytes() -> None:
    assert render_pdf(content(), language="en", templates=TEMPLATES) == rendered()


def test_a_draft_says_so_and_why_on_every_page() -> None:
    said = html(content(draft_reasons=("nobody is named who authorised this audit",)))
    assert 'data-status="DRAFT: nobody is named who authorised this audit"' in said
    assert "Unreviewed draft until" not in said


def test_a_sealed_report_says_that_nobody_reviewed_it_yet() -> None:
    assert (
        'data-status="Unreviewed draft until the people in the sign-off panel have signed; sealed by the organisation"'
        in html(content())
    )


def test_names_are_escaped_and_shown_literally() -> None:
    tables = example.tables()
    hostile = ("<script>alert(1)</script>", "x\u202egpj.exe", "a\nb.jpg", "=cmd()", "影像.jpg", "n" * 255)
    for row, name in zip(tables.rows[Table.HOLDINGS], hostile, strict=False):
        row["path"] = name
    said = html(compose(example.header(organisation="<b>A & B</b>"), tables))
    assert "<script>" not in said
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said
    assert "x[U+202E]gpj.exe" in said
    assert "a[U+000A]b.jpg" in said
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in said
    assert "\u202e" not in said


def test_a_source_with_the_name_of_a_formula_is_drawn_as_it_is() -> None:
    odd = r"$\frac{x$ <b>&amp;"
    sources = (replace(example.SOURCES[0], name=odd), *example.SOURCES[1:])
    tables = example.tables(clusters=2, singles=2)
    for row in tables.rows[Table.HOLDINGS]:
        row["source"] = odd if row["source"] == "studio-nas" else row["source"]
    said = compose(example.header(sources=sources), tables)
    wording = load_wording(TEMPLATES / "audit", "en")
    drawn = draw(said, wording, str)
    assert any(rb"$\frac{x$ &lt;b&gt;&amp;amp;" in chart.svg for chart in drawn)


def test_nothing_is_fetched() -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        setting.embedded_only("file:///etc/hostname")
    with pytest.raises(ValueError, match="fetches nothing"):
        setting.embedded_only("https://example.org/a.png")
    assert HTML(string="<img src='data:,'>", url_fetcher=setting.embedded_only)


def test_a_template_cannot_leave_its_sandbox(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "labels").mkdir(parents=True)
    (folder / "labels" / "en.toml").write_text((TEMPLATES / "audit/labels/en.toml").read_text())
    (folder / "report.css").write_text("")
    (folder / "report.html.j2").write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}")
    with pytest.raises(SettingsError):
        render_html(content(), language="en", templates=tmp_path, template="own")


def test_a_language_that_the_template_lacks_is_told() -> None:
    with pytest.raises(SettingsError, match="no labels"):
        render_html(content(), language="fr", templates=TEMPLATES)


def test_an_owner_with_findings_has_a_list_of_its_own() -> None:
    said = html(content())
    assert said.index("<h2>Partner Management</h2>") < said.index("<h2>Human Resources</h2>")
    assert "Erase this copy after review" in said


def test_an_empty_audit_is_a_report_too() -> None:
    empty = compose(example.header(sources=()), example.MemoryTables({}, {}))
    assert "No finding needs action." in html(empty)
    assert render_pdf(empty, language="en", templates=TEMPLATES).startswith(b"%PDF")


def test_careful_words_only() -> None:
    said = html(content()).lower()
    for word in ("personal data found", "surplus", "redundant", "illegal", "must be deleted", "certified compliant"):
        assert word not in said


def test_what_is_not_printed_is_counted_and_pointed_to() -> None:
    tables = example.tables(clusters=320, singles=0)
    tables.most = 5_000
    said = compose(example.header(), tables)
    page = html(said)
    assert said.cases_shown == 300
    assert said.totals.findings_for_action > said.findings_shown
    assert f"of {said.totals.findings_for_action:,} that need action" in page
    assert "all others stand in the workbook (sheet Cases, by owner)" in page
    assert page.count('class="case') == len(said.printed) == 6
    assert [case.number for case in said.printed] == [1, 2, 3, 4, 5, 6]


def test_a_case_carries_the_highest_people_level_of_its_findings() -> None:
    tables = example.tables(clusters=1, singles=0)
    for row in tables.rows[Table.HOLDINGS]:
        row["people_level"] = "P0"
    tables.rows[Table.FINDINGS][-1]["people_level"] = "P3"
    levels = {case.people_level for owner in compose(example.header(), tables).owners for case in owner.cases}
    assert "P3" in levels


def test_a_long_list_of_sources_is_cut_and_counted_on_the_first_page() -> None:
    wording = load_wording(TEMPLATES / "audit", "en")
    assert wording.listed(["a", "b"]) == "a, b"
    assert wording.listed([f"s{number}" for number in range(9)], most=3) == "s0, s1, s2 and 6 more"
    assert "<b>" not in wording.listed(["<b>"])


def test_names_in_a_line_are_cut_by_the_room_that_they_take() -> None:
    t = load_wording(TEMPLATES / "audit", "en")
    assert t.listed(["a" * 50, "b" * 50, "c" * 50]) == f"{'a' * 50}, {'b' * 50} and 1 more"
    assert t.listed(["a" * 300, "b" * 300, "c"]) == f"{'a' * 60}…, {'b' * 60}… and 1 more"
    assert t.listed(["Sam Ho, Marketing", "Ada Chan"]) == "Sam Ho, Marketing; Ada Chan"
    assert t.listed(list("abcdefgh")) == "a, b, c, d, e, f and 2 more"
    assert shortened("影" * 31) == "影" * 30 + "…" and shortened("影" * 30) == "影" * 30
