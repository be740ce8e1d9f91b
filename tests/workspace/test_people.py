"""People through a whole audit: faces where they are easily missed, and never a connection to anywhere."""

from __future__ import annotations

import csv
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pandas as pd
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.imaging import Limits, load_upright
from pdpo_audit.model.people import Grade
from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.report.picturing import with_pictures
from pdpo_audit.workspace.rules.assessing import tables
from pdpo_audit.workspace.running import run
from tests.execution.serial import Serial
from tests.workspace.library import make_library, picture

HERE = ScanOptions(workers=0)


def portrait() -> Image.Image:
    """Eileen Collins, NASA, public domain: 512 x 512, one face about 120 px high."""
    return Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part


def make_share(share: Path) -> None:
    """Faces that a lesser pass would miss, each alone in its file, and a crop that cuts a face off."""
    for name in ("masters", "web", "scans"):
        (share / name).mkdir(parents=True)
    blank = Image.new("RGB", (512, 512), "white")
    blank.save(share / "scans" / "scan.tif", save_all=True, append_images=[picture(5, (512, 512)), portrait()])
    page = Image.new("RGB", (1240, 1754), "white")
    page.paste(portrait().resize((700, 700)), (270, 300))
    page.rotate(180).save(share / "scans" / "turned.png")
    panorama = Image.new("RGB", (12_600, 3_200), (120, 130, 140))
    panorama.paste(portrait().resize((170, 170)), (9_100, 1_500))  # a face of 40 px
    panorama.save(share / "scans" / "panorama.jpg", quality=90)
    scene = picture(3, (1400, 800))
    scene.paste(portrait().crop((60, 0, 420, 400)).resize((360, 400)), (1000, 200))
    scene.resize((700, 400), Image.Resampling.LANCZOS).save(share / "web" / "whole.jpg", quality=80)
    scene.crop((0, 0, 950, 800)).save(share / "masters" / "cropped.jpg", quality=95)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A whole audit of such a share, during which every attempt to open a connection is an error."""
    base = tmp_path_factory.mktemp("people")
    make_share(base / "share")
    workspace = Workspace.create(base / "audit")
    workspace.add(*sorted((base / "share").iterdir()))

    def refuse(*arguments: object, **named: object) -> NoReturn:
        raise AssertionError("a connection was attempted")

    with pytest.MonkeyPatch.context() as patched:
        # Signing runs an event loop, which makes a pair of sockets for itself: sockets may be, connections not.
        for name in ("connect", "connect_ex", "sendto", "bind"):
            patched.setattr(socket.socket, name, refuse)
        patched.setattr(socket, "getaddrinfo", refuse)
        patched.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())  # workers are refused, too
        workspace.scan(HERE)
        workspace.confirm_master("masters:cropped.jpg", by="Chan Tai Man")
        run(workspace, HERE, [])
    yield workspace
    workspace.close()


def row(frame: pd.DataFrame, path: str) -> pd.Series:
    found = frame[frame["path"] == path]
    assert len(found) == 1, sorted(frame["path"])
    return found.iloc[0]


def test_a_face_only_on_the_third_page_of_a_scan(workspace: Workspace) -> None:
    holdings = workspace.table("holdings")
    levels = [row(holdings, f"scan.tif!/page/{page}")["people_level"] for page in (1, 2, 3)]
    assert levels == ["P0", "P0", "P2"]


def test_a_face_only_in_a_scan_that_stands_on_its_head(workspace: Workspace) -> None:
    assert row(workspace.table("holdings"), "turned.png")["people_level"] == "P2"
    face = row(workspace.table("people"), "turned.png")
    assert face["width"] > 100
    assert "lying in the picture" in face["reason"]


def test_a_small_face_only_in_a_panorama_of_40_megapixels(workspace: Workspace) -> None:
    found = row(workspace.table("holdings"), "panorama.jpg")
    assert (found["people_level"], found["faces"]) == ("P2", 1)
    face = row(workspace.table("people"), "panorama.jpg")
    assert abs(face["x"] + face["width"] / 2 - 9_175) < 10
    assert abs(face["y"] + face["height"] / 2 - 1_539) < 10


def test_a_master_that_shows_no_face_beside_a_copy_that_does_is_said(workspace: Workspace) -> None:
    holdings = workspace.table("holdings")
    assert row(holdings, "cropped.jpg")["people_level"] == "P0"
    assert row(holdings, "whole.jpg")["people_level"] == "P2"
    clusters = workspace.table("clusters")
    cluster = clusters[clusters["master_path"] == "cropped.jpg"].iloc[0]
    assert (cluster["copies"], cluster["people_level"]) == (2, "P2")
    assert cluster["people_reason"].startswith('the master shows no face while the copy "whole.jpg" does')


def set_pictures(workspace: Workspace, wanted: str, **stated: str) -> None:
    """Write the setting into the file, as an officer would."""
    file = workspace.project.settings_path
    text = re.sub(r'thumbnails = "\w+"', f'thumbnails = "{wanted}"', file.read_text())
    for name, value in stated.items():
        text = re.sub(rf'^{name} = ""', f'{name} = "{value}"', text, count=1, flags=re.MULTILINE)
    file.write_text(text)
    workspace.project.reload()


def recognisable(jpeg: bytes) -> bool:
    shown = load_upright(jpeg, max_side=None, limits=Limits())
    assert max(shown.shape) == 160
    faces = open_detector(DetectorSpec()).examine(shown).faces
    return any(face.grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE) for face in faces)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
def test_clear_pictures_only_with_all_stated_and_said(workspace: Workspace) -> None:
    project = workspace.project
    clusters = workspace.table("clusters")
    cluster = clusters[clusters["master_path"].isin(["scan.tif!/page/3", "turned.png"])]["cluster_id"].iloc[0]

    def picture() -> bytes:
        return with_pictures(project, tables(project)).picture(cluster)

    assert not recognisable(picture())
    set_pictures(workspace, "none")
    assert picture() == b""
    set_pictures(workspace, "clear", authorised_by="General Counsel")
    with pytest.raises(CallError, match="purpose, pia_reference"):
        workspace.report()
    set_pictures(workspace, "clear", purpose="review 2026", pia_reference="PIA-1")
    assert recognisable(picture())
    assert "show people clearly" in printed(workspace.report().folder / "report.en.pdf")
    assert project.store.events()[-1].event.details["pictures"] == "clear"
    set_pictures(workspace, "pixelated")
    assert not recognisable(picture())


def printed(report: Path) -> str:
    """The words of a PDF, in one line."""
    told = subprocess.run(["pdftotext", str(report), "-"], capture_output=True, text=True, check=True)
    return " ".join(told.stdout.split())


def test_registers_and_record_classes_state_what_is_sensitive_for_every_copy(tmp_path: Path) -> None:
    make_library(tmp_path / "share", 2, copies=1, folders=1)
    register = tmp_path / "incidents.csv"
    register.write_text("path,sensitivity\nset0/IMG_0000.jpg,incident\n")
    with closing(Workspace.create(tmp_path / "audit")) as workspace:
        workspace.add(tmp_path / "share")
        with workspace.project.settings_path.open("a") as file:
            file.write(f'\n[[registers]]\nfile = "{register}"\n')
        workspace.project.reload()

        def flags() -> list[str]:
            workspace.scan(ScanOptions(workers=0, people="off"))
            return list(workspace.table("holdings").sort_values("path")["sensitivity"])

        assert flags() == ["incident", "incident", "not looked for"]  # the copy, the original, another picture
        register.write_text("path,record.class\nset0/IMG_0001.jpg,identity_document\n")
        assert flags() == ["not looked for", "not looked for", "identity_document"]
        with workspace.project.settings_path.open("a") as file:
            file.write('\n[[sources.facts]]\nmatch = "copies/**"\nrecord.class = "school_photo"\n')
        workspace.project.reload()
        assert flags() == ["child", "child", "identity_document"]


def test_a_file_that_is_cut_off_is_one_item_that_was_not_examined(tmp_path: Path) -> None:
    """Its bytes end too early, so no face can be looked for either: that is one item with one reason."""
    (tmp_path / "nas").mkdir()
    samples = Path(__file__).parents[2] / "samples" / "library"
    for name in ("cut.jpg", "copy.jpg"):  # a duplicate cluster is looked at for faces whatever its files are
        shutil.copy(samples / "hk-studio-share/2026-coffee-stories/originals/cup-002.jpg", tmp_path / "nas" / name)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "nas")
    workspace.scan(HERE)
    workspace.export("skipped", "csv", tmp_path / "skipped.csv")
    with (tmp_path / "skipped.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["path"], row["reason"]) for row in rows] == [("copy.jpg", "truncated"), ("cut.jpg", "truncated")]
    assert workspace.status().counts.skipped == 2
    workspace.close()
