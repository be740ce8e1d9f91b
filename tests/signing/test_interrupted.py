"""A kill at any moment of a sign-off leaves the audit as it was, or the next call completes it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.signoffs import pending
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.signing.verification import verify_path

from .material import LATER, person, sign_off, write_audit
from .test_signoffs import said

#: Of 50 and more lines; `SIGN_KILLS=50` tries as many (two minutes of CPU).
MOMENTS = int(os.environ.get("SIGN_KILLS", "12"))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    audit = write_audit(tmp_path_factory.mktemp("sealed") / "audit")
    sign_off(audit, person("Lee Ka Ming"), Role.COMPLIANCE, "Lee Ka Ming")
    return audit


def counting_lines(then: Callable[[int], None]) -> Callable[[FrameType, str, object], Any]:
    """A tracer that calls ``then`` with the number of each line that ``pending`` runs, before it runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != pending.__file__:
            return None
        if event == "line":
            count += 1
            then(count)
        return trace

    return trace


def killed_before(moment: int, work: Callable[[], object]) -> bool:
    """Whether ``work``, in a process of its own, was killed right before line number ``moment`` of ``pending``."""
    child = os.fork()
    if child == 0:
        sys.settrace(counting_lines(lambda line: os.kill(os.getpid(), signal.SIGKILL) if line == moment else None))
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.slow
def test_a_kill_at_any_moment_of_sign_is_mended_by_verify_or_sign(sealed: Path, tmp_path: Path) -> None:
    def sign(audit: Path) -> Path:
        return sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")

    lines: list[int] = []
    before = sys.gettrace()
    sys.settrace(counting_lines(lines.append))
    sign(Path(shutil.copytree(sealed, tmp_path / "whole")))
    sys.settrace(before)
    assert len(lines) > max(50, MOMENTS)
    states = set()
    for number in range(MOMENTS):
        moment = 1 + number * (len(lines) - 1) // (MOMENTS - 1)
        audit = Path(shutil.copytree(sealed, tmp_path / str(moment)))
        assert killed_before(moment, lambda audit=audit: sign(audit))  # type: ignore[misc]
        result = verify_path(audit, now=LATER)
        assert result.ok, (moment, said(result, Verdict.FAILED))
        assert not pending.is_unsettled(audit)
        states.add(signed := len(read_records(audit)) == 2)
        if not signed:
            sign(audit)
            assert verify_path(audit, now=LATER).ok
    assert states == {True, False}


def test_an_interrupted_sign_off_that_cannot_be_completed_here_is_told(sealed: Path, tmp_path: Path) -> None:
    audit = Path(shutil.copytree(sealed, tmp_path / "audit"))
    (audit / pending.READY).mkdir()
    (audit / pending.READY / "note.txt").write_text("nothing of a sign-off")
    result = verify_path(audit, now=LATER)
    assert not result.ok and f"{pending.READY}/note.txt" in said(result, Verdict.FAILED)


def test_a_planted_pending_folder_writes_nothing_outside_the_audit(sealed: Path, tmp_path: Path) -> None:
    audit = Path(shutil.copytree(sealed, tmp_path / "audit"))
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.rmtree(audit / "evidence" / "sign-offs")
    (audit / "evidence" / "sign-offs").symlink_to(outside)
    planted = audit / pending.READY / "evidence" / "sign-offs"
    planted.mkdir(parents=True)
    (planted / "0001-legal.json").write_text("{}")
    assert not verify_path(audit, now=LATER).ok
    assert not list(outside.iterdir())
