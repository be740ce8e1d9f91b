"""A whole audit on a folder that nobody prepared: what it says, what it assumes, and that its numbers agree."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess

import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.running import RunSummary, open_for, run
from tests.workspace.library import make_library

HERE = ScanOptions(workers=0)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, RunSummary]:
    """An audit of a folder with a portrait held twice, a few other pictures, and a file that is none."""
    base = tmp_path_factory.mktemp("run")
    photos = base / "photos"
    make_library(photos, 3, copies=1)
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    portrait.save(photos / "portrait.jpg", quality=92)
    portrait.save(photos / '=cmd("x") <script>.jpg', quality=70)
    (photos / "note.jpg").write_text("no picture")
    workspace = open_for([photos], None, base)
    return workspace, run(workspace, HERE, [photos])


def test_what_was_assumed_is_said(audited: tuple[Workspace, RunSummary]) -> None:
    said = " ".join(audited[1].assumptions)
    assert "default settings" in said and "litigation" in said and "photos" in said


def test_an_audit_that_nobody_authorised_is_a_draft_on_every_page(audited: tuple[Workspace, RunSummary]) -> None:
    reported = audited[1].reported
    assert any("authorised" in reason for reason in reported.draft_reasons)
    assert any("owner" in reason for reason in reported.draft_reasons)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    text = subprocess.run(
        ["pdftotext", "-layout", str(reported.folder / "report.en.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pages = text.split("\f")[:-1]
    assert len(pages) > 5
    assert all("draft" in page.lower() for page in pages)


def test_the_portrait_is_one_cluster_with_a_recognisable_person(audited: tuple[Workspace, RunSummary]) -> None:
    clusters = audited[0].table("clusters")
    portrait = clusters[clusters["master_path"] == "portrait.jpg"].iloc[0]
    assert (portrait["copies"], portrait["people_level"]) == (2, "P2")
    findings = audited[0].table("findings")
    assert set(findings[findings["people_level"] == "P2"]["cluster_id"]) == {portrait["cluster_id"]}


def test_the_sealed_audit_verifies_and_carries_no_face_boxes(audited: tuple[Workspace, RunSummary]) -> None:
    reported = audited[1].reported
    assert reported.verification.ok
    names = {path.relative_to(reported.folder).as_posix() for path in reported.folder.rglob("*") if path.is_file()}
    assert {"report.en.pdf", "workbook.xlsx", "workbook.xlsx.p7s", "evidence/manifest.json"} <= names
    assert "evidence/tables/people.csv" not in names
    for path in (reported.folder / "evidence").rglob("*.csv"):
        assert "eye_distance" not in path.read_text("utf-8")


def test_numbers_of_report_tables_and_catalogue_agree(audited: tuple[Workspace, RunSummary]) -> None:
    workspace, summary = audited
    tables = summary.reported.folder / "evidence" / "tables"
    counts = workspace.status().counts
    for name in ("holdings", "clusters", "findings", "dispositions", "skipped", "links"):
        with (tables / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert len(list(csv.DictReader(stream))) == len(workspace.table(name)), name
    numbers = json.dumps(summary.reported.numbers)
    assert counts.holdings == len(workspace.table("holdings")) == 7
    assert counts.additional_copies == int(workspace.table("clusters")["copies"].sum()) - counts.clusters
    assert sum(summary.assessed.outcomes.values()) == counts.holdings
    assert f": {counts.holdings}" in numbers


def test_an_audit_is_never_overwritten_and_a_second_one_stands_beside_it(
    audited: tuple[Workspace, RunSummary],
) -> None:
    workspace, first = audited
    before = {path: path.read_bytes() for path in first.reported.folder.rglob("*") if path.is_file()}
    second = workspace.report()
    assert second.folder != first.reported.folder
    assert all(path.read_bytes() == content for path, content in before.items())
    assert len(workspace.status().audits) == 2


def test_the_library_gives_tables_as_frames(audited: tuple[Workspace, RunSummary]) -> None:
    holdings = audited[0].table("holdings")
    assert holdings["bytes"].sum() > 0
    assert set(holdings[holdings["skipped_reason"] != ""]["path"]) == {"note.jpg"}
