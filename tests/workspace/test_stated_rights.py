"""What is stated of rights without laying all facts is what the facts say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.queries.rights import REGISTERED
from pdpo_audit.catalogue.sayings.judgements import record_answers
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules import stated_rights as room
from pdpo_audit.workspace.rules.assessing import project_facts, tables
from pdpo_audit.workspace.rules.stated_rights import stated_rights
from tests.workspace.library import make_library

FACTS = """
[[sources.facts]]
match = "set0/**"
licence.ends_on = 2025-06-30
campaign.ended_on = 2024-01-01

[[sources.facts]]
match = "**/IMG_0004.jpg"
licence.reference = "L-4"

"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 9, copies=2)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def state(workspace: Workspace) -> None:
    """Rights by pattern, by register (path and content) and by answer, that overlap each other."""
    held = workspace.table("holdings").set_index("path")["sha256"]
    (workspace.project.folder / "releases.csv").write_text(
        "sha256,path,consent.expires_on,licence.ends_on,record.class\n"
        f"{held['set0/IMG_0000.jpg']!s},,2025-01-31,2025-02-28,\n"
        ",set1/**,2025-03-31,,event_photo\n,set2/**,,,event_photo\n"
    )
    settings = workspace.project.settings_path
    settings.write_text(f'{settings.read_text("utf-8")}{FACTS}[[registers]]\nfile = "releases.csv"\n', "utf-8")
    workspace.project.reload()
    answered = {"answered_by": "Chan", "answered_on": "2026-11-20"}
    rows = [
        {"source": "share", "pattern": "set[12]/*", "fact": "consent.expires_on", "value": json.dumps("2026-01-01")},
        {"source": "*", "pattern": "**", "fact": "record.purpose", "value": json.dumps("none")},
    ]
    with workspace.project.store.transaction() as transaction:
        record_answers(transaction, [row | answered for row in rows], at=workspace.project.clock())


@pytest.mark.parametrize("chunk", [3, 100_000])
def test_it_is_what_all_facts_say(workspace: Workspace, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_CHUNK", chunk)
    state(workspace)
    facts = project_facts(workspace.project)
    said = stated_rights(workspace.project)
    names = [name for name in REGISTERED if name in facts]
    assert len(names) == 3
    expected = {
        (row["source"], row["path"]): {name: row[name] for name in names if row[name] == row[name] and row[name]}
        for row in facts.to_dict("records")
    }
    assert {place: dict(said(*place)) for place in expected} == expected
    assert sum(bool(of) for of in expected.values()) == 8
    assert dict(said("share", "nowhere.jpg")) == {}


def test_the_table_of_rights_tells_it(workspace: Workspace) -> None:
    state(workspace)
    registered = tables(workspace.project).registering(stated_rights(workspace.project))
    (rows,) = registered.chunks(Table.RIGHTS)
    assert set(rows["registered_licence_ends_on"]) == {"2025-06-30", "2025-02-28", ""}
    assert rows.set_index("path").loc["set0/IMG_0004.jpg", "licence_reference"] == "L-4"


def test_where_nobody_states_anything_nothing_is_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(room, "placed_digests")
    assert stated_rights(workspace.project)("share", "set0/IMG_0000.jpg") == {}
