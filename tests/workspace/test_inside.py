"""Pictures inside archives, documents and mail: holdings like others, found, compared and looked at where they lie."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.sources.packing import PACKED, mailbox, paged, zipped
from tests.workspace.library import picture

OFF = ScanOptions(workers=0, people="off")
MAILBOX, DOCUMENT = "box.mbox", "scan.pdf"


def jpeg(number: int, quality: int = 90) -> bytes:
    target = io.BytesIO()
    picture(number).save(target, "JPEG", quality=quality)
    return target.getvalue()


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("inside")
    source = folder / "share"
    source.mkdir()
    files = {"one.jpg": jpeg(1), "two.jpg": jpeg(2)}
    for name, content in files.items():
        (source / name).write_bytes(content)
    for name, (pack, _) in PACKED.items():
        (source / name).write_bytes(pack(files))
    (source / MAILBOX).write_bytes(mailbox(files))
    (source / DOCUMENT).write_bytes(paged(files))
    scan = io.BytesIO()
    picture(3).save(scan, "TIFF", save_all=True, append_images=[picture(4)])
    (source / "mixed.zip").write_bytes(
        zipped(
            {
                "notes.txt": b"nothing",
                "torn.jpg": jpeg(1)[:300],
                "scan.tif": scan.getvalue(),
                "x.cab": b"MSCF0",
                "empty.zip": zipped({}),
            }
        )
    )
    (source / "empty.docx").write_bytes(zipped({"word/document.xml": b"<w/>"}))
    workspace = Workspace.create(folder / "audit")
    with workspace.project.settings_path.open("a") as settings:
        settings.write(f'\n[[sources]]\nname = "share"\nuri = "{source}"\n')
    workspace.project.reload()
    workspace.scan(OFF)
    return workspace


def rows(workspace: Workspace, name: str) -> pd.DataFrame:
    return workspace.table(name).set_index("path")


def test_members_lie_in_one_cluster_with_the_loose_files(scanned: Workspace) -> None:
    held = rows(scanned, "holdings")
    for loose in ("one.jpg", "two.jpg"):
        inner = [f"{outer}!/{way.format(name=loose)}" for outer, (_, way) in PACKED.items()]
        inner += [f"{MAILBOX}!/message {number}.eml!/{loose}" for number in (1, 2)]
        assert set(held.loc[inner, "sha256"]) == {held.loc[loose, "sha256"]}
        assert set(held.loc[inner, "cluster_id"]) == {held.loc[loose, "cluster_id"]} != {""}
        assert set(held.loc[inner, "bytes"]) == {held.loc[loose, "bytes"]}
    in_pages = held[held.index.str.startswith(DOCUMENT)]
    assert set(in_pages["sha256"]) == set(held.loc[["one.jpg", "two.jpg"], "sha256"])


def test_pages_of_a_scan_inside_an_archive_are_holdings(scanned: Workspace) -> None:
    held = rows(scanned, "holdings")
    pages = held.loc[["mixed.zip!/scan.tif!/page/1", "mixed.zip!/scan.tif!/page/2"]]
    first, second = pages["bytes"]
    assert first > 0 == second
    assert len(set(pages["phash"])) == 2


def test_what_is_no_picture_is_accounted_for(scanned: Workspace) -> None:
    reasons = rows(scanned, "skipped")["reason"]
    assert reasons["mixed.zip!/notes.txt"] == "other_file"
    assert reasons["mixed.zip!/torn.jpg"] in ("truncated", "damaged")
    assert reasons["mixed.zip!/x.cab"] == "container_not_opened"
    assert reasons["empty.docx"] == reasons["mixed.zip!/empty.zip"] == "other_file"
    assert not any("document.xml" in path for path in reasons.index)
    assert set(rows(scanned, "holdings")["skipped_reason"]) == {"", reasons["mixed.zip!/torn.jpg"]}


def test_nothing_is_opened_again_and_switching_it_off_forgets_what_lies_inside(scanned: Workspace) -> None:
    assert scanned.scan(OFF).examined.files == 0
    settings = scanned.project.settings_path
    said = settings.read_text()
    settings.write_text(said + "\n[containers]\nopen = false\n")
    scanned.project.reload()
    scanned.scan(OFF)
    assert not any("!/" in path for path in rows(scanned, "holdings").index)
    assert rows(scanned, "skipped").loc["old.zip", "reason"] == "container_not_opened"
    settings.write_text(said)
    scanned.project.reload()
    scanned.scan(OFF)
    assert "old.zip!/one.jpg" in rows(scanned, "holdings").index
