"""Facts from an organisation's registers decide, and the assessment says which file they came from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import SettingsError
from pdpo_audit.pipeline.registering import flags_by_content, lay_registers
from pdpo_audit.policy.stating.registers import Register, RegisterRow
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.assessing import supplied_facts
from tests.workspace.library import make_library

ON = date(2024, 1, 1)


def register(*rows: RegisterRow, name: str = "r.csv") -> Register:
    return Register(name=name, digest="0" * 64, supplied_by="", rows=rows)


def row(line: int = 2, source: str = "", path: str = "", sha256: str = "", **facts: object) -> RegisterRow:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return RegisterRow(line=line, source=source, path=path, sha256=sha256, facts=named)  # type: ignore[arg-type]


def library() -> pd.DataFrame:
    paths = ["a/1.jpg", "a/b/2.jpg", "a/b/2.png", "ab/3.jpg", "圖/4.jpg"]
    return pd.DataFrame(
        {"source": ["s", "s", "s", "t", "t"], "path": paths, "sha256": ["x", "y", "z", "x", "w"]}, index=range(5)
    )


@pytest.mark.parametrize(
    ("path", "source", "chosen"),
    [
        ("a/1.jpg", "", [0]),
        ("a/**", "", [0, 1, 2]),
        ("a/*", "", [0]),
        ("a/**/*.jpg", "", [0, 1]),
        ("**/*.jpg", "t", [3, 4]),
        ("**", "", [0, 1, 2, 3, 4]),
        ("a?/3.jpg", "", [3]),
        ("圖/**", "", [4]),
        ("nowhere/**", "", []),
        ("a/1", "", []),
    ],
)
def test_a_pattern_finds_what_the_settings_would_find(path: str, source: str, chosen: list[int]) -> None:
    laid = lay_registers(library(), [register(row(path=path, source=source, campaign__ended_on=ON))])
    found = list(laid.facts["campaign.ended_on"]) if "campaign.ended_on" in laid.facts else []
    assert list(np.flatnonzero([value == ON for value in found])) == chosen
    assert laid.idle == ({} if chosen else {"r.csv": 1})


def test_content_counts_before_paths_and_later_rows_before_earlier() -> None:
    rows = [
        row(sha256="x", record__class="kyc_record"),
        row(path="**", record__class="event_photo"),
        row(path="a/b/**", record__class="stock_image"),
    ]
    frame = library().assign(**{"record.class": "campaign_portrait"})
    found = lay_registers(frame, [register(*rows)]).facts["record.class"]
    assert list(found) == ["kyc_record", "stock_image", "stock_image", "kyc_record", "event_photo"]


def test_flags_join_those_that_were_found_and_are_shared_by_all_copies() -> None:
    rows = [row(path="a/1.jpg", sensitivity=frozenset({"medical"})), row(path="圖/**", sensitivity=frozenset())]
    frame = library().assign(sensitivity=pd.Series([("child",), None, None, None, None], dtype=object))
    assert lay_registers(frame, [register(*rows)]).facts["sensitivity"].iloc[0] == ("child", "medical")
    assert flags_by_content(library(), [register(*rows)]) == {"x": ("medical",), "w": ()}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 4, copies=1)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    settings = workspace.project.settings_path
    text = settings.read_text("utf-8")
    settings.write_text(text + '\n[[registers]]\nfile = "held.csv"\nsupplied_by = "Archive"\n', "utf-8")
    return workspace


def test_a_register_decides_and_is_named_in_the_assessment(workspace: Workspace) -> None:
    held = workspace.project.folder / "held.csv"
    held.write_text("path,record.public_interest_decision\nset0/**,Archive committee 7\n", "utf-8")
    workspace.project.reload()
    workspace.assess()
    outcomes = workspace.table("dispositions").set_index("path")["outcome"]
    kept = {path for path, outcome in outcomes.items() if outcome == "must_keep"}
    assert kept and all(str(path).startswith("set0/") for path in kept)
    details = workspace.project.store.events()[-1].event.details
    assert len(str(details["register_held.csv"])) == 64
    assert "record.public_interest_decision" in supplied_facts(workspace.project)
    assert "campaign.ended_on" not in supplied_facts(workspace.project)


def test_a_wrong_register_stops_the_assessment(workspace: Workspace) -> None:
    (workspace.project.folder / "held.csv").write_text("path,record.clas\nset0/**,x\n", "utf-8")
    workspace.project.reload()
    with pytest.raises(SettingsError, match=r'held\.csv:1:2 \(B1\): there is no fact "record.clas"'):
        workspace.assess()
