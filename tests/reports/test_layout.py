"""The report as a thing: few pages, none nearly empty, all charts on one page, and no label of them cut."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import which

import pytest

from pdpo_audit.reports.charts.drawing import draw, in_columns
from pdpo_audit.reports.charts.figures import wrapped
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.pdf import render_pdf
from pdpo_audit.reports.words.labels import load_wording

from . import example

TEMPLATES = Path(__file__).parents[2] / "report_templates"
LANGUAGES = ("en", "zh-Hant")
#: Points from the top of the page: where its text begins and may end.
TOP, BOTTOM = 62.0, 777.0


@cache
def library() -> Content:
    """381 copies of 127 pictures in three sources."""
    return compose(example.header(), example.tables(clusters=127, singles=1))


@cache
def pages(language: str, folder: Path) -> tuple[str, ...]:
    (folder / f"{language}.pdf").write_bytes(render_pdf(library(), language=language, templates=TEMPLATES))
    told = subprocess.run(["pdftotext", "-bbox", folder / f"{language}.pdf", "-"], capture_output=True, check=True)
    return tuple(told.stdout.decode().split("<page ")[1:])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("layout")


pytestmark = pytest.mark.skipif(not which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_library_of_382_copies_takes_twenty_pages_and_none_is_nearly_empty(language: str, folder: Path) -> None:
    assert library().totals.holdings > 380
    found = pages(language, folder)
    assert len(found) <= 20
    ends = [max(float(end) for end in re.findall(r'yMax="([\d.]+)"', page) if float(end) < BOTTOM) for page in found]
    full = [(end - TOP) / (BOTTOM - TOP) for end in ends]
    assert [(place, share) for place, share in enumerate(full[:-1], 1) if share < 1 / 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_charts_stand_on_one_page(language: str, folder: Path) -> None:
    t = load_wording(TEMPLATES / "audit", language)
    plain = ["".join(re.findall(r">([^<>]+)</word>", page)) for page in pages(language, folder)]
    wanted = [re.sub(r"\s", "", chart.title) for chart in draw(library(), t, str)]
    assert len(wanted) >= 7
    assert all(title.replace("&", "&amp;") in plain[3] for title in wanted), plain[3]


def test_ten_sources_in_ten_places_fit_and_no_label_is_cut() -> None:
    names = [f"department of communications, campaign library {place}, Kwun Tong" for place in range(10)]
    places = ("HK", "CN-GD", "SG", "JP", "US", "GB", "AU", "MO", "TW", "KR")
    sources = tuple(
        replace(example.SOURCES[0], name=name, jurisdiction=place) for name, place in zip(names, places, strict=True)
    )
    tables = example.tables(clusters=30, singles=4)
    for row in (row for rows in tables.rows.values() for row in rows if "source" in row):
        source = sources[len(str(row["path"])) % 7 + len(str(row)) % 3]
        row |= {"source": source.name, "jurisdiction": source.jurisdiction}
    t = load_wording(TEMPLATES / "audit", "en")
    charts = draw(compose(example.header(sources=sources), tables), t, str)
    heights = [sum(chart.height_mm + 10.5 for chart in column) for column in in_columns(charts)]
    assert max(heights) <= 220
    drawn = "".join(chart.svg.decode() for chart in charts)
    assert "…" not in drawn
    assert "Kwun Tong" in drawn


def test_a_label_is_broken_and_not_shortened() -> None:
    label = "Cannot be decided: a fact is missing, and nobody knows it"
    assert wrapped(label).replace("\n", " ") == label
    assert wrapped("影像" * 20).replace("\n", "") == "影像" * 20
    assert len(wrapped("n" * 60).split("\n")) == 3
    assert wrapped("n" * 255).endswith("…")


@pytest.mark.parametrize(("language", "words"), [("en", "less than HK$100 a year"), ("zh-Hant", "每年少於100港元")])
def test_a_small_cost_is_said_in_words_and_a_decision_has_a_day_to_come(language: str, words: str) -> None:
    from pdpo_audit.reports.pdf import render_html

    said = render_html(library(), language=language, templates=TEMPLATES)[0]
    assert words in said
    asked = library().decisions
    assert asked and all(row.decide_by > library().header.assessed_on for row in asked)
    assert all(f"{row.decide_by}" in said for row in asked)
    soon = compose(example.header(next_review_on=example.ON.replace(day=29)), example.tables())
    assert {row.decide_by for row in soon.decisions} == {example.ON.replace(day=29)}
