"""One run at a time: the second is told at once, the lock of a dead one frees itself, holds never wait."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import MachineError
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from pdpo_audit.workspace.setup.run_lock import run_lock
from tests.postgres import Database
from tests.workspace.library import make_library

#: Holds the workspace named on its command line until it is killed.
_HOLDER = """
import sys, time
from pathlib import Path
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.run_lock import run_lock
project = Project(Path(sys.argv[1]), actor="ho.mei")
with run_lock(project, "scan"):
    (project.reports / ".2026-11-20-dead.part").mkdir(parents=True)
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 3, copies=1)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


@pytest.fixture
def holder(workspace: Workspace):  # type: ignore[no-untyped-def]
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(workspace.project.folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_run_is_told_at_once_who_holds_the_workspace(
    workspace: Workspace, holder: subprocess.Popen[str]
) -> None:
    for verb in (workspace.assess, workspace.report):
        with pytest.raises(MachineError, match=rf"scan, started by ho\.mei at 20.* \(process {holder.pid}\)"):
            verb()


def test_the_lock_of_a_dead_run_frees_itself_and_its_leftovers_go(
    workspace: Workspace, holder: subprocess.Popen[str]
) -> None:
    left = workspace.project.reports / ".2026-11-20-dead.part"
    assert left.is_dir()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    workspace.assess()
    assert not left.exists()


def test_holds_and_looks_never_wait_for_a_run(workspace: Workspace, holder: subprocess.Popen[str]) -> None:
    placed = add_hold(
        workspace.project, kind="legal_hold", matter="HCA 1", issued_by="Wong", issuer_role="legal",
        selectors=Selectors(source="share"),
    )  # fmt: skip
    assert placed.holdings == 4
    assert workspace.status().counts.holdings == 4


def test_a_hold_placed_while_rules_are_evaluated_counts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from pdpo_audit.policy.judging.evaluation import evaluate

    placed: list[object] = []

    def meanwhile(*args, **ways):  # type: ignore[no-untyped-def]
        found = evaluate(*args, **ways)
        if not placed:
            placed.append(
                add_hold(
                    Workspace.open(workspace.project.folder).project, kind="legal_hold", matter="HCA 1",
                    issued_by="Wong", issuer_role="legal", selectors=Selectors(source="share"),
                )
            )  # fmt: skip
        return found

    monkeypatch.setattr("pdpo_audit.pipeline.assessment.evaluate", meanwhile)
    workspace.assess()
    assert set(workspace.table("dispositions")["outcome"]) == {"on_hold"}


def test_a_verb_inside_of_another_needs_no_second_lock(workspace: Workspace) -> None:
    with run_lock(workspace.project, "run"):
        workspace.assess()
        with pytest.raises(MachineError):
            Workspace.open(workspace.project.folder).assess()
    Workspace.open(workspace.project.folder).assess()


def test_a_catalogue_on_a_server_is_locked_for_every_host(postgresql: Database, tmp_path: Path) -> None:
    make_library(tmp_path / "share", 2)
    hosts = []
    for name in ("one", "two"):  # two folders, as two hosts have them, over one catalogue
        workspace = Workspace.create(tmp_path / name)
        workspace.add(tmp_path / "share")
        settings = workspace.project.settings_path
        settings.write_text(settings.read_text("utf-8").replace("sqlite:///catalogue.db", postgresql.url), "utf-8")
        workspace.project.reload()
        hosts.append(workspace)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(hosts[0].project.folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(MachineError, match=r"scan, started by ho\.mei"):
            hosts[1].scan(ScanOptions(workers=0, people="off"))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    for _ in range(100):  # the server learns of a dead host when its connection closes
        with contextlib.suppress(MachineError):
            hosts[1].scan(ScanOptions(workers=0, people="off"))
            break
        time.sleep(0.1)
    assert len(hosts[1].table("holdings")) == 2


#: Runs a command and prints its exit code, what it said, and which heavy libraries it loaded for that.
_REFUSED = """
import sys
from pdpo_audit.cli.app import start
try:
    start()
except SystemExit as ended:
    heavy = ("sqlalchemy", "pandas", "numpy", "PIL", "pyhanko", "pdpo_audit.settings")
    loaded = [name for name in heavy if name in sys.modules]
    print(ended.code, loaded)
"""


@pytest.mark.parametrize(
    "words",
    [
        "run", "scan", "assess", "report", "purge --early", "catalogue upgrade", "catalogue restore backups/none.db",
        "catalogue move sqlite:///elsewhere.db",
    ],
)  # fmt: skip
def test_who_comes_second_is_told_before_anything_heavy_is_loaded(
    words: str, workspace: Workspace, holder: subprocess.Popen[str]
) -> None:
    command = [sys.executable, "-c", _REFUSED, *words.split(), "--workspace", str(workspace.project.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"(process {holder.pid})" in done.stderr.replace("\n", " ")
    assert done.stdout == "5 []\n"


def test_a_rescan_that_finds_nothing_to_do_waits_for_nobody_and_writes_nothing(
    workspace: Workspace, holder: subprocess.Popen[str]
) -> None:
    before = len(workspace.project.store.events())
    with pytest.raises(MachineError, match=f"process {holder.pid}"):
        workspace.scan(ScanOptions(workers=0, people="off"))
    assert len(workspace.project.store.events()) == before
