"""The page on the line names files, tables and verbs that are there, and the line alone names the stages in order."""

from __future__ import annotations

import re
from pathlib import Path

from pdpo_audit.catalogue.schema import metadata
from pdpo_audit.pipeline import line

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "line.md").read_text("utf-8")
STAGES = ("form_clusters", "examine_files", "examine_people", "grade_people", "take_inventory")


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(?:pdpo_audit/)?([a-z_]+(?:/[a-z_]+)*(?:\.py|/))`", TEXT)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / "pdpo_audit" / name).exists()] == []


def test_every_table_that_the_page_names_is_there() -> None:
    rows = [row for row in TEXT.splitlines() if "`pipeline/" in row and row.count("|") == 5]
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row.split("|")[4])}
    assert len(named) > 10
    assert named <= metadata.tables.keys()


def test_every_verb_that_the_page_names_is_one_of_the_line() -> None:
    verbs = re.findall(r"^\| `([a-z]+)` \|", TEXT, re.M)
    assert verbs == ["look", "join", "judge", "tell"]
    assert all(callable(getattr(line, verb)) for verb in verbs)


def test_nothing_but_the_line_calls_the_stages_of_a_scan() -> None:
    callers = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "pdpo_audit").rglob("*.py")
        for stage in STAGES
        if re.search(rf"(?<!def )\b{stage}\(", file.read_text("utf-8"))
    }
    assert callers == {"pdpo_audit/pipeline/line.py"}
