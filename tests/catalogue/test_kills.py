"""A kill in the middle of an upgrade, a purge or a move leaves the catalogue as it was or as it shall be."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.catalogues.care import check, upgrade
from pdpo_audit.workspace.catalogues.moving import move
from pdpo_audit.workspace.purging import purge
from tests.catalogue.golden import unpack

_DO = {
    "upgrade": "care.upgrade(project)",
    "purge": "purging.purge(project, early=True)",
    "move": "moving.move(project, sys.argv[2])",
}
#: Everything is loaded before the work begins, so that the moments of the kill fall into the work.
_PROGRAM = """
import sys
from pathlib import Path
import alembic.command, filelock, pandas, tomlkit
from pdpo_audit.workspace import purging
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.catalogues import care, moving
project = Project(Path(sys.argv[1]))
print("now", flush=True)
{work}
print("done", flush=True)
"""
#: Seconds that the slowest of the works takes on an idle machine, about.
_SPAN = 0.6
MOMENTS = int(os.environ.get("KILLS", "2"))


def killed(work: str, folder: Path, url: str, after: float) -> bool:
    """Do ``work`` in a process of its own, killed ``after`` seconds; whether it had ended by then."""
    command = [sys.executable, "-c", _PROGRAM.format(work=_DO[work]), str(folder), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "now\n"
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        return process.stdout.readline() == "done\n"


def exported(folder: Path) -> dict[Table, str]:
    workspace = Workspace.open(folder)
    tables: dict[Table, str] = {
        table: workspace.table(table.value).to_csv(index=False) for table in Table if table is not Table.EVENTS
    }
    workspace.close()
    return tables


def again(work: str, folder: Path, url: str) -> None:
    """The same call once more, as somebody makes it after a kill."""
    project = Workspace.open(folder).project
    calls: dict[str, Callable[[], object]] = {
        "upgrade": lambda: upgrade(project),
        "move": lambda: move(project, url),
        "purge": lambda: purge(project, early=True),
    }
    calls[work]()
    project.close()


@pytest.mark.slow
def test_a_kill_leaves_a_whole_catalogue_when_it_is_upgraded(tmp_path: Path) -> None:
    base = unpack("0.1.0", "workspace", tmp_path / "base")
    unbroken = _copy(base, tmp_path / "unbroken")
    again("upgrade", unbroken, "")
    for folder in _killed(base, "upgrade", "", tmp_path):
        again("upgrade", folder, "")
        assert exported(folder) == exported(unbroken)


@pytest.mark.slow
def test_a_kill_leaves_a_whole_catalogue_when_it_is_purged(catalogue_url: str, tmp_path: Path) -> None:
    base = _upgraded(tmp_path)
    if catalogue_url.startswith("postgresql"):
        move(Workspace.open(base).project, catalogue_url)
    whole = exported(base)
    for folder in _killed(base, "purge", "", tmp_path):
        assert all(one.sound for one in check(Workspace.open(folder).project))
        found = exported(folder)
        assert found == whole or found[Table.HOLDINGS].count("\n") == 1
    again("purge", folder, "")
    assert exported(folder)[Table.HOLDINGS].count("\n") == 1


@pytest.mark.slow
def test_a_kill_leaves_a_whole_catalogue_when_it_is_moved(catalogue_url: str, tmp_path: Path) -> None:
    base = _upgraded(tmp_path)
    whole = exported(base)
    for moment in range(MOMENTS):  # the same call again and again, until one lives long enough
        killed("move", base, catalogue_url, _SPAN * (moment + 0.5) / MOMENTS)
        assert exported(base) == whole
    again("move", base, catalogue_url)
    assert exported(base) == whole
    assert all(one.sound for one in check(Workspace.open(base).project))


def _upgraded(tmp_path: Path) -> Path:
    base = unpack("0.1.0", "workspace", tmp_path / "base")
    again("upgrade", base, "")
    return base


def _killed(base: Path, work: str, url: str, tmp_path: Path) -> Iterator[Path]:
    """Copies of a workspace in which ``work`` was killed at moments spread over the time that it takes."""
    for moment in range(MOMENTS):
        folder = _copy(base, tmp_path / f"at-{moment}")
        killed(work, folder, url, _SPAN * (moment + 0.5) / MOMENTS)
        yield folder


def _copy(base: Path, folder: Path) -> Path:
    shutil.copytree(base, folder)
    return folder
