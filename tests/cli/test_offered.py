"""What `init` offers can be answered by Enter: packs, classes, days of settings that exist, whatever the lists say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.cli.commands import setting_up
from pdpo_audit.cli.interviews.prompts import Interview
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.rules import answering
from pdpo_audit.workspace.setup.initialising import Answers
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
