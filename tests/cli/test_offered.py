"""What `init` offers can be answered by Enter: packs, classes, days of settings that exist, whatever the lists say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pdpo_audit.cli.interviews.prompts import Interview
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.rules import answering
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
