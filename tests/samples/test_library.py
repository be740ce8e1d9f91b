"""The sample library is what its truth table says, and the script makes it again."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pdpo_audit.model.clusters import Relation
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.settings import load

from .truth import SAMPLES, file_of, truth

LIBRARY = SAMPLES / "library"


def names(library: Path) -> set[tuple[str, str]]:
    found = (path.relative_to(library) for path in library.rglob("*") if path.is_file())
    return {(path.parts[0], "/".join(path.parts[1:])) for path in found}


def accepted(column: str) -> Counter[str]:
    return Counter(answer for row in truth() for answer in row[column].split("|") if answer)


def test_the_table_names_every_file_once() -> None:
    listed = [(row["source"], row["path"]) for row in truth()]
    assert len(listed) == len(set(listed))
    assert {(source, file_of(path)) for source, path in listed} == names(LIBRARY)
    assert len(names(LIBRARY)) >= 60


def test_the_samples_stay_small() -> None:
    files = [path for path in SAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) <= 6_000_000


def test_every_relation_level_and_layout_occurs() -> None:
    assert set(accepted("relation")) == {str(relation) for relation in Relation}
    assert set(accepted("people_level")) == {"P0", "P1", "P2", "P3"}
    assert all(count >= 2 for count in accepted("layout").values())
    assert {"form", "staff-card", "typed-page"} == set(accepted("layout"))


def test_what_is_skipped_has_a_known_reason_and_no_other_truth() -> None:
    assert set(accepted("skipped_reason")) <= {str(reason) for reason in SkipReason}
    for row in truth():
        examined = bool(row["people_level"])
        assert examined is not bool(row["skipped_reason"]), row["path"]
        assert bool(row["group"]) is bool(row["relation"]), row["path"]


def test_every_group_has_two_holdings_and_one_possible_master() -> None:
    groups: dict[str, list[str]] = {}
    for row in truth():
        if row["group"]:
            groups.setdefault(row["group"], []).append(row["relation"])
    for group, relations in groups.items():
        assert len(relations) >= 2, group
        assert any("master" in relation.split("|") for relation in relations), group


def test_byte_identical_means_what_it_says() -> None:
    for row in truth():
        if row["relation"] != "byte-identical":
            continue
        content = (LIBRARY / row["source"] / row["path"]).read_bytes()
        masters = [other for other in truth() if other["group"] == row["group"] and "master" in other["relation"]]
        assert any(content == (LIBRARY / other["source"] / other["path"]).read_bytes() for other in masters)


def test_the_settings_declare_exactly_these_sources() -> None:
    settings = load(SAMPLES / "pdpo-audit.toml", {})
    assert {source.uri for source in settings.sources} == {f"library/{row['source']}" for row in truth()}
    assert all((SAMPLES / source.uri).is_dir() for source in settings.sources)
    patterns = [(SAMPLES / source.uri, facts.match) for source in settings.sources for facts in source.facts]
    for folder, match in patterns:
        assert any(folder.glob(match)), f"{match} matches nothing"


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, "-B", SAMPLES / "make_samples.py", folder], check=True, capture_output=True)
    return folder


def test_the_script_makes_the_same_library(remade: Path) -> None:
    assert truth(remade) == truth()
    assert names(remade / "library") == names(LIBRARY)


def test_the_script_makes_the_same_pictures(remade: Path) -> None:
    """Pixels and not bytes: another version of a codec may write other bytes."""
    for row in truth():
        if row["skipped_reason"] or not is_picture(row["path"]):
            continue
        left, right = (
            pixels(folder / "library" / row["source"] / file_of(row["path"])) for folder in (SAMPLES, remade)
        )
        assert left.shape == right.shape, row["path"]
        assert np.abs(left - right).mean() < 2.0, row["path"]


def is_picture(path: str) -> bool:
    """Whether a row is of a file that is a picture or a scan of pages, and not of what lies inside another."""
    return path == file_of(path) or "!/page/" in path


def pixels(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.float32)
