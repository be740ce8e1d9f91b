"""What files hold beside the picture that they show, through a whole scan: levels, relations, holdings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.imaging.heifs import ROCKET, WHOLE, several
from tests.imaging.parted import icon, layered, transparent
from tests.sources.packing import paged
from tests.workspace.test_inside import jpeg


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("parts")
    share = folder / "share"
    share.mkdir()
    face = Image.fromarray(np.asarray(data.astronaut())).resize((400, 400))  # type: ignore[no-untyped-call]
    scene = Image.fromarray(np.asarray(data.coffee())[:, 100:500])  # type: ignore[no-untyped-call]
    files = {
        "hidden.png": transparent(face, "PNG"),
        "hidden.webp": transparent(face, "WEBP"),
        "one.ico": icon(scene, face),
        "other.ico": icon(scene, scene),
        "layers.psd": layered(Image.fromarray(np.asarray(data.chelsea())), face),  # type: ignore[no-untyped-call]
        "burst.heic": several(ROCKET, WHOLE),
        "again.heic": several(ROCKET, WHOLE, last=b"again"),
        "alone.heic": several(ROCKET),
        "scan.pdf": paged({"one.jpg": jpeg(1)}),
    }
    for name, content in files.items():
        (share / name).write_bytes(content)
    return _scanned(folder, share)


def _scanned(folder: Path, share: Path) -> pd.DataFrame:
    workspace = Workspace.create(folder / "audit")
    with workspace.project.settings_path.open("a") as settings:
        settings.write(f'\n[[sources]]\nname = "share"\nuri = "{share}"\n')
    workspace.project.reload()
    workspace.scan(ScanOptions(workers=0))
    return workspace.table("holdings").set_index("path")


def test_people_in_parts_reach_the_level_of_their_holding(holdings: pd.DataFrame) -> None:
    levels = holdings["people_level"]
    shown = ("hidden.png", "hidden.webp", "one.ico", "layers.psd", "burst.heic!/page/2", "again.heic!/page/2")
    assert [levels[path] for path in shown] == ["P2"] * len(shown)
    assert levels["other.ico"] == levels["burst.heic!/page/1"] == levels["alone.heic"] == "P0"
    assert "in what its transparent parts hide" in holdings["people_reason"]["hidden.webp"]


def test_copies_of_equal_pixels_are_told_apart_by_their_parts(holdings: pd.DataFrame) -> None:
    relations = holdings["relation"]
    assert {relations["one.ico"], relations["other.ico"]} <= {"edited", "master"}
    pages = [relations["burst.heic!/page/2"], relations["again.heic!/page/2"]]
    assert sorted(pages) == ["master", "pixel-identical"]
    assert holdings["cluster_id"]["burst.heic!/page/1"] == holdings["cluster_id"]["alone.heic"]
    assert holdings["cluster_id"]["burst.heic!/page/2"] != holdings["cluster_id"]["burst.heic!/page/1"]


def test_notes_say_what_was_found_and_nothing_of_libraries(holdings: pd.DataFrame) -> None:
    (page,) = (note for path, note in holdings["notes"].items() if str(path).startswith("scan.pdf"))
    assert page == "on page 1"
    assert holdings["notes"]["one.ico"] == "the largest of 2 sizes in it; people are looked for in the others"
