"""The commands of ``decide``, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from tests.cli.conftest import Call
from tests.workspace.library import make_library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_library(tmp_path / "share", 4, copies=1)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    workspace.close()
    return tmp_path / "audit"


def test_judgements_are_made_listed_and_taken_back(call: Call, folder: Path) -> None:
    here = ("--workspace", folder)
    legal = ("--as", "undetermined", "--code", "identified_by_context", "--role", "dpo")
    made = [
        call("decide", "master", "share:set0/IMG_0000.jpg", "--by", "Chan Tai Man", *here),
        call("decide", "reject", "set1/IMG_0001.jpg", "set2/IMG_0002.jpg", "--by", "Chan", "--reason", "no", *here),
        call("decide", "legal", "set3/IMG_0003.jpg", "--by", "Ho", *legal, *here),
    ]
    assert [one.code for one in made] == [0, 0, 0] and "confirmed by Chan Tai Man" in made[0].err
    known = json.loads(call("decide", "list", "--json", *here).out)
    assert {one["kind"]: one["left"] for one in known} | {"rejected": ""} == {
        "master": "share:copies/copy of 0.jpg",
        "legal": "share:set3/IMG_0003.jpg",
        "rejected": "",
    }
    for one in known:
        assert call("decide", "undo", one["judgement_id"], "--by", "Wong", *here).code == 0
    assert json.loads(call("decide", "list", "--json", *here).out) == []


def test_a_holding_that_is_not_there_is_a_wrong_call(call: Call, folder: Path) -> None:
    ended = call("decide", "master", "no such.jpg", "--by", "Chan", "--workspace", folder)
    assert ended.code == 2 and "no holding is called so" in ended.err
