"""The house stays easy to survey: few files on a floor, short files."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "pdpo_audit").rglob("*.py"))
#: Migrations are numbered, and each is frozen once it was released: they are read one at a time, and never fewer.
FROZEN = ROOT / "pdpo_audit" / "catalogue" / "migrations"


def test_no_floor_has_more_than_fourteen_files() -> None:
    floors = Counter(file.parent for file in FILES if FROZEN not in file.parents)
    assert {str(floor): count for floor, count in floors.items() if count > 14} == {}


def test_no_file_has_more_than_three_hundred_lines() -> None:
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in FILES if FROZEN not in file.parents}
    assert {str(file): length for file, length in lengths.items() if length > 300} == {}


def test_no_function_has_more_than_fifty_lines() -> None:
    """Counted from its first decorator to its last line."""
    lengths = {
        f"{file.relative_to(ROOT)}:{node.name}": (node.end_lineno or 0) - first + 1
        for file in FILES
        if FROZEN not in file.parents
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for first in [min(part.lineno for part in (node, *node.decorator_list))]
    }
    assert len(lengths) > 3_000
    assert {name: length for name, length in lengths.items() if length > 50} == {}


def test_every_room_says_what_it_is_for() -> None:
    rooms = [file for file in FILES if file.name == "__init__.py" and FROZEN not in file.parents]
    assert [str(room) for room in rooms if not ast.get_docstring(ast.parse(room.read_text("utf-8")))] == []
