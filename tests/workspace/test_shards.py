"""Sites that may not connect: parts scanned apart and joined say what one scan says, and list what nobody compared."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.catalogue.care.shards import without_boxes
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.catalogues.merging import Merged
from pdpo_audit.workspace.catalogues.shards import Shard
from pdpo_audit.workspace.exporting import table_frame
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.scan.parts import Part
from tests.execution.serial import Serial
from tests.workspace.library import picture
from tests.workspace.test_people import portrait

PARTS = 3
BY_HASH = ("master", "byte-identical", "metadata-only")


@pytest.fixture(scope="module", autouse=True)
def _here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pdpo_audit.execution.open_executor", lambda *_, **__: Serial())
        yield


def make_share(share: Path) -> None:
    """Copies by every way in which copies come about, spread over folders that fall into different parts."""
    folders = [share / f"set{number}" for number in range(6)]
    assert {part_of(f"{one.name}/x") for one in folders} == {1, 2, 3}
    for number, folder in enumerate(folders):
        folder.mkdir(parents=True)
        picture(number, (640, 480)).save(folder / f"own {number}.jpg", quality=90)
    picture(20, (640, 480)).save(folders[0] / "master.jpg", quality=92)
    for folder in folders[1:]:
        (folder / "copy.jpg").write_bytes((folders[0] / "master.jpg").read_bytes())
    picture(21, (640, 480)).save(folders[1] / "plain.jpg", quality=92)
    (folders[2] / "comment.jpg").write_bytes(with_comment((folders[1] / "plain.jpg").read_bytes()))
    for number, folder in enumerate(folders):
        picture(22, (800, 600)).save(folder / f"saved {number}.jpg", quality=60 + 6 * number)
    picture(23, (900, 900)).save(folders[3] / "whole.png")
    for folder in folders:
        picture(23, (900, 900)).crop((60, 80, 720, 700)).save(folder / f"crop of {folder.name}.jpg", quality=88)


def with_comment(jpeg: bytes) -> bytes:
    said = b"Chan Tai Man at the harbour"
    return jpeg[:2] + b"\xff\xfe" + (len(said) + 2).to_bytes(2) + said + jpeg[2:]


def scanned(folder: Path, share: Path, shard: str = "", people: str = "off") -> Workspace:
    workspace = Workspace.create(folder)
    workspace.add(share)
    workspace.scan(ScanOptions(workers=1, people=people, shard=shard))
    return workspace


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("shards")
    make_share(base / "share")
    return base


@pytest.fixture(scope="module")
def whole(places: Path) -> pd.DataFrame:
    workspace = scanned(places / "whole", places / "share")
    try:
        return table_frame(workspace.project, Table.HOLDINGS)
    finally:
        workspace.close()


@pytest.fixture(scope="module")
def shards(places: Path) -> list[Shard]:
    written = []
    for number in range(1, PARTS + 1):
        workspace = scanned(places / f"host{number}", places / "share", f"{number}/{PARTS}")
        written.append(workspace.write_shard(f"{number}/{PARTS}"))
        workspace.close()
    return written


@pytest.fixture(scope="module")
def joined(places: Path, shards: list[Shard]) -> tuple[Merged, pd.DataFrame]:
    workspace = Workspace.create(places / "joined")
    merged = workspace.merge(*(one.file for one in shards))
    holdings = table_frame(workspace.project, Table.HOLDINGS)
    again = workspace.merge(*(one.file for one in reversed(shards)))
    assert (again.clusters, again.to_verify) == (merged.clusters, merged.to_verify)
    assert table_frame(workspace.project, Table.HOLDINGS).to_csv() == holdings.to_csv()
    workspace.assess()
    workspace.close()
    return merged, holdings


def groups(holdings: pd.DataFrame, relations: tuple[str, ...] | None = None) -> set[frozenset[str]]:
    kept = holdings[holdings.cluster_id != ""]
    if relations is not None:
        kept = kept[kept.relation.isin(relations)]
    found = {frozenset(part.path) for _, part in kept.groupby("cluster_id")}
    return {group for group in found if len(group) > 1}


def part_of(path: str) -> int:
    return next(n for n in range(1, PARTS + 1) if Part(number=n, of=PARTS).has(path.rpartition("/")[0].encode()))


def test_holdings_and_clusters_by_hash_are_those_of_one_scan(
    whole: pd.DataFrame, joined: tuple[Merged, pd.DataFrame]
) -> None:
    merged, holdings = joined
    same = ["source", "path", "bytes", "sha256", "format", "width", "height", "modified"]
    assert holdings[same].to_csv() == whole[same].to_csv()
    assert merged.holdings == len(whole)
    by_hash = {group for group in groups(whole, BY_HASH) if "copy" in str(group) or "comment" in str(group)}
    assert len(by_hash) == 2
    assert by_hash <= groups(holdings, BY_HASH)


def test_every_copy_in_another_part_is_joined_or_listed_and_nothing_else_is(
    whole: pd.DataFrame, joined: tuple[Merged, pd.DataFrame]
) -> None:
    merged, holdings = joined
    rows = list(csv.DictReader(merged.pairs.open(encoding="utf-8")))
    assert len(rows) == merged.to_verify > 0
    listed = {frozenset((row["left_path"], row["right_path"])) for row in rows}
    assert all(part_of(one) != part_of(other) for one, other in map(sorted, listed)), "compared within a part already"
    for group in groups(whole):
        reached, pending = set[str](), {min(group)}
        while pending:
            reached |= pending
            ties = [*groups(holdings), *listed]
            pending = {path for tie in ties if tie & reached for path in tie} - reached
        assert group <= reached, "an inspector who follows the list comes to every copy"
    strangers = [pair for pair in listed if not any(pair <= group for group in groups(whole))]
    assert strangers == []


@pytest.fixture
def visitable(tmp_path: Path, shards: list[Shard]) -> Iterator[tuple[Workspace, Merged]]:
    workspace = Workspace.create(tmp_path / "visit")
    yield workspace, workspace.merge(*(one.file for one in shards))
    workspace.close()


def test_a_visit_that_reaches_every_file_says_what_one_scan_says(
    places: Path, whole: pd.DataFrame, visitable: tuple[Workspace, Merged]
) -> None:
    workspace, merged = visitable
    done = workspace.verify_pairs({"share": places / "share"})
    assert done.listed == done.within_reach == done.verified == merged.to_verify > 0
    assert done.to_verify == 0 and len(done.pairs.read_text("utf-8").splitlines()) == 1
    holdings = table_frame(workspace.project, Table.HOLDINGS)
    assert groups(holdings) == groups(whole)
    same = ["path", "relation", "similarity", "is_master"]  # a cluster keeps the name that the merge gave it
    assert holdings[same].to_csv() == whole[same].to_csv()
    assert workspace.verify_pairs({"share": places / "share"}).listed == 0


def test_a_visit_compares_the_pairs_of_a_shortened_list_alone(
    tmp_path: Path, places: Path, visitable: tuple[Workspace, Merged]
) -> None:
    workspace, merged = visitable
    lines = merged.pairs.read_text("utf-8").splitlines(keepends=True)
    shortened = tmp_path / "two.csv"
    shortened.write_text("".join(lines[:3]), "utf-8")
    done = workspace.verify_pairs({"share": places / "share"}, shortened)
    assert done.listed == done.verified == 2
    assert 0 < done.to_verify <= merged.to_verify
    assert not set(lines[1:3]) & set(merged.pairs.read_text("utf-8").splitlines(keepends=True))


def test_a_file_that_is_not_as_its_site_scanned_it_leaves_its_pairs_open(
    tmp_path: Path, places: Path, visitable: tuple[Workspace, Merged]
) -> None:
    workspace, merged = visitable
    changed = tmp_path / "drive"
    shutil.copytree(places / "share", changed)
    (changed / "set1" / "saved 1.jpg").unlink()
    edited = changed / "set2" / "saved 2.jpg"
    edited.write_bytes(edited.read_bytes() + b"\0")
    done = workspace.verify_pairs({"share": changed})
    still = list(csv.DictReader(done.pairs.open(encoding="utf-8")))
    assert 0 < done.verified < done.within_reach == merged.to_verify
    sides = [(row["left_path"], row["right_path"]) for row in still]
    assert sides and all({"set1/saved 1.jpg", "set2/saved 2.jpg"} & set(pair) for pair in sides)


def test_a_visit_is_refused_where_it_can_reach_nothing(
    tmp_path: Path, places: Path, visitable: tuple[Workspace, Merged]
) -> None:
    workspace, _ = visitable
    with pytest.raises(CallError, match='no shard here has a source "nas"'):
        workspace.verify_pairs({"nas": places / "share"})
    with pytest.raises(CallError, match="is no folder"):
        workspace.verify_pairs({"share": tmp_path / "absent"})
    other = tmp_path / "other.csv"
    other.write_text("left,right\n", "utf-8")
    with pytest.raises(CallError, match="is no list of pairs"):
        workspace.verify_pairs({"share": places / "share"}, other)
    alone = Workspace.create(tmp_path / "alone")
    with pytest.raises(CallError, match="nothing was merged here"):
        alone.verify_pairs({"share": places / "share"})
    alone.close()


def test_what_travels_is_listed_and_holds_no_picture(shards: list[Shard]) -> None:
    with zipfile.ZipFile(shards[0].file) as archive:
        rows = [json.loads(line) for line in archive.read("rows.jsonl").splitlines()]
        told = archive.read("WHAT-TRAVELS.txt").decode()
    assert shards[0].listing.read_text("utf-8") == told
    assert not any("thumbnail" in row for row in rows)
    for table, count in shards[0].rows.items():
        assert sum(row["table"] == table for row in rows) == count
        assert f"{count:,}" in told
    assert "No picture, no thumbnail" in told and "不含圖像" in told


def test_a_masked_shard_names_no_place_and_quotes_nobody(places: Path) -> None:
    (places / "site").mkdir()
    portrait().save(places / "site" / "Chan Tai Man.jpg", exif=captioned())
    workspace = scanned(places / "shenzhen", places / "site", people="all")
    clear, masked = workspace.write_shard(), workspace.write_shard("1/1", masked=True)
    workspace.close()

    def rows(shard: Shard) -> str:
        with zipfile.ZipFile(shard.file) as archive:
            return archive.read("rows.jsonl").decode()

    assert "Wong" in rows(clear) and '"regions": [' not in rows(clear)
    assert not any(word in rows(masked) for word in ("Wong", "Q2hhbiBUYWkgTWFu", "Chan", '"x":'))
    joined = Workspace.create(places / "joined masked")
    joined.merge(masked.file)
    (held,) = table_frame(joined.project, Table.HOLDINGS).to_dict("records")
    assert held["people_level"].startswith("P2") and held["faces"] and held["path"].endswith(".jpg")
    assert len(table_frame(joined.project, Table.PEOPLE)) == 0, "no box of a face came along"
    joined.close()


def test_boxes_of_faces_that_other_software_marked_stay() -> None:
    said = '{"caption": "a regions of b", "regions": [{"name": "Wong", "x": 0.5}]}'
    assert json.loads(without_boxes(said)) == {"caption": "a regions of b"}
    assert json.loads(without_boxes(f'[{{"metadata": {said}, "sidecar": "a.xmp"}}]')) == [
        {"metadata": {"caption": "a regions of b"}, "sidecar": "a.xmp"}
    ]
    assert without_boxes("") == ""


def captioned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "Wong Mei at her desk"
    return exif


@pytest.mark.parametrize(
    ("member", "change", "words"),
    [
        ("rows.jsonl", lambda data: data.replace(b'"P0"', b'"P3"', 1) + b"\n", "rows.jsonl was changed"),
        ("WHAT-TRAVELS.txt", lambda data: data.replace(b"No picture", b"A picture"), "WHAT-TRAVELS.txt was changed"),
        ("shard.json", lambda data: data.replace(b'"masked": false', b'"masked": true'), "changed after it was signed"),
        ("shard.json.p7s", lambda data: data[:-1], "signature"),
    ],
)
def test_a_shard_that_was_changed_is_refused(
    shards: list[Shard], tmp_path: Path, member: str, change: Callable[[bytes], bytes], words: str
) -> None:
    file = tmp_path / "changed.zip"
    with zipfile.ZipFile(shards[0].file) as archive, zipfile.ZipFile(file, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            copy.writestr(name, change(data) if name == member else data)
    workspace = Workspace.create(tmp_path / "joined")
    with pytest.raises(VerificationError, match=words):
        workspace.merge(file)
    with pytest.raises(VerificationError, match="none of those named"):
        workspace.merge(shards[0].file, signers=["00" * 32])
    with pytest.raises(VerificationError, match="no shard"):
        file.write_bytes(BytesIO(b"PK no archive").getvalue())
        workspace.merge(file)
    assert workspace.project.settings.sources == ()
    workspace.close()


def test_parts_stay_apart(places: Path, shards: list[Shard]) -> None:
    host = Workspace.open(places / "host1")
    for other in ("2/3", "1/4", ""):
        with pytest.raises(CallError, match="holds the part 1/3"):
            host.scan(ScanOptions(workers=1, people="off", shard=other))
    assert host.scan(ScanOptions(workers=1, people="off", shard="1/3")).examined.files == 0
    with pytest.raises(CallError, match="of their own"):
        host.merge(shards[0].file)
    for words in ("0/3", "4/3", "3", "a/b", "1/0"):
        with pytest.raises(CallError, match="names no part"):
            host.scan(ScanOptions(shard=words))
    host.close()
