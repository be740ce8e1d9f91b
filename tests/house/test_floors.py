"""``make lint`` proves the floors: an upward import in a copy of the package fails it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "pdpo_audit", tmp_path / "pdpo_audit", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_an_upward_import_is_seen(copy: Path) -> None:
    with (copy / "pdpo_audit" / "model" / "tool.py").open("a") as opened:
        opened.write("\nfrom pdpo_audit import workspace\n")
    result = lint(copy)
    assert result.returncode == 1
    assert "Imports only fall BROKEN" in result.stdout
    assert "pdpo_audit.model.tool -> pdpo_audit.workspace" in result.stdout


def test_a_package_without_a_floor_is_seen(copy: Path) -> None:
    (copy / "pdpo_audit" / "attic.py").write_text('"""A room that nobody gave a floor."""\n')
    result = lint(copy)
    assert result.returncode != 0
    assert "attic" in result.stdout + result.stderr
