"""The hand-worked libraries: what they cover. Their answers were written before the rules and the engine gave them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "hand_worked"
FILES = sorted(FOLDER.glob("*.yaml"))


def read_libraries() -> list[dict[str, Any]]:
    """Every library of every file, in the order of the files."""
    return [library for file in FILES for library in YAML(typ="safe").load(file.read_text(encoding="utf-8"))]


LIBRARIES = read_libraries()


def test_every_finding_and_every_situation_has_a_library() -> None:
    covered = {name for library in LIBRARIES for name in library["covers"]}
    assert covered >= {f"X{number}" for number in range(1, 14)} | {f"M{number}" for number in range(1, 23)}
    assert len(LIBRARIES) >= 60


def test_every_library_says_why() -> None:
    names = [library["library"] for library in LIBRARIES]
    assert len(set(names)) == len(names)
    for library in LIBRARIES:
        assert len(library["because"]) > 30, library["library"]
        assert all("outcome" in holding["expect"] for holding in library["holdings"]), library["library"]
