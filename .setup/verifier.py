"""Packs ``pdpo-verify`` into a wheel of its own: the modules that it imports under the name ``pdpo_verify``.

Usage: python .setup/verifier.py FOLDER. The wheel needs pyHanko, lxml and cryptography; rfc8785, a library without
dependencies, travels inside it with its licence.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
START = "pdpo_audit.alone"

PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "pdpo-verify"
version = "{version}"
description = "Checks audits that pdpo-audit sealed, and answers its requests for sign-offs"
readme = "README.md"
requires-python = ">=3.11"
license = "Apache-2.0"
license-files = ["LICENSE", "LICENSE.rfc8785"]
dependencies = ["cryptography>=45", "lxml>=6", "pyhanko>=0.38"]

[project.optional-dependencies]
pkcs11 = ["python-pkcs11>=0.9.3,<0.10"]

[project.scripts]
pdpo-verify = "pdpo_verify.alone:main"

[tool.hatch.build.targets.wheel]
packages = ["pdpo_verify"]
"""


def build(folder: Path) -> Path:
    """Write the wheel into ``folder``; gives its path."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        write_project(project)
        command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(project)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("pdpo_verify-*.whl")
    return wheel


def write_project(project: Path) -> None:
    """The small project's sources: every module renamed, the root package without the program."""
    for name in sorted(modules(START)):
        source = file_of(name)
        assert source is not None
        target = project / "pdpo_verify" / source.relative_to(ROOT / "pdpo_audit")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(renamed(source.read_text("utf-8")), "utf-8")
    version = re.search(r'VERSION = "([^"]+)"', (ROOT / "pdpo_audit/model/tool.py").read_text("utf-8"))
    assert version is not None
    (project / "pdpo_verify/__init__.py").write_text('"""The small verifier of pdpo-audit\'s sealed audits."""\n')
    (project / "pyproject.toml").write_text(PROJECT.format(version=version[1]))
    shutil.copy(ROOT / "LICENSE", project)
    shutil.copy(ROOT / "docs/verifying.md", project / "README.md")
    _carry_rfc8785(project)


def modules(start: str) -> set[str]:
    """``start`` and every module of ours that it imports, also late, with the packages that they stand in."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        source = file_of(name)
        if name in found or source is None or name == "pdpo_audit":
            continue
        found.add(name)
        waiting += [name.rpartition(".")[0], *imported(source)]
    return found


def imported(source: Path) -> Iterator[str]:
    """The names that a module imports; those for type checkers only are left out."""
    tree = ast.parse(source.read_text("utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(name: str) -> Path | None:
    """The file of a module of ours; ``None`` for all others."""
    place = ROOT.joinpath(*name.split("."))
    if not name.startswith("pdpo_audit"):
        return None
    return next((one for one in (place / "__init__.py", place.with_suffix(".py")) if one.is_file()), None)


def renamed(text: str) -> str:
    """The source with its imports from the small package."""
    text = re.sub(r"^(\s*)(from|import) pdpo_audit\b", r"\1\2 pdpo_verify", text, flags=re.MULTILINE)
    return re.sub(r"^import rfc8785$", "from pdpo_verify import rfc8785", text, flags=re.MULTILINE)


def _carry_rfc8785(project: Path) -> None:
    found = distribution("rfc8785")
    for file in found.files or []:
        if file.parts[0] == "rfc8785" and file.suffix == ".py":
            target = project / "pdpo_verify" / file
            target.parent.mkdir(exist_ok=True)
            target.write_text(file.read_text(), "utf-8")
        elif file.name == "LICENSE":
            (project / "LICENSE.rfc8785").write_text(file.read_text(), "utf-8")


if __name__ == "__main__":
    print(build(Path(sys.argv[1]).resolve()))
