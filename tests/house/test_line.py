"""The page on the line names files, tables and verbs that are there, and the line alone names the stages in order."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

from pdpo_audit.catalogue.schema import metadata
from pdpo_audit.model.audits import SOURCE_FACTS, SourceRecord
from pdpo_audit.model.clusters import Relation
from pdpo_audit.people.detectors.engines import NAMES
from pdpo_audit.pipeline import line
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.sources.stores.source import KINDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "line.md").read_text("utf-8")
STAGES = ("form_clusters", "examine_files", "examine_people", "grade_people", "take_inventory")


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(?:pdpo_audit/)?([a-z_]+(?:/[a-z_]+)*(?:\.py|/))`", TEXT)
    assert len(named) > 10
    homes = (ROOT / "pdpo_audit", ROOT)
    assert [name for name in named if not any((home / name).exists() for home in homes)] == []


def row_of(new: str) -> str:
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| {new}")]
    return row.split("|")[2]


def test_whatever_a_row_calls_by_name_stands_in_a_file_that_the_row_names() -> None:
    """Names of code (``Relation``, ``open_detector``): a reader is sent to them."""
    missing = []
    for new in ("a relation", "a verdict", "a fact", "a kind of source", "a sheet", "a face engine"):
        row = row_of(new)
        files = [name for name in re.findall(r"`([a-z_/]+(?:\.py|\.toml|/))`", row) if not name.startswith("docs/")]
        texts = "".join(
            file.read_text("utf-8")
            for name in files
            for root in (ROOT / "pdpo_audit" / name, ROOT / name)
            for file in ([root] if root.is_file() else root.glob("*.py"))
        )
        names = re.findall(r"`(_?[A-Z][A-Za-z_]+|[a-z]+_[a-z_]+|_[a-z]+)`", row)
        missing += [(new, name) for name in names if not re.search(rf"\b{name}\b", texts)]
    assert missing == []


def test_a_relation_stands_wherever_the_row_says() -> None:
    """So that a new one is missed where it is forgotten."""
    homes = [
        "pdpo_audit/policy/terms/vocabulary.py", "report_templates/audit/labels/en.toml",
        "report_templates/audit/labels/zh-Hant.toml", "docs/rules.md", "samples/expected.csv",
    ]  # fmt: skip
    assert [
        (home, one.value) for home in homes for one in Relation if one.value not in (ROOT / home).read_text("utf-8")
    ] == []
    assert all(home.removeprefix("pdpo_audit/") in TEXT or "labels/*.toml" in TEXT for home in homes)


def test_a_kind_of_store_stands_wherever_the_row_says() -> None:
    """Its scheme where people are asked for one and in the guide, its extra for whoever installs it."""
    told = [ROOT / "docs" / "sources.md", ROOT / "pdpo_audit" / "cli" / "commands" / "sources.py"]
    told.append(ROOT / "pdpo_audit" / "workspace" / "setup" / "initialising.py")
    for scheme, kind in KINDS.items():
        for file in told if scheme not in kind.in_clear else told[:1]:
            assert f"{scheme}://" in file.read_text("utf-8"), (scheme, file)
        if kind.extra:
            assert re.search(rf"^{kind.extra} = \[", (ROOT / "pyproject.toml").read_text("utf-8"), re.M), kind
            assert f'"{kind.extra}"' in (ROOT / "pdpo_audit/workspace/setup/diagnosis.py").read_text("utf-8"), kind


def test_a_setting_that_states_a_fact_stands_wherever_the_row_says() -> None:
    settings = (ROOT / "pdpo_audit" / "settings" / "sources.py").read_text("utf-8")
    assert SOURCE_FACTS.keys() <= REGISTRY.keys()
    assert set(SOURCE_FACTS.values()) <= {one.name for one in dataclasses.fields(SourceRecord)}
    assert [name for name in SOURCE_FACTS.values() if not re.search(rf"\b{name}\b", settings)] == []


def test_a_detector_that_settings_may_name_has_its_case() -> None:
    engines = (ROOT / "pdpo_audit" / "people" / "detectors" / "engines.py").read_text("utf-8")
    offered = (ROOT / "pdpo_audit" / "workspace" / "setup" / "initialising.py").read_text("utf-8")
    guide = (ROOT / "docs" / "people.md").read_text("utf-8")
    for name in NAMES:
        assert f'"{name}"' in engines[engines.index("def open_detector") :] or name == "auto", name
        assert name in offered and name.lower() in guide.lower(), name


def test_the_numbers_of_the_stages_are_those_of_their_files() -> None:
    rows = re.findall(r"^\| (\d+b?) [a-z ]+\| `(pipeline/[a-z_/]+\.py)` \|", TEXT, re.M)
    assert len(rows) == 9
    for number, file in rows:
        assert re.match(rf'"""Stage {number}: ', (ROOT / "pdpo_audit" / file).read_text("utf-8")), (number, file)
    order = [number for number, _ in rows]
    told = str(line.__doc__).partition("A whole audit")[0].replace("shards of other sites > 3", "")
    drawn = re.findall(r"(?<![\w.])(\d+b?) [a-z]", told)
    assert drawn == order


def test_the_floors_that_the_decision_tells_are_those_that_are_held() -> None:
    told = (ROOT / "docs" / "decisions" / "0001-the-house-and-its-floors.md").read_text("utf-8").split("```")[1]
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    held = [re.findall(r"[a-z]+", floor) for floor in contract["layers"]]
    assert [re.findall(r"[a-z]+", floor) for floor in told.split(">")] == held


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
