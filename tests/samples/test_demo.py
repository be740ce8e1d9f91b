"""What the program finds in the sample library, against what is true of it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from tests.house.test_wheel import built, call, installed, wheel
from tests.reports.agreement import expect_same_numbers
from tests.workspace.test_recount import check

from .truth import truth

__all__ = ["built", "installed", "wheel"]

Row = dict[str, str]
Key = tuple[str, str]


class Demo:
    """The workspace of a demo of the installed program, which knows nothing of this checkout."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder

    def call(self, *arguments: str | Path) -> str:
        return call(self.program, *arguments, folder=self.folder.parent).stdout


@pytest.fixture(scope="module")
def demo(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    made = Demo(installed / "pdpo-audit", tmp_path_factory.mktemp("demo") / "workspace")
    made.call("demo", made.folder)
    return made


def table(demo: Demo, name: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(demo.call("export", name, "--format", "csv", "--workspace", demo.folder))))


@pytest.fixture(scope="module")
def holdings(demo: Demo) -> dict[Key, Row]:
    return {(row["source"], row["path"]): row for row in table(demo, "holdings")}


@pytest.fixture(scope="module")
def skipped(demo: Demo) -> dict[Key, Row]:
    return {(row["source"], row["path"]): row for row in table(demo, "skipped")}


def key(row: Row) -> Key:
    return row["source"], row["path"]


def examined() -> list[Row]:
    return [row for row in truth() if not row["skipped_reason"]]


def test_every_file_is_examined_or_skipped(holdings: dict[Key, Row], skipped: dict[Key, Row]) -> None:
    assert holdings.keys() | skipped.keys() == {key(row) for row in truth()}


def test_what_is_skipped_says_why(skipped: dict[Key, Row]) -> None:
    wrong = [
        (key(row), skipped.get(key(row), {}).get("reason"))
        for row in truth()
        if row["skipped_reason"] and skipped.get(key(row), {}).get("reason") not in row["skipped_reason"].split("|")
    ]
    assert wrong == []
    assert skipped.keys() == {key(row) for row in truth() if row["skipped_reason"]}


def test_the_duplicate_clusters_are_the_groups(holdings: dict[Key, Row]) -> None:
    found: dict[str, set[Key]] = defaultdict(set)
    expected: dict[str, set[Key]] = defaultdict(set)
    for place, row in holdings.items():
        if row["cluster_id"]:
            found[row["cluster_id"]].add(place)
    for row in examined():
        if row["group"]:
            expected[row["group"]].add(key(row))
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, expected.values()))


def test_the_relations_are_those_that_were_made(holdings: dict[Key, Row]) -> None:
    wrong = [
        (key(row), row["relation"], holdings[key(row)]["relation"])
        for row in examined()
        if row["group"] and holdings[key(row)]["relation"] not in row["relation"].split("|")
    ]
    assert wrong == []


def test_the_people_levels_are_accepted_ones(holdings: dict[Key, Row]) -> None:
    levels = {key(row): row["people_level"].split("|") for row in examined()}
    wrong = [
        (place, accepted, holdings[place]["people_level"])
        for place, accepted in levels.items()
        if place in holdings and holdings[place]["people_level"] not in accepted
    ]
    assert wrong == []


@pytest.fixture(scope="module")
def layouts(demo: Demo) -> set[str]:
    """The templates whose pictures are linked as "same layout"; a link between two templates is named with both."""
    families = {key(row): row["layout"] for row in truth()}
    linked = [row for row in table(demo, "links") if row["kind"] == "same-layout"]
    pairs = [((row["left_source"], row["left_path"]), (row["right_source"], row["right_path"])) for row in linked]
    return {" and ".join(sorted({families[place] for place in pair})) for pair in pairs}


def test_templates_are_linked(layouts: set[str]) -> None:
    assert "form" in layouts
    assert layouts <= {"form", "staff-card", "typed-page"}


def test_staff_cards_are_linked(layouts: set[str]) -> None:
    assert "staff-card" in layouts


def test_pictures_of_one_template_are_never_joined(holdings: dict[Key, Row]) -> None:
    pictures: dict[str, set[str]] = defaultdict(set)
    for row in examined():
        if row["layout"]:
            pictures[row["layout"]].add(row["group"] or row["path"])
    clusters = {key(row): holdings[key(row)]["cluster_id"] or row["path"] for row in examined()}
    found: dict[str, set[str]] = defaultdict(set)
    for row in examined():
        if row["layout"]:
            found[row["layout"]].add(clusters[key(row)])
    assert {layout: len(names) for layout, names in found.items()} == {
        layout: len(names) for layout, names in pictures.items()
    }


def test_the_installed_program_seals_what_it_verifies(demo: Demo) -> None:
    (audit,) = (demo.folder / "reports").iterdir()
    assert {"report.en.pdf", "workbook.xlsx", "evidence"} <= {path.name for path in audit.iterdir()}
    demo.call("verify", audit)


def test_reports_workbook_tables_and_json_say_the_same_numbers(demo: Demo) -> None:
    (audit,) = (demo.folder / "reports").iterdir()
    expect_same_numbers(audit)


def test_page_2_status_and_workbooks_of_the_samples_agree_with_an_independent_recount(
    demo: Demo, tmp_path: Path
) -> None:
    (audit,) = (demo.folder / "reports").iterdir()
    found = check(Workspace.open(demo.folder), audit, tmp_path)
    assert found["copies"] == 68 and found["P3 pictures"] > 0
