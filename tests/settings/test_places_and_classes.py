"""What settings say of places and classes is checked before it can reach a sealed report."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import SettingsError
from pdpo_audit.policy.stating.answers import parse_answer
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.policy.words.jurisdictions import jurisdiction_code
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import make_library


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("HK", "HK"), ("hk", "HK"), ("Hong Kong", "HK"), ("香港", "HK"), ("H.K.", "HK"), ("Hong Kong SAR", "HK"),
        ("Mainland China", "CN"), ("內地", "CN"), ("CN-GD", "CN-GD"), ("Macau", "MO"), ("澳門", "MO"), ("U.K.", "GB"),
        ("Singapore", "SG"), ("", ""), ("us-ca", "US-CA"),
    ],
)  # fmt: skip
def test_words_for_a_place_are_understood(said: str, code: str) -> None:
    assert jurisdiction_code(said) == code
    assert parse_answer(REGISTRY["location.jurisdiction"], said) == (code or None)


@pytest.mark.parametrize("said", ["maybe", "Hong Kung", "XX", "ZZ-1", "HKG1"])
def test_what_names_no_place_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="is no jurisdiction"):
        jurisdiction_code(said)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 2)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    return workspace


def state(workspace: Workspace, before: str, after: str) -> None:
    file = workspace.project.settings_path
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")
    workspace.project.reload()


def test_a_place_stands_in_the_tables_by_its_code(workspace: Workspace) -> None:
    state(workspace, '\njurisdiction = ""', '\njurisdiction = "Hong Kong"')
    workspace.scan(ScanOptions(workers=0, people="off"))
    assert set(workspace.table("holdings")["jurisdiction"]) == {"HK"}
    state(workspace, '"Hong Kong"', '"Hong Kung"')
    with pytest.raises(SettingsError, match=r'sources.*"Hong Kung" is no jurisdiction'):
        workspace.assess()


def test_a_record_class_is_one_of_the_packs_or_declared(workspace: Workspace) -> None:
    state(workspace, 'record_class = ""', 'record_class = "event_foto"')
    with pytest.raises(SettingsError, match=r'"event_foto" is no record class.*event_photo') as refused:
        workspace.scan(ScanOptions(workers=0, people="off"))
    assert "employee_photo" in refused.value.advice and "record_classes" in refused.value.advice
    state(workspace, 'packs = ["hk-core-pdpo"]', 'packs = ["hk-core-pdpo"]\nrecord_classes = ["event_foto"]')
    workspace.scan(ScanOptions(workers=0, people="off"))
    workspace.assess()
