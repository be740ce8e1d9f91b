"""What the long runs found stands in the repository, and whoever changes what they watched is told."""

from __future__ import annotations

import json
import re
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from benchmarks.recording import RESULTS, ROOT, changed_since, digest_of, recorded

SCRIPTS = sorted(path.stem for path in (ROOT / "benchmarks" / "soak").glob("*.py") if path.stem != "__init__")
FOUND = sorted(path.stem for path in RESULTS.glob("*.json"))


class OutOfDate(UserWarning):
    """A result of a long run is older than what it watched, or was never made: `make soak ONLY=name` makes it."""


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return document


def test_each_result_has_its_script() -> None:
    assert set(FOUND) <= set(SCRIPTS)


def test_every_watched_file_is_where_its_script_looks_for_it() -> None:
    """A pattern that matches nothing watches nothing; a room that grew rooms of its own is watched whole."""
    watching = {name: getattr(import_module(f"benchmarks.soak.{name}"), "WATCHED", ()) for name in SCRIPTS}
    assert len(watching) > 4 and sum(map(bool, watching.values())) > 4
    for name, patterns in watching.items():
        for pattern in patterns:
            assert list(ROOT.glob(pattern)), f"{name}: {pattern}"
    watched = watching["mutated_files"]
    rooms = {pattern.partition("/*")[0] for pattern in watched if "*" in pattern}
    assert set(digest_of([f"{room}/**/*.py" for room in rooms])) <= set(digest_of(watched))


def test_a_result_names_its_commit_and_seed_and_met_its_bars() -> None:
    for name in FOUND:
        result = load(name)
        assert re.fullmatch(r"[0-9a-f]{40}", result["commit"]), name
        assert isinstance(result["seed"], int), name
        assert result["bars"] and result["watched"], name
        assert [bar["what"] for bar in result["bars"] if not bar["met"]] == [], name


def test_a_run_that_was_never_made_or_is_out_of_date_is_told() -> None:
    """As a warning, since the run takes long; a release turns it into a failure (CONTRIBUTING.md)."""
    for name in SCRIPTS:
        if name not in FOUND:
            warnings.warn(f"make soak ONLY={name} was never run", OutOfDate, stacklevel=1)
        elif changed := changed_since(load(name)["watched"]):
            warnings.warn(f"make soak ONLY={name} is older than {', '.join(changed)}", OutOfDate, stacklevel=1)


def test_a_run_writes_what_it_found(tmp_path: Path) -> None:
    with recorded("example", 7, ["Makefile"], tmp_path) as run:
        run.at_most("seconds", 1.5, 2, "s")
        run.at_least("found", 10, 10)
        run.tell("size", 12)
    result = json.loads((tmp_path / "example.json").read_text())
    assert (result["seed"], result["figures"]) == (7, {"size": 12})
    assert [bar["bar"] for bar in result["bars"]] == ["<= 2 s", ">= 10"]
    assert result["watched"] == digest_of(["Makefile"])


def test_a_missed_bar_is_written_and_fails(tmp_path: Path) -> None:
    with (
        pytest.raises(SystemExit, match="1 of 2 bars missed"),
        recorded("example", 7, ["Makefile"], tmp_path) as run,
    ):
        run.equal("accepted", 1, 0)
        run.equal("refused", 5, 5)
    assert [bar["met"] for bar in json.loads((tmp_path / "example.json").read_text())["bars"]] == [False, True]


def test_what_breaks_off_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), recorded("example", 7, ["Makefile"], tmp_path):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_changed_removed_and_equal_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("other")
    watched = {**digest_of(["Makefile", "LICENSE"]), "gone.py": "0"}
    assert changed_since(watched, tmp_path) == ["Makefile", "LICENSE", "gone.py"]
    assert changed_since(digest_of(["Makefile"])) == []
    with pytest.raises(FileNotFoundError):
        digest_of(["nothing/*.py"])
