"""Later reads trust no path: what was swapped meanwhile is not taken for what was examined."""

from __future__ import annotations

import importlib.util
import os
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.model.locations.holdings import ImageProblem, Skipped, SkipReason
from pdpo_audit.sources.filesystem import FolderSource
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.scan.person_search import find_person
from pdpo_audit.workspace.scan.searching import search
from tests.workspace.library import picture

OFF = ScanOptions(workers=0, people="off")


def portrait() -> Image.Image:
    return Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part


def audited(tmp_path: Path, options: ScanOptions) -> Workspace:
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(options)
    return workspace


def swap(path: Path, image: Image.Image) -> None:
    """Put another picture of equal size and time into the same file: a listing tells nothing of it."""
    before = path.stat()
    image.save(path.with_suffix(".tmp.png"))
    other = path.with_suffix(".tmp.png").read_bytes()
    path.with_suffix(".tmp.png").unlink()
    assert len(other) <= before.st_size
    with path.open("r+b") as file:
        file.write(other.ljust(before.st_size, b"\0"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    (folder / "a").mkdir(parents=True)
    portrait().save(folder / "a" / "portrait.png")
    (folder / "b.png").write_bytes((folder / "a" / "portrait.png").read_bytes())
    return folder


def levels(workspace: Workspace) -> dict[str, str]:
    table = workspace.table("holdings")
    return dict(zip(table["path"], table["people_level"], strict=True))


def test_a_copy_swapped_before_the_face_pass_hides_nobody(tmp_path: Path, share: Path) -> None:
    workspace = audited(tmp_path, OFF)
    swap(share / "a" / "portrait.png", picture(3, (60, 40)))
    workspace.scan(ScanOptions(workers=0))
    assert levels(workspace)["b.png"] == "P2"


def test_where_no_place_holds_it_any_more_the_level_is_unknown(tmp_path: Path, share: Path) -> None:
    workspace = audited(tmp_path, OFF)
    keep = (share / "b.png").read_bytes()
    times = (share / "b.png").stat()
    for path in ("a/portrait.png", "b.png"):
        swap(share / path, picture(3, (60, 40)))
    summary = workspace.scan(ScanOptions(workers=0))
    assert summary.people is not None and summary.people.faults == {"place": 1}
    assert set(levels(workspace).values()) == {"unknown"}
    with (share / "b.png").open("r+b") as file:  # it is looked at as soon as a place holds it again
        file.write(keep)
    os.utime(share / "b.png", ns=(times.st_atime_ns, times.st_mtime_ns))
    picture(9).save(share / "new.png")
    workspace.scan(ScanOptions(workers=0))
    assert levels(workspace)["b.png"] == "P2"


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "share" / "a" / "b", tmp_path / "outside" / "b"
    for folder in (inside, outside):
        folder.mkdir(parents=True)
        (folder / "x.png").write_bytes(b"x")
    source = FolderSource(name="share", root=bytes(tmp_path / "share"))
    assert source.open(b"a/b/x.png").whole() == b"x"
    source.close()
    (tmp_path / "share" / "a").rename(tmp_path / "elsewhere")
    (tmp_path / "share" / "a").symlink_to(tmp_path / "outside")
    with pytest.raises(ImageProblem) as caught:
        source.open(b"a/b/x.png")
    assert caught.value.reason is SkipReason.SYMBOLIC_LINK
    (skipped,) = [one for one in source.folders() if isinstance(one, Skipped)]
    assert (skipped.ref.locator, skipped.reason) == (b"a", SkipReason.SYMBOLIC_LINK)


def test_folders_of_any_depth_are_opened_and_none_stays_open(tmp_path: Path) -> None:
    deep = b"/".join(b"%03d" % number for number in range(300))
    here = os.open(tmp_path, os.O_RDONLY)
    for name in deep.split(b"/"):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open(b"x.png", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    before = len(list(Path("/proc/self/fd").iterdir()))
    source = FolderSource(name="share", root=bytes(tmp_path))
    for locator in (deep + b"/x.png", b"000/none.png", deep + b"/x.png"):
        try:
            source.open(locator).close()
        except ImageProblem as problem:
            assert locator == b"000/none.png" and problem.reason is SkipReason.VANISHED
    assert len([one for one in source.folders() if not isinstance(one, Skipped)]) == 301
    source.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_find_names_what_it_could_not_compare(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    whole = portrait()
    whole.crop((40, 20, 420, 400)).save(share / "cut.png")
    picture(5).save(share / "other.png")
    (share / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 torn")
    workspace = audited(tmp_path, OFF)
    asked = tmp_path / "asked.png"
    whole.save(asked)
    told = search(workspace.project, [asked])
    assert [one.path for one in told.found] == ["cut.png"]
    assert (told.not_compared, told.never_examined) == ((), 1)
    (share / "cut.png").unlink()
    told = search(workspace.project, [asked])
    assert told.found == ()
    assert [(one.path, one.reason) for one in told.not_compared] == [("cut.png", "vanished")]


@pytest.mark.skipif(importlib.util.find_spec("dlib") is None, reason="the extra `recognition` is not installed")
def test_a_search_for_a_person_names_what_it_left_out(tmp_path: Path, share: Path) -> None:
    portrait().crop((60, 0, 420, 400)).save(share / "cut.png")
    workspace = audited(tmp_path, ScanOptions(workers=0))
    picture(7).save(share / "late.png")
    workspace.scan(OFF)
    (share / "cut.png").unlink()
    swap(share / "a" / "portrait.png", picture(3, (60, 40)))  # its other copy still shows the face
    with workspace.project.settings_path.open("a") as file:
        file.write('\n[faces.search]\npurpose = "DAR"\napproved_by = "DPO"\npia_reference = "PIA"\n')
        file.write(f"expires_on = {date.max.isoformat()}\n")
    workspace.project.reload()
    asked = tmp_path / "asked.png"
    portrait().crop((90, 0, 400, 300)).save(asked)
    result = find_person(workspace.project, [asked])
    assert {one.path for one in result.by_face} == {"a/portrait.png", "b.png"}
    assert {(one.path, one.reason) for one in result.not_compared} == {
        ("cut.png", "vanished"), ("late.png", "not_looked_at"),
    }  # fmt: skip
    assert any("2 holdings were not compared by face" in caution for caution in result.cautions)
