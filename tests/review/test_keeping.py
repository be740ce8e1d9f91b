"""Masters under one folder, and metadata of copies that stay with their master."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from pdpo_audit import Workspace
from pdpo_audit.cli.app import assemble
from pdpo_audit.metadata.facts import of_xmp
from pdpo_audit.metadata.sidecars.writing import write_sidecar
from pdpo_audit.metadata.xmp import parse_packet
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import ScanOptions
from tests.review.conftest import HOSTILE, Visitor
from tests.review.test_access import cluster
from tests.workspace.library import picture

Join = Callable[[str], Visitor]


def scan(workspace: Workspace) -> None:
    workspace.scan(ScanOptions(workers=0, people="off"))
    workspace.assess()


def previewed(visitor: Visitor, **asked: str) -> tuple[str, str]:
    text = visitor.get("/keepers", params=asked).text
    version = re.search(r'name="seen" value="(\w+)"', text)
    return text, version[1] if version else ""


def masters(workspace: Workspace) -> dict[str, str]:
    table = workspace.table("clusters")
    return dict(zip(table["cluster_id"], table["master_source"] + "/" + table["master_path"], strict=True))


def many(workspace: Workspace) -> None:
    """Every single picture of the studio again, in the archive and in a folder; there also a smaller one of another."""
    studio, archive = workspace.project.folder.parent / "studio", workspace.project.folder.parent / "archive"
    (studio / "final").mkdir()
    for path in list(studio.glob("single *.jpg")):
        shutil.copy2(path, archive / path.name)
        shutil.copy2(path, studio / "final" / path.name)
    picture(200, (800, 600)).save(studio / "large.png")
    picture(200, (800, 600)).resize((400, 300), Image.Resampling.LANCZOS).save(studio / "final" / "small.png")
    scan(workspace)


def test_masters_move_under_a_folder_with_a_preview_and_back(workspace: Workspace, join: Join) -> None:
    many(workspace)
    before = masters(workspace)
    elsewhere = sum(not path.startswith("studio/final/") for path in before.values())
    visitor = join("Chan Tai Man")
    text, seen = previewed(visitor, source="studio", folder="final")
    found = re.search(r"(\d+) duplicate clusters? would get", text)
    assert found and "1 of which only changed or smaller copies lie there" in text
    count = int(found[1])
    assert 0 < count <= elsewhere and masters(workspace) == before
    fields = {"source": "studio", "folder": "final", "reason": "delivery folder"}
    if count > 20:
        assert visitor.submit("/keepers", seen=seen, **fields).status_code == 400
    assert visitor.submit("/keepers", seen="0" * 32, typed=str(count), **fields).status_code == 409
    assert visitor.submit("/keepers", seen=seen, typed=str(count), **{**fields, "reason": ""}).status_code == 400
    assert workspace.judgements() == []
    done = visitor.submit("/keepers", seen=seen, typed=str(count), **fields)
    assert done.status_code == 200 and f"{count} masters are confirmed" in done.text
    assert {one.by for one in workspace.judgements()} == {"Chan Tai Man"} and len(workspace.judgements()) == count
    again, _ = previewed(visitor, source="studio", folder="final")
    assert "0 duplicate clusters would" in again
    scan(workspace)
    moved = masters(workspace)
    assert sum(path.startswith("studio/final/") for path in moved.values()) >= count
    assert [path for path in moved.values() if path.endswith("large.png")] == ["studio/large.png"]
    undone = visitor.submit(f"{done.url.path}/undo")
    assert f"{count} masters are as they were" in undone.text and workspace.judgements() == []
    assert visitor.submit(f"{done.url.path}/undo").status_code == 400


def test_a_folder_is_no_beginning_of_a_name_and_foreign_sources_are_none(workspace: Workspace, join: Join) -> None:
    many(workspace)
    visitor = join("Chan Tai Man")
    assert "0 duplicate clusters would" in previewed(visitor, source="studio", folder="fina")[0]
    assert "0 duplicate clusters would" in previewed(visitor, source="studio", folder="../archive")[0]
    owner = join("Ho Mei")
    assert owner.get("/keepers", params={"source": "studio"}).status_code == 400
    text, _ = previewed(owner, source="archive")
    assert "studio" not in text.partition("<tbody>")[2]
    assert join("Vera Wong").get("/keepers").status_code == 403


def test_what_somebody_confirmed_is_left_alone(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    workspace.confirm_master("again.png", by="Chan Tai Man")
    text, _ = previewed(visitor, source="studio", folder="small.jpg")
    assert "0 whose" in text
    text, _ = previewed(visitor, source="studio")
    assert "1 whose master somebody confirmed" in text and key not in text.partition("<tbody>")[2]


@pytest.fixture
def captioned(workspace: Workspace) -> Workspace:
    """The copy in the archive has a caption, a credit and a hostile right that the master lacks."""
    studio, archive = workspace.project.folder.parent / "studio", workspace.project.folder.parent / "archive"
    exif = Image.Exif()
    exif[0x010E], exif[0x8298], exif[0x013B] = "At the harbour", HOSTILE, "=cmd()"
    image = picture(300, (640, 480))
    image.save(studio / "master.png")
    image.save(archive / "delivered.jpg", quality=70, exif=exif)
    scan(workspace)
    return workspace


def case_of(workspace: Workspace, path: str) -> str:
    table = workspace.table("holdings")
    return str(table[table["path"] == path].iloc[0].cluster_id)


def test_captions_and_rights_of_copies_stay_with_the_master(captioned: Workspace, join: Join, tmp_path: Path) -> None:
    workspace, visitor = captioned, join("Chan Tai Man")
    key, sources = case_of(captioned, "delivered.jpg"), captioned.project.folder.parent
    before = {path: path.read_bytes() for name in ("studio", "archive") for path in (sources / name).rglob("*.*")}
    page = visitor.get(f"/case/{key}").text
    offered = re.findall(r'name="field" value="(\w+)"', page)
    assert {"caption", "rights", "artist", "names"} <= set(offered) and HOSTILE not in page
    version = visitor.case(key)["version"]
    assert visitor.submit(f"/case/{key}/keep", version=version).status_code == 400
    chosen: Any = ["caption", "rights", "artist", "names"]
    done = visitor.submit(f"/case/{key}/keep", version=version, field=chosen, reason="before erasure")
    assert done.status_code == 200 and HOSTILE not in done.text
    folder = workspace.report().folder
    assert verify_path(folder, now=workspace.project.clock()).ok
    (sidecar,) = (folder / "kept-metadata").glob("*.xmp")
    said = of_xmp(parse_packet(sidecar.read_bytes()))
    assert (said.caption, said.rights, said.artist) == ("At the harbour", HOSTILE, "=cmd()")
    rows = list(csv.reader((folder / "kept-metadata" / "kept-metadata.csv").open(encoding="utf-8-sig", newline="")))
    table = {row[1]: row[2] for row in rows[1:]}
    assert table["caption"] == "At the harbour" and table["names"] == "delivered.jpg" and table["artist"] != "=cmd()"
    written = CliRunner().invoke(
        assemble(), ["review", "metadata", "-o", str(tmp_path / "kept"), "--workspace", str(workspace.project.folder)]
    )
    assert written.exit_code == 0 and (tmp_path / "kept" / sidecar.name).read_bytes() == sidecar.read_bytes()
    assert not (workspace.report(masked=True).folder / "kept-metadata").exists()
    assert {path: path.read_bytes() for path in before} == before
    number = re.search(r'name="number" value="(\d+)"', visitor.get(f"/case/{key}").text)
    gone = visitor.submit(
        f"/case/{key}/let-go", version=visitor.case(key)["version"], number=number[1] if number else ""
    )
    assert gone.status_code == 200 and 'name="number"' not in gone.text


def test_a_sidecar_is_read_as_it_was_written() -> None:
    values = {
        "caption": ["one\x00", "two & <three>"], "keywords": ["a", "b"], "persons": ["陳大文"], "credit": ["Agency"],
        "model_release": ["MR-UMR"], "minor_age": ["AG-A17"], "property_release": ["PR-NON"],
        "licence_ends_on": ["2027-01-31"], "usage_terms": ["no sale"], "rights": ["©"], "names": ["x\ud800.jpg"],
    }  # fmt: skip
    said = of_xmp(parse_packet(write_sidecar(values)))
    assert (said.caption, said.keywords, said.persons, said.credit) == (
        "one two & <three>",
        ("a", "b"),
        ("陳大文",),
        "Agency",
    )
    assert (said.model_release, said.minor_age, said.property_release) == ("MR-UMR", "AG-A17", "PR-NON")
    assert str(said.licence_ends_on) == "2027-01-31" and said.usage_terms == "no sale" and said.rights == "©"
