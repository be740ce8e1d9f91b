"""Dates that cannot be are shown and counted and start no period; a year alone is a range that ends with the year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from pdpo_audit import Workspace
from pdpo_audit.metadata.facts import span
from pdpo_audit.model.clocks import DateDoubt, doubt_of, last_day
from pdpo_audit.reports.counting.holding_pass import Wanted, pass_holdings
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.assessing import project_facts, tables
from tests.workspace.library import picture

SEEN = "2026-11-20"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:DateCreated="{}"/>'
    "</rdf:RDF></x:xmpmeta>"
)


@pytest.mark.parametrize(
    ("captured", "doubt", "day"),
    [
        ("2050-12-31T10:00:00", DateDoubt.FUTURE, date(2050, 12, 31)),
        ("2026-11-21T08:00:00", None, date(2026, 11, 21)),
        ("1970-01-01T08:00:00", DateDoubt.CLOCK_ZERO, date(1970, 1, 1)),
        ("1980-01-01T00:00:31", DateDoubt.CLOCK_ZERO, date(1980, 1, 1)),
        ("2002-12-08T12:00:00", DateDoubt.FACTORY_DATE, date(2002, 12, 8)),
        ("2008-01-01T00:00:12", DateDoubt.FACTORY_DATE, date(2008, 1, 1)),
        ("2008-01-01T00:07:00", None, date(2008, 1, 1)),
        ("2008-01-01T00:00:12+08:00", DateDoubt.FACTORY_DATE, date(2008, 1, 1)),
        ("1975", None, date(1975, 12, 31)),
        ("1976-02", None, date(1976, 2, 29)),
        ("2060", DateDoubt.FUTURE, date(2060, 12, 31)),
        ("", None, None),
    ],
)
def test_which_dates_can_be_and_how_late_they_may_mean(
    captured: str, doubt: DateDoubt | None, day: date | None
) -> None:
    assert (doubt_of(captured, SEEN), last_day(captured)) == (doubt, day)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("1975", "1975"), ("1975-06", "1975-06"), ("1975-00-00", "1975"), ("1975:06:00", "1975-06"), ("0000", ""),
     ("1975-06-01", ""), ("1975-13", "1975"), ("about 1975", "")],
)  # fmt: skip
def test_a_year_alone_is_read(text: str, meant: str) -> None:
    assert span(text) == meant


def test_no_doubtful_date_starts_a_period(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    for number, taken in enumerate(("2050:01:01 10:00:00", "1970:01:01 00:00:00", "2019:05:06 07:08:09")):
        exif = Image.Exif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
        picture(number).save(share / f"{number}.jpg", exif=exif)
    picture(7).save(share / "year.jpg", xmp=XMP.format("1975").encode())
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(ScanOptions(workers=0, people="off"))
    held = workspace.table("holdings").set_index("path")
    assert held["captured_doubt"].tolist() == ["future", "clock_zero", "", ""]
    assert held["captured"].str[:4].tolist() == ["2050", "1970", "2019", "1975"]
    known = project_facts(workspace.project).set_index("path")["image.captured_on"]
    assert known.tolist() == [None, None, date(2019, 5, 6), date(1975, 12, 31)]
    counted = pass_holdings(tables(workspace.project), Wanted(clusters=frozenset(), singles=frozenset())).cube
    assert {doubt: weight.rows for doubt, weight in counted.by("doubt").items()} == {
        "": 2, "clock_zero": 1, "future": 1,
    }  # fmt: skip
