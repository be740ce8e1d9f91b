"""The house stays easy to survey: few files on a floor, short files."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "pdpo_audit").rglob("*.py"))
#: A frozen picture of the tables of a version: repeated on purpose, never edited.
FROZEN = ROOT / "pdpo_audit" / "catalogue" / "migrations"


def test_no_floor_has_more_than_fourteen_files() -> None:
    floors = Counter(file.parent for file in FILES)
    assert {str(floor): count for floor, count in floors.items() if count > 14} == {}


def test_no_file_has_more_than_three_hundred_lines() -> None:
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in FILES if FROZEN not in file.parents}
    assert {str(file): length for file, length in lengths.items() if length > 300} == {}


def test_every_room_says_what_it_is_for() -> None:
    rooms = [file for file in FILES if file.name == "__init__.py" and FROZEN not in file.parents]
    assert [str(room) for room in rooms if not ast.get_docstring(ast.parse(room.read_text("utf-8")))] == []
