"""Rights and contradictions: counted, listed with what ended first, the same in PDF, workbook and JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.pdf import render_html
from pdpo_audit.reports.tables.masking import MaskedTables
from pdpo_audit.reports.workbook.writing import write_workbook

from . import example

TEMPLATES = Path(__file__).parents[2] / "report_templates"


@pytest.fixture(scope="module")
def content() -> Content:
    return compose(example.header(), example.tables())


def test_rights_are_counted_as_the_table_states_them(content: Content) -> None:
    rows = example.tables().rows[Table.RIGHTS]
    found = content.rights
    assert found.stated == len(rows) == found.with_terms
    assert found.noticed == sum(bool(row["rights"]) for row in rows)
    assert found.licences_ended == sum(row["licence_ends_on"] == "2025-03-31" for row in rows)
    assert found.licences_ending == sum(row["licence_ends_on"] == "2026-12-31" for row in rows)
    assert (found.consents_ended, found.minors) == (1, 1)
    (limited,) = found.releases
    assert (limited.key, limited.holdings) == ("MR-LMR", sum(bool(row["model_release"]) for row in rows))
    assert [one.ends_on for one in found.ended] == sorted(one.ends_on for one in found.ended)
    assert len(found.ended) == found.licences_ended + found.consents_ended


def test_the_end_that_comes_first_counts() -> None:
    tables = example.tables()
    row = tables.rows[Table.RIGHTS][0]
    row["licence_ends_on"], row["registered_licence_ends_on"] = "2030-01-01", "2024-06-30"
    (first, *_) = compose(example.header(), tables).rights.ended
    assert (first.kind, first.ends_on.isoformat(), first.licensor) == ("licence", "2024-06-30", "LIC-000")


def test_more_that_ended_than_the_page_has_room_for() -> None:
    tables = example.tables(clusters=60)
    for day, row in enumerate(tables.rows[Table.RIGHTS]):
        row["licence_ends_on"] = f"2020-{1 + day % 12:02d}-01"
    ended = compose(example.header(), tables).rights.ended
    assert len(ended) == 8 and {one.ends_on.month for one in ended} <= {1, 2, 3, 4, 5}


def test_contradictions_are_counted_by_field_and_listed(content: Content) -> None:
    assert content.integrity.contradictions == {"caption": 1, "rights": 1}
    assert content.integrity.contradicting_clusters == 1
    assert [row.cluster_id for row in content.contradicting] == ["dc-00003"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Licence has ended", "caption, copyright notice")), ("zh-Hant", ("特許已屆滿", "說明、版權聲明"))],
)
def test_the_report_says_it_in_both_languages(content: Content, language: str, said: tuple[str, ...]) -> None:
    page = render_html(content, language=language, templates=TEMPLATES)[0]
    for words in (*said, "LIC-", "2025-03-31"):
        assert words in page


def test_the_workbook_has_them(content: Content, tmp_path: Path) -> None:
    write_workbook(content, example.tables(), tmp_path / "w.xlsx")
    book = load_workbook(tmp_path / "w.xlsx")
    assert book["Rights_Licences"].max_row == 3 + content.rights.stated
    assert book["Rights_Licences"]["J4"].value == "LIC-000"
    assert book["Processors"]["B2"].value == "Bright River Retouching Ltd"
    assert [book["DestructionLog"].cell(1, column).value for column in (2, 14)] == ["Source", "Erased on"]
    integrity = " ".join(str(cell.value) for row in book["VersionIntegrity"].rows for cell in row)
    assert "in the caption 1" in integrity and "dc-00003" in integrity


def test_every_path_of_a_row_is_masked_in_its_texts() -> None:
    tables = example.tables()
    row = tables.rows[Table.CLUSTERS][0]
    row["oldest_path"], row["lowest_quality_path"] = "old/a.jpg", "low/b.jpg"
    row["master_reason"] = f"better than old/a.jpg, low/b.jpg and {row['master_path']}"
    (frame, *_) = MaskedTables(tables, b"k" * 16).chunks(Table.CLUSTERS)
    shown = " ".join(map(str, frame.iloc[0]))
    for path in ("old/a.jpg", "low/b.jpg", str(row["master_path"])):
        assert path not in shown


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        ("", "nas: kept.jpg"),
        ("taken", "nas: kept.jpg (stays no more, under plan DP-2)"),
        ("waits", "nas: kept.jpg (in quarantine since, under plan DP-2)"),
    ],
)
def test_the_destruction_log_tells_when_the_copy_that_stayed_was_taken_since(
    tmp_path: Path, fate: str, said: str
) -> None:
    tables = example.tables()
    row = dict.fromkeys(COLUMNS[Table.DISPOSALS], "") | {
        "plan_id": "DP-1", "source": "nas", "path": "a.jpg", "act": "erase", "state": "certified", "bytes": 1,
        "method": "unlinked", "kept_source": "nas", "kept_path": "kept.jpg", "kept_fate": fate, "kept_plan": "DP-2",
    }  # fmt: skip
    tables.rows[Table.DISPOSALS] = [row]
    write_workbook(compose(example.header(), tables), tables, tmp_path / "w.xlsx")
    assert load_workbook(tmp_path / "w.xlsx")["DestructionLog"]["G2"].value == said
