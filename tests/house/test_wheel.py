"""The wheel, built from the sdist, carries what it needs; tests/samples/test_demo.py has it do the whole job."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def call(*command: str | Path, folder: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run ``command`` in ``folder``, with nothing of the checkout in its environment."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PDPO_AUDIT_"))}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0 or not check, f"{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    return result


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of a fresh environment with our wheel; a path file lends it the dependencies of this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    call(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    site = call(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", folder=folder).stdout.strip()
    Path(site, "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    pip = [sys.executable, "-m", "pip", "--isolated", "--python", str(python), "install"]
    call(*pip, "--quiet", "--no-deps", "--no-index", wheel, folder=folder)
    return python.parent


def carried(wheel: Path, name: str) -> set[str]:
    """The files of the resource ``name`` inside the wheel."""
    prefix = f"pdpo_audit/_resources/{name}/"
    with zipfile.ZipFile(wheel) as opened:
        return {entry.removeprefix(prefix) for entry in opened.namelist() if entry.startswith(prefix)}


@pytest.mark.parametrize("name", ["policies", "report_templates", "samples"])
def test_the_wheel_carries_the_resources(wheel: Path, name: str) -> None:
    folder = ROOT / name
    here = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    expected = {path for path in here if "__pycache__" not in path}
    assert expected and carried(wheel, name) == expected


def test_the_wheel_carries_the_program_and_nothing_beside_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert "pdpo_audit/py.typed" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pdpo_audit"}
    assert not [name for name in names if "__pycache__" in name]


def test_the_sdist_carries_what_its_tests_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {
        "README.md",
        "Makefile",
        "samples/expected.csv",
        ".setup/requirements.txt",
        "tests/house/test_wheel.py",
    } <= names
    assert not [name for name in names if name.startswith((".venv", "demo"))]


def test_the_installed_program_is_the_wheels(installed: Path) -> None:
    script = "import pdpo_audit, pdpo_audit.resources as r; print(pdpo_audit.__file__); print(r.resource('samples'))"
    places = call(installed / "python", "-c", script, folder=installed).stdout.split()
    assert all(Path(place).is_relative_to(installed.parent) for place in places)
