"""The start page waits for no count of the whole catalogue: the assessment keeps it, and it is made anew behind it."""

from __future__ import annotations

import json
import threading

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.queries.totals import totals
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD
from pdpo_audit.workspace import kept_totals as kept
from tests.review.conftest import Clock


def wait() -> None:
    for thread in threading.enumerate():
        if thread.daemon and thread.name.startswith("Thread-") and "_count_anew" in thread.name:
            thread.join(30)


def test_an_assessment_keeps_what_it_counted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    store = workspace.project.store
    expected = totals(store, store.recall(PEOPLE_METHOD))
    monkeypatch.setattr(kept, "totals", lambda *_: pytest.fail("counted while somebody waits"))
    assert kept.read_totals(kept.kept_totals(workspace.project)) == expected
    assert expected.holdings > 20 and sum(one.holdings for one in expected.people.values()) == expected.holdings


def test_old_counts_are_shown_and_made_anew_behind_the_page(workspace: Workspace, clock: Clock) -> None:
    project = workspace.project
    first = kept.kept_totals(project)
    clock.forward(minutes=20)
    assert kept.kept_totals(project) == first  # nothing has changed
    wait()
    assert project.store.recall("kept_totals") == first
    with project.store.transaction() as transaction:
        transaction.note_change()
    assert kept.kept_totals(project) == first  # nobody waits
    wait()
    second = project.store.recall("kept_totals")
    assert json.loads(second)["at"] > json.loads(first)["at"] and kept.kept_totals(project) == second


def test_what_was_never_counted_is_counted_once(workspace: Workspace) -> None:
    with workspace.project.store.transaction() as transaction:
        transaction.remember("kept_totals", "")
    made = kept.kept_totals(workspace.project)
    assert workspace.project.store.recall("kept_totals") == made
