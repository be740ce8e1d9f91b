"""The tiers of the tests: what is marked how, what CI lets be skipped, and a set-up that brings what they need."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiers import MAY_BE_SKIPPED, Program, missing, read_programs, say

ROOT = Path(__file__).parents[2]

TESTS = """
import pytest

@pytest.mark.needs("initdb")
def test_server(): pass

def test_database(postgresql_server): pass

@pytest.mark.needs("chromium")
def test_page(): pass

@pytest.mark.slow
def test_long(): pass

def test_plain(): pass

@pytest.fixture
def postgresql_server(): return None
"""

SKIPPED = """
import pytest

def test_skipped(): pytest.skip("no reason")

@pytest.mark.xfail
def test_known(): raise ValueError
"""


def run(folder: Path, text: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  needs\n  service\n  browser\n  slow\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "", **variables}
    command = [sys.executable, "-m", "pytest", "-p", "tests.tiers", "-p", "no:cacheprovider", "-v", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def target(name: str) -> str:
    """The recipe of a target of the Makefile."""
    found = re.search(rf"^{name}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    assert found
    return found[1]


def test_quick_leaves_out_servers_browsers_and_long_tests(tmp_path: Path) -> None:
    (choice,) = re.findall(r'-m "([^"]+)"', target("quick"))
    result = run(tmp_path, TESTS, "-m", choice)
    assert re.findall(r"::(\w+)", result.stdout) == ["test_plain"], result.stdout


def test_make_test_brings_what_tests_need_and_runs_everything() -> None:
    assert ".setup/test_programs.sh" in target("test")
    assert '-m "' not in target("test")
    assert "test_programs" not in target("demo") + target("environment") + target("quick")


@pytest.mark.parametrize("text", [SKIPPED, "import pytest\npytest.skip('as a whole', allow_module_level=True)"])
def test_a_skip_is_a_failure_under_ci_only(tmp_path: Path, text: str) -> None:
    assert run(tmp_path, text).returncode in (0, 5)
    failed = run(tmp_path, text, CI="true")
    assert failed.returncode in (1, 2)
    assert "Under CI=true a skip is a failure" in failed.stdout
    assert "test_known XFAIL" in failed.stdout or "as a whole" in failed.stdout


def test_every_skip_that_is_allowed_is_of_a_test_that_exists() -> None:
    for node, reason in MAY_BE_SKIPPED.items():
        path, _, name = node.partition("::")
        assert f"def {name.partition('[')[0]}(" in (ROOT / path).read_text()
        assert reason


def test_what_is_missing_is_named_with_its_package() -> None:
    assert say([Program(name="nothing-like-it", package="nothing", pattern="")]) == (
        "nothing-like-it is not installed (Debian: nothing)"
    )
    assert not Program(name="nothing-like-it", package="nothing", pattern="").is_installed()
    assert Program(name="nothing-like-it", package="nothing", pattern=str(ROOT / "Make*")).is_installed()
    with pytest.raises(KeyError):
        missing(["nothing-like-it"])


def test_every_program_that_a_test_names_is_on_the_list() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    named = {
        name for text in texts for call in re.findall(r"mark\.needs\(([^)]*)\)", text) for name in call.split('"')[1::2]
    }
    assert named and named <= set(read_programs())


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A machine on which nothing is installed but the shell, with an ``apt-get`` that keeps a log."""
    shutil.copytree(ROOT / ".setup", tmp_path / ".setup")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "env", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))
    (programs / "apt-get").write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/apt.log\n')
    (programs / "id").write_text("#!/bin/sh\necho ${FAKE_ID:-0}\n")
    for name in ("apt-get", "id"):
        (programs / name).chmod(0o755)
    return tmp_path


def set_up(machine: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    script = machine / ".setup" / "test_programs.sh"
    environment = {"PATH": str(machine / "bin"), **variables}
    return subprocess.run([script], env=environment, capture_output=True, text=True, check=False)


def test_the_set_up_installs_what_is_missing_where_it_may(bare: Path) -> None:
    result = set_up(bare)
    update, install = (bare / "apt.log").read_text().splitlines()
    assert update.endswith("update")
    assert {"xmlsec1", "default-jdk-headless", "chromium"} <= set(install.split())
    assert result.returncode == 0 and "Going on without them" in result.stderr  # this apt-get brings nothing


@pytest.mark.parametrize("reason", [{"PDPO_AUDIT_NO_APT": "1"}, {"FAKE_ID": "1000"}])
def test_the_set_up_says_what_is_missing_where_it_may_not(bare: Path, reason: dict[str, str]) -> None:
    result = set_up(bare, **reason)
    assert result.returncode == 0
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends" in result.stderr
    assert not (bare / "apt.log").exists()


def test_a_second_call_installs_nothing(bare: Path) -> None:
    for name, program in read_programs().items():
        if not program.pattern or not program.is_installed():
            (bare / "bin" / name).symlink_to("/bin/true")
    result = set_up(bare)
    assert (result.returncode, result.stderr) == (0, "")
    assert not (bare / "apt.log").exists()
