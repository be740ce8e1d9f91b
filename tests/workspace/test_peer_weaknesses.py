"""What other duplicate finders get wrong, as cases of ours: false "exact" copies, chains, groups that change."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import picture


def scanned(folder: Path, share: Path, level: str = "near") -> pd.DataFrame:
    workspace = Workspace.create(folder)
    workspace.add(share)
    workspace.scan(ScanOptions(workers=0, people="off", level=level))
    return workspace.table("holdings")


def groups(table: pd.DataFrame, key: str) -> set[frozenset[str]]:
    """The duplicate clusters, each as the set of what ``key`` says of its members."""
    held = table[table["cluster_id"] != ""]
    return {frozenset(part[key]) for _, part in held.groupby("cluster_id")}


def test_above_five_thousand_pictures_no_two_different_ones_are_exact_copies(tmp_path: Path) -> None:
    """difPy 4 compares in chunks above 5,000 files, and reports pairs across chunks that are not the same."""
    share = tmp_path / "share"
    share.mkdir()
    noise = np.random.default_rng(7).integers(0, 256, (5_100, 24, 32), dtype=np.uint8)
    for number, grey in enumerate(noise):
        Image.fromarray(grey).save(share / f"{number:04}.bmp")
    for number in range(0, 5_100, 100):
        shutil.copy(share / f"{number:04}.bmp", share / f"{(number * 7) % 5_100:04} again.bmp")
    table = scanned(tmp_path / "audit", share, level="pixel")
    clusters = table[table["cluster_id"] != ""]
    assert len(table) == 5_151 and clusters["cluster_id"].nunique() == 51
    assert (clusters.groupby("cluster_id")["sha256"].nunique() == 1).all()
    assert set(clusters["relation"]) == {"master", "byte-identical"}


def test_overlapping_views_do_not_chain_their_ends_together(tmp_path: Path) -> None:
    """Union-find over near pairs (findimagedupes, imagededup) joins A to C where A~B and B~C.

    Nine views of one scene, each moved by 70 pixels of 460: four steps apart they share less than half, seven nothing.
    """
    share = tmp_path / "share"
    share.mkdir()
    whole = Image.fromarray(data.astronaut()).resize((1024, 1024))  # type: ignore[no-untyped-call]
    for number in range(9):
        whole.crop((70 * number, 200, 70 * number + 460, 660)).save(share / f"{number}.png")
    table = scanned(tmp_path / "audit", share)
    for _, members in table[table["cluster_id"] != ""].groupby("cluster_id"):
        places = {path: int(path[0]) for path in members["path"]}
        master = places[members.loc[members["is_master"], "path"].item()]
        assert max(abs(place - master) for place in places.values()) <= 3, places
    first, last = table["cluster_id"].iloc[0], table["cluster_id"].iloc[-1]
    assert first != last or first == ""


def test_groups_are_the_same_whatever_the_names_the_order_and_the_run(tmp_path: Path) -> None:
    """Tools that take the first file as the reference give other groups when files are named differently."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    for number in range(12):
        picture(number, (320, 240)).save(first / f"{number:02}.png")
        picture(number, (320, 240)).save(first / f"{number:02} web.jpg", quality=45)
        picture(number, (320, 240)).crop((0, 0, 320, 216)).save(first / f"{number:02} crop.png")
    second.mkdir()
    for place, file in enumerate(_shuffled(first.iterdir())):
        shutil.copy(file, second / f"{place:03}{file.suffix}")
    one, other = scanned(tmp_path / "a", first), scanned(tmp_path / "b", second)
    again = scanned(tmp_path / "c", first)
    assert groups(one, "sha256") == groups(other, "sha256") == groups(again, "sha256")
    assert len(groups(one, "sha256")) == 12
    told = [dict(zip(frame["sha256"], frame["relation"], strict=True)) for frame in (one, other, again)]
    assert told[0] == told[1] == told[2]


def _shuffled(files: Iterable[Path]) -> list[Path]:
    ordered = sorted(files)
    return [ordered[place] for place in np.random.default_rng(5).permutation(len(ordered))]
