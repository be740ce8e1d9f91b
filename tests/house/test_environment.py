"""The set-up says what is missing, with the command that brings it; programs of the system are played by scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Plays a Python: tells its version, and that Pango is missing when it is given the search for libraries.
PYTHON = """#!/bin/sh
case "$1" in
  -VV) echo "Python 3.11.2" ;;
  -) cat >/dev/null; echo "$MISSING" ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copy of the set-up beside a ``bin`` folder with a playing Python and an ``apt-get`` that keeps a log."""
    shutil.copytree(ROOT / ".setup", tmp_path / ".setup")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    programs = {
        "python3": PYTHON,
        "apt-get": f'#!/bin/sh\necho "$@" >>{tmp_path}/apt.log\n',
        "id": "#!/bin/sh\necho ${FAKE_ID:-0}\n",
        "sudo": "#!/bin/sh\nexit 1\n",
    }
    (tmp_path / "bin").mkdir()
    for name, text in programs.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def set_up(machine: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{machine / 'bin'}:{os.environ['PATH']}", "HOME": str(machine), **variables}
    script = machine / ".setup" / "environment.sh"
    return subprocess.run(["bash", script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("reason", [{"PDPO_AUDIT_NO_APT": "1"}, {"FAKE_ID": "1000"}])
def test_what_is_missing_is_said_with_its_command(machine: Path, reason: dict[str, str]) -> None:
    result = set_up(machine, MISSING="libpango-1.0-0", **reason)
    assert result.returncode == 1
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends libpango-1.0-0" in result.stderr
    assert not (machine / "apt.log").exists()
    assert not (machine / ".venv").exists()


def test_root_installs_what_is_missing(machine: Path) -> None:
    set_up(machine, MISSING="libpango-1.0-0")
    log = (machine / "apt.log").read_text().splitlines()
    assert log[0].endswith(" update")
    assert " install -y --no-install-recommends libpango-1.0-0" in log[1]


def test_a_machine_without_python_is_told_so(machine: Path) -> None:
    (machine / "bin" / "python3").write_text("#!/bin/sh\nexit 1\n")
    for name in ("python3.11", "python3.12", "python3.13", "python3.14"):
        shutil.copy(machine / "bin" / "python3", machine / "bin" / name)
    result = set_up(machine)
    assert result.returncode == 1
    assert "No Python 3.11 or newer" in result.stderr
