"""Several reviewers at the served pages beside a scan, one of two servers killed: the short form of the soak."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reviewing.crowd import Told, make_workspace, work_together, wrong_in
from tests.postgres import Database

pytestmark = pytest.mark.slow


def work(folder: Path, url: str, reviewers: int) -> tuple[Told, list[str]]:
    audit = make_workspace(folder, url, people=reviewers, pictures=24)
    told = work_together(audit, reviewers=reviewers, seconds=8)
    return told, wrong_in(audit, told)


def test_four_on_postgresql(postgresql: Database, tmp_path: Path) -> None:
    told, wrong = work(tmp_path, postgresql.url, 4)
    assert wrong == [] and told.batches


@pytest.mark.sqlite
def test_two_on_a_file(tmp_path: Path) -> None:
    told, wrong = work(tmp_path, "", 2)
    assert wrong == [] and told.batches


@pytest.mark.sqlite
def test_what_would_be_wrong_is_seen(tmp_path: Path) -> None:
    """A decision that was acknowledged and is not there, one that nobody made, one made twice on the same page."""
    audit = make_workspace(tmp_path, "", people=1, pictures=8)
    assert wrong_in(audit, Told()) == []
    told = Told(batches={"B-1": "Reviewer 0"}, versions={"B-1": ("a", "v"), "B-2": ("a", "v")})
    told.codes["500"] = 1
    assert len(wrong_in(audit, told)) == 3
