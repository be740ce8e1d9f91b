"""What libraries say of a picture is a note at it, whatever was done with the picture when they said it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.queries.contents import placed_contents
from pdpo_audit.pipeline.clusters.clustering import form_clusters
from pdpo_audit.similarity.facts import Preferences
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.report.picturing import _clear
from pdpo_audit.workspace.review.picturing import Pictures
from pdpo_audit.workspace.scan.searching import find
from tests.workspace.library import picture

RESOLUTION_UNIT = 296
SAID = "UserWarning: Metadata Warning, tag 296 had too many entries: 2, expected 1"
HERE = ScanOptions(workers=0, people="off")


def loud_tiff() -> bytes:
    """A sound picture over which its decoder complains each time."""
    coded = BytesIO()
    picture(1, (640, 480)).save(coded, "TIFF", compression="tiff_lzw", tiffinfo={RESOLUTION_UNIT: 2})
    data = bytearray(coded.getvalue())
    first = struct.unpack_from("<I", data, 4)[0]
    for at in range(first + 2, first + 2 + 12 * struct.unpack_from("<H", data, first)[0], 12):
        if struct.unpack_from("<H", data, at)[0] == RESOLUTION_UNIT:
            struct.pack_into("<I", data, at + 4, 2)
    return bytes(data)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One loud picture, its quiet copy, and another picture, scanned."""
    base = tmp_path_factory.mktemp("noise")
    share = base / "share"
    share.mkdir()
    (share / "loud.tif").write_bytes(loud_tiff())
    picture(1, (640, 480)).save(share / "quiet.jpg", quality=80)
    picture(2, (640, 480)).save(share / "other.jpg", quality=80)
    made = Workspace.create(base / "audit")
    made.add(share)
    made.scan(HERE)
    yield made
    made.close()


def notes(workspace: Workspace) -> dict[str, str]:
    table = workspace.table("holdings")
    return dict(zip(table["path"], table["notes"], strict=True))


def content(workspace: Workspace, path: str) -> int:
    return next(one.content for one in placed_contents(workspace.project.store) if one.ref.path == path)


def compare(workspace: Workspace) -> None:
    with workspace.project.store.transaction() as transaction:
        for table in ("cluster_contents", "clusters", "pairs", "elections"):
            transaction.connection.exec_driver_sql(f"DELETE FROM {table}")
        transaction.remember("clusters_formed_of", "")
    project = workspace.project
    with project.work(0) as work:
        form_clusters(
            work, level="near", preferences=Preferences(), jurisdictions={}, locate=locator_of(project.sources())
        )


def look_for_people(workspace: Workspace) -> None:
    workspace.scan(ScanOptions(workers=0, people="all"))


def show_in_a_report(workspace: Workspace) -> None:
    project = workspace.project
    place = next(one for one in placed_contents(project.store) if one.ref.path == "loud.tif")
    assert isinstance(_clear(project, place, locator_of(project.sources())), bytes)


def show_to_a_reviewer(workspace: Workspace) -> None:
    shown = Pictures(workspace.project)
    try:
        assert isinstance(shown._made(content(workspace, "loud.tif"), clear=True), bytes)
    finally:
        shown.close()


def cover_for_a_reviewer(workspace: Workspace) -> None:
    shown = Pictures(workspace.project)
    try:
        shown._made(content(workspace, "loud.tif"), clear=False)
    finally:
        shown.close()


def find_a_copy(workspace: Workspace) -> None:
    share = workspace.project.folder.parent / "share"
    assert {one.path for one in find(workspace.project, [share / "quiet.jpg"])} == {"loud.tif", "quiet.jpg"}


def test_what_was_said_while_it_was_examined_is_said_once(workspace: Workspace) -> None:
    assert notes(workspace) == {"loud.tif": SAID, "quiet.jpg": "", "other.jpg": ""}


@pytest.mark.parametrize(
    "late", [compare, look_for_people, show_in_a_report, show_to_a_reviewer, cover_for_a_reviewer, find_a_copy]
)
def test_what_is_said_later_is_said_of_that_picture_alone(
    workspace: Workspace, late: Callable[[Workspace], None], capfd: pytest.CaptureFixture[str]
) -> None:
    with workspace.project.store.transaction() as transaction:
        transaction.connection.exec_driver_sql("UPDATE contents SET detail = ''")
    late(workspace)
    assert notes(workspace) == {"loud.tif": SAID, "quiet.jpg": "", "other.jpg": ""}
    late(workspace)
    assert notes(workspace)["loud.tif"] == SAID
    assert SAID not in "".join(capfd.readouterr())
