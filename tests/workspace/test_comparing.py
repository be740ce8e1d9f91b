"""Components are settled whole in one worker or pair by pair in many; what was settled is not settled again."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image, ImageEnhance, ImageFilter
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.catalogue.elections import load_elections, record_elections
from pdpo_audit.execution import WorkerDied
from pdpo_audit.pipeline.clusters import comparing
from pdpo_audit.pipeline.clusters.clustering import form_clusters
from pdpo_audit.similarity.facts import Preferences
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workers import hold_elections, settle_whole, verify
from pdpo_audit.workspace.project import ScanOptions
from tests.execution.serial import Serial


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """Two photographs and copies made from them: of one frame, reduced, cut."""
    folder = tmp_path / "share"
    folder.mkdir()
    for name in ("coffee", "chelsea"):
        coded = BytesIO()
        Image.fromarray(getattr(data, name)()).convert("RGB").save(coded, "JPEG", quality=94)
        image = Image.open(coded).convert("RGB")
        (folder / f"{name}.jpg").write_bytes(coded.getvalue())
        image.save(folder / f"{name}-mail.jpg", quality=50)
        image.filter(ImageFilter.GaussianBlur(1)).save(folder / f"{name}-soft.jpg", quality=90)
        ImageEnhance.Contrast(image).enhance(0.8).save(folder / f"{name}-pale.jpg", quality=90)
        ImageEnhance.Brightness(image).enhance(1.2).save(folder / f"{name}-light.jpg", quality=90)
        image.resize((image.width // 2, image.height // 2)).save(folder / f"{name}-web.jpg", quality=80)
        image.crop((30, 30, image.width - 40, image.height - 20)).save(folder / f"{name}-cut.jpg", quality=90)
    return folder


def scanned(folder: Path, share: Path, workers: int = 0) -> Workspace:
    workspace = Workspace.create(folder)
    workspace.add(share)
    workspace.scan(ScanOptions(workers=workers, people="off"))
    return workspace


def told(workspace: Workspace) -> pd.DataFrame:
    return workspace.table("holdings")[["path", "cluster_id", "relation", "is_master", "relation_evidence"]]


def test_every_copy_is_told_from_its_photograph(tmp_path: Path, share: Path) -> None:
    table = told(scanned(tmp_path / "audit", share)).set_index("path")
    assert set(table.index[table["is_master"]]) == {"coffee.jpg", "chelsea.jpg"}
    assert table["cluster_id"].nunique() == 2
    assert table.loc["coffee-cut.jpg", "relation"] == "cropped"
    assert json.loads(str(table.loc["coffee-cut.jpg", "relation_evidence"]))["crop_in"] == "master"
    assert not table.loc["coffee.jpg", "relation_evidence"]


@pytest.mark.parametrize("workers", [0, 2])
def test_large_components_spread_over_the_workers_tell_the_same(
    tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    whole = told(scanned(tmp_path / "whole", share))
    monkeypatch.setattr(comparing, "_LARGE", 2)
    pd.testing.assert_frame_equal(told(scanned(tmp_path / "spread", share, workers)), whole)


class Mortal(Serial):
    """Workers that die of some kinds of work."""

    def __init__(self, *deadly: Callable[..., Any]) -> None:
        self.deadly = deadly
        self.deaths = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn not in self.deadly:
            return super().submit(fn, *args, **kwargs)
        self.deaths += 1
        future: Future[Any] = Future()
        future.set_exception(WorkerDied(-11))
        return future


def clustered(folder: Path, share: Path, executor: Serial) -> Workspace:
    """A workspace whose contents were read as usual and clustered by ``executor``."""
    workspace = scanned(folder, share)
    project = workspace.project
    with project.store.transaction() as transaction:
        for table in ("cluster_contents", "clusters", "pairs", "elections"):
            transaction.connection.exec_driver_sql(f"DELETE FROM {table}")
        transaction.remember("clusters_formed_of", "")
    with project.work(0) as work:
        form_clusters(
            replace(work, executor=executor),
            level="near",
            preferences=Preferences(),
            jurisdictions={},
            locate=locator_of(project.sources()),
        )
    return workspace


def test_where_a_worker_dies_of_a_component_its_pairs_are_compared_one_by_one(tmp_path: Path, share: Path) -> None:
    mortal = Mortal(settle_whole)
    again = clustered(tmp_path / "again", share, mortal)
    assert mortal.deaths > 0
    pd.testing.assert_frame_equal(told(again), told(scanned(tmp_path / "audit", share)))


def test_pictures_that_kill_every_worker_stay_apart_and_say_so(tmp_path: Path, share: Path) -> None:
    workspace = clustered(tmp_path / "audit", share, Mortal(settle_whole, verify, hold_elections))
    assert not told(workspace)["cluster_id"].any()
    with workspace.project.store.reading() as connection:
        evidence = connection.exec_driver_sql("SELECT DISTINCT evidence FROM pairs").scalars().all()
    assert evidence == ['{"not_compared": "decoder_crashed: the process ended by SIGSEGV"}']


def test_elections_are_remembered_until_their_frame_changes(
    tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = scanned(tmp_path / "audit", share)
    before = load_elections(workspace.project.store, comparing.COMPARED_BY)
    assert {len(voters) for voters in before} == {5}
    held: list[int] = []

    def counted(transaction: Any, elections: Any, method: str) -> None:
        held.extend(len(voters) for voters in elections)
        record_elections(transaction, elections, method)

    monkeypatch.setattr(comparing, "record_elections", counted)
    Image.fromarray(data.astronaut()).save(share / "another.png")  # type: ignore[no-untyped-call]  # typed in part
    workspace.scan(ScanOptions(workers=0, people="off"))
    assert not held
    assert load_elections(workspace.project.store, comparing.COMPARED_BY) == before
    with Image.open(share / "coffee.jpg") as image:
        ImageEnhance.Color(image).enhance(0.5).save(share / "coffee-dull.jpg", quality=85)
    workspace.scan(ScanOptions(workers=0, people="off"))
    assert held == [6]
    after = load_elections(workspace.project.store, comparing.COMPARED_BY)
    assert {len(voters) for voters in after} == {5, 6}
    assert len(after) == 2
