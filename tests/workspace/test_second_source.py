"""The port of sources, proved with a second one: the same tables, thumbnails and answers as from a folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.catalogue.clusters import load_clusters
from pdpo_audit.catalogue.queries.contents import master_place
from pdpo_audit.errors import SettingsError
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.report.picturing import _clear
from pdpo_audit.workspace.scan.searching import search
from tests.sources.memory import install, pack
from tests.workspace.library import picture

TABLES = ("holdings", "clusters", "links", "people", "skipped")


def declared(folder: Path, uri: str) -> Workspace:
    workspace = Workspace.create(folder)
    with workspace.project.settings_path.open("a") as file:
        file.write(f'\n[[sources]]\nname = "share"\nuri = "{uri}"\nowner = "Archive"\n')
    workspace.project.reload()
    return workspace


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A portrait and its copies, a scan of three pages, and files that are no sound pictures."""
    folder = tmp_path / "share"
    (folder / "web").mkdir(parents=True)
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    portrait.save(folder / "portrait.png")
    portrait.resize((256, 256)).save(folder / "web" / "portrait.jpg", quality=80)
    picture(1).save(folder / "one.jpg")
    (folder / "web" / "one again.jpg").write_bytes((folder / "one.jpg").read_bytes())
    picture(2).save(folder / "scan.tif", save_all=True, append_images=[picture(3), portrait.copy()])
    (folder / "torn.jpg").write_bytes((folder / "one.jpg").read_bytes()[:700])
    (folder / "notes.txt").write_text("nothing to see")
    (folder / "one.jpg.json").write_text(
        '{"people": [{"name": "Ho Mei"}], "photoTakenTime": {"timestamp": "1400000000"}}'
    )
    return folder


def thumbnails(workspace: Workspace) -> dict[str, tuple[object, object]]:
    """The pixelated picture of each cluster as it is stored, and the clear one as it is made now."""

    project = workspace.project
    shown: dict[str, tuple[object, object]] = {}
    for cluster in load_clusters(project.store):
        place = master_place(project.store, cluster.cluster_id)
        assert place is not None
        with project.store.reading() as connection:
            stored = connection.exec_driver_sql(
                f"SELECT thumbnail FROM face_readings WHERE content_id = {place.content}"
            ).scalar()
        shown[cluster.cluster_id] = (stored, _clear(project, place, locator_of(project.sources())))
    return shown


def test_the_tables_are_those_of_the_folder(tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    folder = declared(tmp_path / "folder", str(share))
    memory = declared(tmp_path / "memory", pack(share, tmp_path / "packed"))
    for workspace in (folder, memory):
        workspace.scan(ScanOptions(workers=2))
    for name in TABLES:
        pd.testing.assert_frame_equal(memory.table(name), folder.table(name))
    assert set(memory.table("skipped")["path"]) == {"torn.jpg", "notes.txt", "one.jpg.json"}
    pictures = thumbnails(memory)
    assert pictures == thumbnails(folder)
    assert len(pictures) == 2 and all(isinstance(clear, bytes) and clear for _, clear in pictures.values())
    assert any(stored for stored, _ in pictures.values())
    asked = [share / "web" / "portrait.jpg"]
    assert search(memory.project, asked) == search(folder.project, asked)
    again = memory.scan(ScanOptions(workers=2))
    assert (again.new, again.changed, again.vanished, again.unchanged) == (0, 0, 0, 8)


def test_a_scheme_that_nothing_reads_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="reads gopher:"):
        declared(tmp_path / "audit", "gopher://archive/pictures").scan(ScanOptions(people="off"))
