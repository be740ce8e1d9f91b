"""Sidecars through a whole audit: what they say holds for their own copy, follows them, and is told with its place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.catalogue.stated.sidecars import remember_method
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.assessing import project_facts
from tests.workspace.library import allow_losses, picture

HERE = ScanOptions(workers=0)
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"'
    ' xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" plus:ModelReleaseStatus="{release}"'
    ' plus:LicenseEndDate="{ends}"><ext:PersonInImage><rdf:Bag><rdf:li>{person}</rdf:li></rdf:Bag></ext:PersonInImage>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def xmp(person: str = "", release: str = "", ends: str = "") -> str:
    return XMP.format(person=person, release=release, ends=ends)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """The same portrait in two folders with different sidecars, and in a third with none."""
    folder = tmp_path / "share"
    portrait = Image.fromarray(data.astronaut()).resize((256, 256))  # type: ignore[no-untyped-call]  # typed in part
    for name in ("a", "b", "c"):
        (folder / name).mkdir(parents=True)
        portrait.save(folder / name / "portrait.png")
    (folder / "a" / "portrait.png.xmp").write_text(xmp("Chan Tai Man", "MR-UMR", "2030-01-31"))
    taken = {"title": "portrait.png", "photoTakenTime": {"timestamp": "1399999999"}, "description": "At the door"}
    (folder / "b" / "portrait.png.supplemental-metadata.json").write_text(json.dumps(taken))
    picture(1).save(folder / "c" / "one.jpg")
    return folder


def scanned(tmp_path: Path, share: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "workspace")
    with workspace.project.settings_path.open("a") as file:
        file.write(f'\n[[sources]]\nname = "share"\nuri = "{share}"\nowner = "Archive"\n')
    workspace.project.reload()
    allow_losses(workspace)
    workspace.scan(HERE)
    return workspace


def rows(workspace: Workspace, table: str) -> dict[str, pd.Series]:
    return {str(row["path"]): row for _, row in workspace.table(table).iterrows()}


def test_the_same_bytes_keep_what_their_own_sidecars_say(tmp_path: Path, share: Path) -> None:
    workspace = scanned(tmp_path, share)
    held = rows(workspace, "holdings")
    assert held["a/portrait.png"]["sidecars"] == "a/portrait.png.xmp"
    assert (
        held["b/portrait.png"]["captured"] == "2014-05-14T00:53:19+08:00" and held["a/portrait.png"]["captured"] == ""
    )
    assert held["c/portrait.png"]["sidecars"] == "" == held["c/one.jpg"]["sidecars"]
    rights = rows(workspace, "rights")
    assert rights["a/portrait.png"]["model_release"] == "MR-UMR" and list(rights) == ["a/portrait.png"]
    listed = rows(workspace, "skipped")
    assert {(row["reason"], row["detail"]) for row in listed.values()} == {
        ("sidecar", 'belongs to the copy "a/portrait.png"'), ("sidecar", 'belongs to the copy "b/portrait.png"'),
    }  # fmt: skip
    facts = project_facts(workspace.project).set_index("path")
    assert facts.loc["a/portrait.png", "rights.licence_ends_on"] == date(2030, 1, 31)
    assert facts.loc["b/portrait.png", "rights.licence_ends_on"] is None
    assert facts.loc["b/portrait.png", "image.captured_on"] == date(2014, 5, 14)


def test_a_name_beside_one_copy_names_who_is_seen_on_all_of_them_and_says_where_it_stood(
    tmp_path: Path, share: Path
) -> None:
    workspace = scanned(tmp_path, share)
    held = rows(workspace, "holdings")
    for name in ("a", "b", "c"):
        assert held[f"{name}/portrait.png"]["people_level"] == "P3"
        assert held[f"{name}/portrait.png"]["people_reason"].startswith(
            'the sidecar "a/portrait.png.xmp" names a person shown; a model release is recorded in the sidecar "a/'
        )
    assert "Chan" not in workspace.table("holdings").to_csv() + workspace.table("clusters").to_csv()
    facts = project_facts(workspace.project).set_index("path")
    assert facts.loc["a/portrait.png", "people.named"] == 1


def test_a_sidecar_that_changes_comes_or_goes_is_read_again_and_its_picture_is_not(tmp_path: Path, share: Path) -> None:
    workspace = scanned(tmp_path, share)
    beside = share / "a" / "portrait.png.xmp"

    def again() -> tuple[int, int, str, str]:
        found = workspace.scan(HERE)
        held = rows(workspace, "holdings")["a/portrait.png"]
        read = (found.examined.files, found.examined.decoded + (found.people.read if found.people else 0))
        return *read, held["people_level"], held["sidecars"]

    beside.write_text(xmp("", "MR-LMR"))
    assert again() == (1, 0, "P3", "a/portrait.png.xmp")  # a release names, too
    assert rows(workspace, "rights")["a/portrait.png"]["model_release"] == "MR-LMR"
    beside.unlink()
    assert again() == (0, 0, "P2", "")
    assert again() == (0, 0, "P2", "")
    beside.write_text(xmp("Chan Tai Man"))
    assert again() == (1, 0, "P3", "a/portrait.png.xmp")
    (share / "a" / "portrait.png").rename(share / "a" / "other.png")
    workspace.scan(HERE)
    held, listed = rows(workspace, "holdings"), rows(workspace, "skipped")
    assert held["a/other.png"]["sidecars"] == "" and held["a/other.png"]["people_level"] == "P2"
    assert listed["a/portrait.png.xmp"]["detail"] == "no picture beside it is meant"
    (share / "a" / "portrait.png.xmp").rename(share / "a" / "other.xmp")
    workspace.scan(HERE)
    assert rows(workspace, "holdings")["a/other.png"]["people_level"] == "P3"
    with Image.open(share / "b" / "portrait.png") as image:
        image.rotate(90).save(share / "a" / "other.png")
    assert workspace.scan(HERE).examined.files == 1
    assert rows(workspace, "holdings")["a/other.png"]["sidecars"] == "a/other.xmp"


def test_a_sidecar_that_cannot_be_read_is_a_note_at_its_picture(tmp_path: Path, share: Path) -> None:
    (share / "c" / "one.jpg.xmp").write_text('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    (share / "c" / "one.xmp").symlink_to(tmp_path / "elsewhere.xmp")
    (tmp_path / "elsewhere.xmp").write_text(xmp("Ho Mei"))
    (share / "c" / "lost.jpg.xmp").write_text(xmp("Ho Mei"))
    (share / "c" / "notes.json").write_text('{"people": 3')
    workspace = scanned(tmp_path, share)
    held, listed = rows(workspace, "holdings")["c/one.jpg"], rows(workspace, "skipped")
    assert held["notes"] == 'the sidecar "c/one.jpg.xmp" was not read: no well-formed XMP'
    assert held["people_level"] != "P3" and held["sidecars"] == "c/one.jpg.xmp"
    said = 'belongs to the copy "c/one.jpg"; not read: no well-formed XMP'
    assert tuple(listed["c/one.jpg.xmp"][["reason", "detail"]]) == ("sidecar", said)
    assert listed["c/one.xmp"]["reason"] == "symbolic_link" and listed["c/notes.json"]["reason"] == "other_file"
    assert tuple(listed["c/lost.jpg.xmp"][["reason", "detail"]]) == ("sidecar", "no picture beside it is meant")


def test_sidecars_that_an_older_method_listed_are_read_once_more(tmp_path: Path, share: Path) -> None:
    workspace = scanned(tmp_path, share)
    with workspace.project.store.transaction() as transaction:
        transaction.connection.exec_driver_sql("UPDATE holdings SET said = '', beside = '', reason = 'other_file' "
                                               "WHERE image = 0")  # fmt: skip
        remember_method(transaction, "share", "")
        transaction.note_change()
    found = workspace.scan(HERE)
    assert (found.examined.files, found.examined.decoded) == (2, 0)
    assert rows(workspace, "holdings")["a/portrait.png"]["people_level"] == "P3"
    assert workspace.scan(HERE).examined.files == 0
