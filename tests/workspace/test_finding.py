"""Find a picture in the library by a copy, a smaller version, or a crop of it that was never held."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageOps
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.scan.searching import find
from tests.workspace.library import make_library


def portrait() -> Image.Image:
    return Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    base = tmp_path_factory.mktemp("find")
    make_library(base / "share", 6)
    portrait().save(base / "share" / "original.png")
    portrait().resize((300, 300)).save(base / "share" / "web.jpg", quality=80)
    workspace = Workspace.create(base / "audit")
    workspace.add(base / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


@pytest.mark.parametrize("kind", ["same", "small", "crop", "mirror"])
def test_every_holding_of_a_picture_is_found(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    made = {
        "same": portrait(),
        "small": portrait().resize((160, 160)),
        "crop": portrait().crop((60, 40, 420, 400)),
        "mirror": ImageOps.mirror(portrait()),
    }[kind]
    made.save(tmp_path / "asked.png")
    found = find(workspace.project, [tmp_path / "asked.png"])
    assert {one.path for one in found} == {"original.png", "web.jpg"}
    assert {one.through for one in found} <= {"bytes", "comparison", "cluster"}


def test_a_picture_that_is_not_held_is_not_found(workspace: Workspace, tmp_path: Path) -> None:
    Image.fromarray(data.coffee()).save(tmp_path / "cup.jpg")  # type: ignore[no-untyped-call]
    assert find(workspace.project, [tmp_path / "cup.jpg"]) == []


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_what_cannot_be_looked_for_is_said(workspace: Workspace, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.jpg"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CallError):
        find(workspace.project, [file])
