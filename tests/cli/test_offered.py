"""What `init` offers can be answered by Enter: packs, classes, days of settings that exist, whatever the lists say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.cli.commands import setting_up
from pdpo_audit.cli.interviews.officer import _source, hold_interview
from pdpo_audit.cli.interviews.prompts import Interview
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.rules import answering
from pdpo_audit.workspace.setup.initialising import Answers
from tests.cli.conftest import Call
from tests.cli.test_interviews import typing


def refuse(_: str) -> str:
    raise CallError("no")


def test_every_pack_that_is_offered_is_one_of_the_list() -> None:
    offered = answering.packs_for(list(answering.record_classes()), ["CN"])
    assert len(offered) > 5 and not set(offered) - set(answering.pack_titles())


@pytest.mark.parametrize(
    ("ask", "offered"),
    [
        (lambda talk: talk.choose("it", "Packs", {"core": ""}, several=True), "core,./our-rules"),
        (lambda talk: talk.choose("it", "Class", {"event_photo": ""}), "our_class"),
        (lambda talk: talk.ask("it", "Day", check=refuse), "2020-01-01"),
    ],
)
def test_enter_takes_what_stands_in_brackets(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[Interview], str], offered: str
) -> None:
    typing(monkeypatch, ("",))
    assert ask(Interview(offered={"it": offered})) == offered


def test_nothing_is_promised_of_answers_that_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Workspace.create(tmp_path / "audit")
    for folder, kept in ((tmp_path / "new", True), (tmp_path / "audit", False)):
        typing(monkeypatch, ("Harbour Light",))
        with pytest.raises(KeyboardInterrupt):
            (setting_up._interview if kept else setting_up._change)(folder, Answers())
        told = capsys.readouterr().err
        assert ("what you answered is kept" in told) == kept == (folder / answering.DRAFT).exists()
        assert ("nothing is changed before" in told) != kept


@pytest.mark.parametrize(
    ("typed", "several", "understood"),
    [
        ("both", True, "en,zh-Hant"),
        ("maybe", False, ""),
        ("?", False, ""),
        ("ZH", False, "zh-Hant"),
        ("all", True, "en,zh-Hant"),
    ],
)
def test_words_for_everything_and_for_nobody_knows(
    monkeypatch: pytest.MonkeyPatch, typed: str, several: bool, understood: str
) -> None:
    typing(monkeypatch, (typed,))
    assert Interview().choose("it", "It", {"en": "", "zh-Hant": ""}, several=several) == understood


@pytest.mark.parametrize(
    "typed", ["31 May 2027", "May 31, 2027", "2027-05-31", "2027/5/31", "2027年5月31日", "31 may 2027"]
)
def test_a_day_is_one_however_its_month_is_written(typed: str) -> None:
    assert answering.read_day_to_come(typed, date(2026, 11, 30)) == "2027-05-31"


def test_a_day_whose_month_can_be_mistaken_is_asked_again() -> None:
    with pytest.raises(CallError, match="is no day"):
        answering.read_day_to_come("3/5/2027", date(2026, 11, 30))


def test_after_an_interruption_the_folder_is_named_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typing(monkeypatch, ())
    said = {"sources.0.uri": "/nas/hr", "sources.0.name": "hr", "sources.0.owner": "HR"}
    with pytest.raises(KeyboardInterrupt):
        hold_interview(Interview(said=said), Answers(), date(2026, 11, 30))
    with pytest.raises(KeyboardInterrupt):
        _source(Interview(said=said), 0)
    assert "/nas/hr (called hr)" in capsys.readouterr().err


@pytest.mark.parametrize("names", [("hr", "events"), ()])
def test_who_names_no_source_is_told_which_there_are(tmp_path: Path, call: Call, names: tuple[str, ...]) -> None:
    workspace = Workspace.create(tmp_path / "audit")
    for name in names:
        (tmp_path / name).mkdir()
        workspace.add(tmp_path / name)
    for command in (("source", "remove", "HR", "--by", "Chan"), ("source", "check", "HR")):
        told = " ".join(call(*command, "--workspace", tmp_path / "audit").err.split())
        assert ('did you mean "hr"' in told and "declared: events, hr" in told) == bool(names)
        assert 'there is no source "HR"' in told and ("source add FOLDER" in told) != bool(names)
