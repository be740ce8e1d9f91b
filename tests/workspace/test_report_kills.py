"""A kill at any moment of ``report`` leaves the audits before it whole, and the next call writes or goes on with it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.resources import resource
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import ScanOptions, now

from .library import make_library

#: How many moments; ``KILLS=50`` for a long look.
MOMENTS = int(os.environ.get("KILLS", "2"))


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one sealed audit, and an assessment that is not reported yet."""
    base = tmp_path_factory.mktemp("work")
    (base / "photos").mkdir()
    workspace = Workspace.create(base / "work")
    workspace.add(base / "photos")
    settings = workspace.project.settings_path
    text = settings.read_text("utf-8").replace("[report]\n", '[report]\ntemplates = "short"\n')
    settings.write_text(text, "utf-8")
    shorten(Path(shutil.copytree(resource("report_templates"), workspace.project.folder / "short")))
    workspace.project.reload()
    for library in ("photos", "photos/more"):
        make_library(base / library, 2, copies=2)
        workspace.scan(ScanOptions(workers=0, people="off"))
        workspace.assess()
        if library == "photos":
            workspace.report()
    workspace.close()
    return workspace.project.folder


def shorten(templates: Path) -> None:
    """A report of one page: setting pages takes most of the time, and writes nothing."""
    template = templates / "audit" / "report.html.j2"
    head, _, rest = template.read_text("utf-8").partition('{% include "parts/cover.html.j2" %}')
    template.write_text(f"{head}<h1>{{{{ header.audit_id }}}}</h1></body>{rest.partition('</body>')[2]}", "utf-8")


def killed(home: Path, after: float) -> bool:
    """Whether ``report`` of a process of its own was killed ``after`` seconds, or had ended before."""
    child = os.fork()
    if child == 0:
        try:
            Workspace.open(home).report()
        finally:
            os._exit(0)
    ends = time.monotonic() + after
    while time.monotonic() < ends and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.005)
    try:
        os.kill(child, signal.SIGKILL)
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    except (ProcessLookupError, ChildProcessError):
        return False


def audits(home: Path) -> set[str]:
    """Everything in the folder of reports, hidden or not."""
    return {path.name for path in (home / "reports").iterdir()}


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_kill_of_report_is_mended_by_the_next_report(assessed: Path, tmp_path: Path) -> None:
    before = audits(assessed)
    began = time.monotonic()
    assert not killed(Path(shutil.copytree(assessed, tmp_path / "whole")), 600)
    span = time.monotonic() - began
    states = set()
    for moment in range(MOMENTS):
        home = Path(shutil.copytree(assessed, tmp_path / str(moment)))
        cut = killed(home, span * (moment + 0.5) / MOMENTS)
        left = {name for name in audits(home) - before if not name.startswith(".")}
        for name in before | left:
            assert verify_path(home / "reports" / name, now=now()).ok, (moment, name)
        workspace = Workspace.open(home)
        known = left & set(workspace.status().audits)  # the kill came after the catalogue knew it
        summary = workspace.report()
        workspace.close()
        assert verify_path(summary.folder, now=now()).ok, moment
        assert known or not left or left == {summary.folder.name}, "what was sealed before the kill is the audit"
        assert audits(home) - before == known | {summary.folder.name}, (moment, "something of the killed one is left")
        states.add((cut, bool(left)))
        shutil.rmtree(home)
    assert (True, False) in states, "no kill came before the audit stood"
