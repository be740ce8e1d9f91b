"""Batches: what somebody has taken others leave alone, until it is given back or lapses; what changed meanwhile."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.reviewing.leases import forget_leases
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.review import decisions
from pdpo_audit.workspace.review.beside.versions import unchanged
from pdpo_audit.workspace.review.decisions import ChangedError, Choice, Said, decide_case
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from pdpo_audit.workspace.review.reviewers import Reviewer, reviewer_named
from pdpo_audit.workspace.review.together.leasing import give_back, my_batch, take_batch, taken_by_others
from tests.review.conftest import Clock, Visitor
from tests.review.test_access import cluster, decided

Join = Callable[[str], Visitor]


def reviewer(workspace: Workspace, name: str) -> Reviewer:
    found = reviewer_named(workspace.project, name, session=b"", browser=name.encode())
    assert found
    return found


def test_what_one_has_taken_the_other_leaves_alone(workspace: Workspace, join: Join) -> None:
    dpo, owner = join("Chan Tai Man"), join("Ho Mei")
    page = dpo.submit("/batch", status="open", source="archive")
    assert page.url.path == "/batch" and "2 of 2 cases are open" in page.text
    key = cluster(workspace)
    shown = owner.get("/queue?status=open").text
    assert shown.count("Chan Tai Man has taken this until 12:30") == 3
    assert "Chan Tai Man has taken this" in owner.get(f"/case/{key}").text
    refused = owner.submit(f"/case/{key}/decide", choice="agree", **owner.case(key))
    assert refused.status_code == 409 and "Chan Tai Man has taken this" in refused.text
    held = re.search(r'<option value="(\d+)"', owner.get(f"/case/{key}").text)
    assert held is not None
    judged = owner.submit(f"/case/{key}/judge", say="nobody", holding=held[1], version=owner.case(key)["version"])
    assert judged.status_code == 409 and workspace.judgements() == []
    assert decided(workspace) == 0
    assert owner.submit("/batch", status="open").status_code == 400  # nothing of hers is free
    preview = owner.submit("/group", choice="agree", status="open")
    assert "0 findings" in preview.text and "3 of cases that somebody else has taken" in preview.text


def test_a_batch_is_worked_off_case_by_case(workspace: Workspace, join: Join, clock: Clock) -> None:
    visitor = join("Chan Tai Man")
    visitor.submit("/batch", status="open", size="2", source="archive")
    clock.forward(minutes=20)
    for left in (1, 0):
        key = re.search(r'class="button" href="/case/([^"]+)"', visitor.get("/batch").text)
        assert key is not None
        done = visitor.submit(f"/case/{key[1]}/decide", choice="agree", **visitor.case(key[1]))
        assert ('id="go-on" href="/case/' in done.text) == bool(left)
    text = visitor.get("/batch").text
    assert "0 of 2 cases are open" in text
    assert "Yours until 12:50" in text  # every decision begins the time anew
    visitor.submit("/batch/return")
    assert "You have taken nothing" in visitor.get("/batch").text


def test_a_lapsed_batch_goes_back(workspace: Workspace, clock: Clock) -> None:
    dpo, owner = reviewer(workspace, "Chan Tai Man"), reviewer(workspace, "Ho Mei")
    taken = take_batch(workspace.project, dpo, {"source": "archive"})
    with pytest.raises(CallError, match="nothing is free"):
        take_batch(workspace.project, owner, {})
    clock.forward(minutes=30)
    assert taken_by_others(workspace.project, owner) == {}
    assert set(take_batch(workspace.project, owner, {})) == set(taken)
    assert my_batch(workspace.project, dpo).cases == ()
    case, check = unchanged(workspace.project, owner, taken[0], my_version(workspace, owner, taken[0]))
    assert decide_case(workspace.project, owner, case.findings, Said(choice=Choice.AGREE), check)


def my_version(workspace: Workspace, person: Reviewer, key: str) -> str:
    from pdpo_audit.workspace.review.cases import open_case

    return open_case(workspace.project, person, key).version


def test_giving_back_and_taking_anew_free_the_first(workspace: Workspace) -> None:
    dpo, owner = reviewer(workspace, "Chan Tai Man"), reviewer(workspace, "Ho Mei")
    first = take_batch(workspace.project, dpo, {}, size=3)
    second = take_batch(workspace.project, dpo, {"source": "archive"}, size=3)
    assert len(first) == 3 and set(taken_by_others(workspace.project, owner)) == set(second)
    assert give_back(workspace.project, dpo) == 1 and give_back(workspace.project, dpo) == 0
    assert taken_by_others(workspace.project, owner) == {}
    for size in (0, 51):
        with pytest.raises(CallError, match="1 to 50"):
            take_batch(workspace.project, dpo, {}, size=size)


def test_two_who_take_at_the_same_moment_never_get_the_same(workspace: Workspace) -> None:
    people = [reviewer(workspace, "Chan Tai Man"), reviewer(workspace, "Ho Mei")]
    for _ in range(5):
        taken: dict[str, tuple[str, ...]] = {}

        def take(one: Reviewer, into: dict[str, tuple[str, ...]] = taken) -> None:
            into[one.name] = take_batch(workspace.project, one, {"source": "archive"}, size=1)

        threads = [threading.Thread(target=take, args=(one,)) for one in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == 2 and len({key for keys in taken.values() for key in keys}) == 2
        for one in people:
            give_back(workspace.project, one)


def test_a_viewer_takes_nothing(join: Join) -> None:
    visitor = join("Vera Wong")
    assert visitor.get("/batch").status_code == 403
    assert visitor.submit("/batch", status="open").status_code == 403


def test_leases_are_forgotten_with_their_days(workspace: Workspace, clock: Clock) -> None:
    dpo = reviewer(workspace, "Chan Tai Man")
    take_batch(workspace.project, dpo, {})
    with workspace.project.store.transaction() as transaction:
        forget_leases(transaction, lambda day: day < date(2026, 11, 30))
    assert my_batch(workspace.project, dpo).cases
    with workspace.project.store.transaction() as transaction:
        forget_leases(transaction, lambda day: day <= date(2026, 11, 30))
    assert my_batch(workspace.project, dpo).cases == ()


def test_a_hold_that_is_placed_in_between_is_not_overrun(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the pages looked for holds, and before the decision has the catalogue to itself."""
    person, key = reviewer(workspace, "Chan Tai Man"), cluster(workspace)
    case, check = unchanged(workspace.project, person, key, my_version(workspace, person, key))

    def place_hold(*_: object) -> None:
        add_hold(
            workspace.project, kind="legal_hold", matter="HCA 3/2026", issued_by="Chan Tai Man", issuer_role="dpo",
            selectors=Selectors(cluster_id=key),
        )  # fmt: skip

    monkeypatch.setattr(decisions, "_refuse_alone", place_hold)
    with pytest.raises(ChangedError, match="hold was placed"):
        decide_case(workspace.project, person, case.findings, Said(choice=Choice.AGREE), check)
    assert decided(workspace) == 0


def test_a_group_shown_with_another_proposal_is_shown_again(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    preview = visitor.submit("/group", choice="agree", rule="T-02", status="open")
    version = re.search(r'name="version" value="(\w+)"', preview.text)
    rules = workspace.project.folder / "rules" / "pack.yaml"
    changed = rules.read_text("utf-8").replace('version: "1.0.0"', 'version: "1.0.1"').replace("1.0.0", "1.0.1")
    rules.write_text(changed + "\n# another text\n", "utf-8")
    workspace.assess()
    late = visitor.submit("/group/decide", choice="agree", rule="T-02", status="open", version=version and version[1])
    assert late.status_code == 409 and decided(workspace) == 0
