"""A case settled in one step: the master and the decision together, on to the next case, and all of it taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from pdpo_audit import Workspace
from tests.policy.packs_of_ours import rule, write_pack
from tests.review.conftest import Visitor
from tests.review.test_access import cluster, decided
from tests.review.test_deciding import holding_numbers
from tests.review.test_keeping import many, masters, scan

Join = Callable[[str], Visitor]


@pytest.fixture(autouse=True)
def additional(workspace: Workspace) -> None:
    """One rule for every copy, and one for what is no master: five findings on the duplicate cluster."""
    write_pack(
        workspace.project.folder / "rules", rule("T-01", "{record.purpose is: recorded}"),
        rule("T-07", "{duplicate.is_master is: false}"),
    )  # fmt: skip
    workspace.assess()


def case(visitor: Visitor, key: str, **more: str) -> dict[str, object]:
    return {**visitor.case(key), "then": "next", **more}


def said(workspace: Workspace) -> dict[tuple[str, str], str]:
    """What was decided of the cluster's copies: by rule and path."""
    rows = workspace.table("findings").query("cluster_id != ''")
    return {(str(one.rule), str(one.path)): str(one.determination) for one in rows.itertuples()}


def test_master_and_decision_are_one_step_and_go_on(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    master = str(workspace.table("holdings").query("is_master and cluster_id != ''")["path"].iloc[0])
    assert master != "small.jpg" and len(said(workspace)) == 5
    wanted = str(holding_numbers(workspace)["small.jpg"])
    text = visitor.get(f"/case/{key}").text
    assert f'name="master" form="decide" value="{wanted}">' in text and text.count('name="master"') == 3
    sent = {"as": "choice=agree", "master": wanted, "reason": "the delivery"}
    gone_on = visitor.submit(f"/case/{key}/decide", **case(visitor, key), **sent)
    assert gone_on.status_code == 200 and gone_on.url.path.startswith("/case/") and key not in gone_on.url.path
    assert "4 findings recorded" in gone_on.text and "1 finding was left open" in gone_on.text
    left = {place for place, decision in said(workspace).items() if not decision}
    assert left == {("T-07", "small.jpg")}
    (judgement,) = workspace.judgements()
    assert (judgement.kind, judgement.by, judgement.reason) == ("master", "Chan Tai Man", "the delivery")
    assert judgement.left.endswith("small.jpg")
    shown = visitor.get(f"/case/{key}").text
    assert "Master from the next run on (Chan Tai Man)" in shown
    assert (
        f'value="{wanted}" checked' in shown
        and visitor.case(key)["finding"] == []
        and "waits for the next run" in shown
    )
    visitor.get("/queue?rule=T-07")
    assert visitor.get("/next").url.path == "/queue"  # what is open of it waits for the next run


def test_undo_takes_back_the_master_too(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    sent = {"as": "choice=agree", "master": str(holding_numbers(workspace)["small.jpg"])}
    gone_on = visitor.submit(f"/case/{key}/decide", **case(visitor, key), **sent)
    form = gone_on.text.partition('id="told"')[2].partition("</form>")[0]
    action, fields = (
        re.findall(r'action="([^"]+)"', form)[0],
        dict(re.findall(r'name="(of|moved)" value="([^"]+)"', form)),
    )
    assert fields["of"] == key and decided(workspace) == 4
    undone = visitor.submit(action, **fields)
    assert undone.status_code == 200 and f'id="go-on" href="/case/{key}"' in undone.text
    assert decided(workspace) == 0 and workspace.judgements() == []


def test_all_is_recorded_or_nothing(workspace: Workspace, join: Join) -> None:
    one, other, key = join("Chan Tai Man"), join("Ho Mei"), cluster(workspace)
    held = holding_numbers(workspace)
    first = {"say": "master", "holding": str(held["again.png"])}
    other.submit(f"/case/{key}/judge", version=other.case(key)["version"], **first)
    sent = {"as": "choice=agree", "master": str(held["small.jpg"])}
    refused = one.submit(f"/case/{key}/decide", **case(one, key), **sent)
    assert refused.status_code == 400 and "Ho Mei" in refused.text
    assert decided(workspace) == 0 and [said.by for said in workspace.judgements()] == ["Ho Mei"]
    assert 'name="instead" value="1" form="decide"' in one.get(f"/case/{key}").text
    taken = one.submit(f"/case/{key}/decide", **case(one, key), **sent, instead="1")
    assert taken.status_code == 200 and [said.by for said in workspace.judgements()] == ["Chan Tai Man"]
    stranger = one.submit(f"/case/{key}/decide", **case(one, key), **{**sent, "master": "999999"})
    assert stranger.status_code == 400


def test_what_stands_does_not_lapse_with_another_master(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    before = str(workspace.table("holdings").query("is_master and cluster_id != ''")["path"].iloc[0])
    sent = {"as": "choice=agree", "master": str(holding_numbers(workspace)["small.jpg"])}
    visitor.submit(f"/case/{key}/decide", **case(visitor, key), **sent)
    stood = {place: decision for place, decision in said(workspace).items() if decision}
    assert len(stood) == 4
    workspace.project.clock.forward(days=1)  # type: ignore[attr-defined]
    scan(workspace)
    assert masters(workspace)[key].endswith("small.jpg")
    now = said(workspace)
    assert {place: now[place] for place in stood} == stood
    assert [place for place, decision in now.items() if not decision] == [("T-07", before)]
    news = join("Chan Tai Man").get(f"/case/{key}").text.partition('id="news"')[2].partition("</div>")[0]
    assert "Chan Tai Man confirmed another master on 2026-11-30" in news and before in news


def test_the_master_that_stands_is_no_saying(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    present = re.findall(r'name="master" form="decide" value="(\d+)" checked', visitor.get(f"/case/{key}").text)
    assert len(present) == 1
    visitor.submit(f"/case/{key}/decide", **case(visitor, key), **{"as": "choice=agree", "master": present[0]})
    assert decided(workspace) == 5 and workspace.judgements() == []


def test_a_case_stays_while_something_is_open(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    sent = {"choice": "disagree", "reason": "goes on", "only": "T-01"}
    stays = visitor.submit(f"/case/{key}/decide", **case(visitor, key), **sent)
    assert stays.url.path == f"/case/{key}" and "3 findings recorded" in stays.text
    gone_on = visitor.submit(f"/case/{key}/decide", **case(visitor, key), **{"as": "choice=agree"})
    assert gone_on.url.path not in (f"/case/{key}", "/queue") and decided(workspace) == 5


def test_the_last_decision_is_offered_again_with_its_reason(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    assert "as-before" not in visitor.get(f"/case/{key}").text
    sent = {"choice": "disagree", "reason": 'goes on: 30% & "more"'}
    gone_on = visitor.submit(f"/case/{key}/decide", **case(visitor, key), **sent)
    button = re.search(r'name="as" value="([^"]+)" id="as-before"', gone_on.text)
    assert button and "As before: Disagree" in gone_on.text
    here = gone_on.url.path.rpartition("/")[2]
    before = decided(workspace)
    again = {"as": unescape(button[1]), "reason": "this one too"}
    assert visitor.submit(f"/case/{here}/decide", **case(visitor, here), **again).status_code == 200
    reasons = {one.reason for one in last(workspace, decided(workspace) - before)}
    assert reasons == {'goes on: 30% & "more"; this one too'}
    assert "as-before" not in join("Ho Mei").get(f"/case/{key}").text
    for wrong in ("choice=erase", "choice=nonsense&reason=x", "nothing"):
        answer = visitor.submit(f"/case/{key}/decide", **{**case(visitor, key), "as": wrong, "finding": ["x"]})
        assert answer.status_code == 400, wrong


def last(workspace: Workspace, count: int) -> list[Any]:
    from pdpo_audit.catalogue.reviewing.decisions import newest_batches

    found = newest_batches(workspace.project.store, "Chan Tai Man")
    assert count > 0
    return list(found[:1])


def test_what_an_address_says_of_others_is_not_told(workspace: Workspace, join: Join) -> None:
    visitor, other, key = join("Chan Tai Man"), join("Ho Mei"), cluster(workspace)
    done = visitor.submit(f"/case/{key}/decide", **{**case(visitor, key), "then": "", "as": "choice=agree"})
    batch = done.url.path.rpartition("/")[2]
    assert batch.startswith("B-")
    assert 'id="told"' in visitor.get(f"/case/{key}?decided={batch}&of={key}").text
    for told in (f"decided={batch}", "decided=B-NONE", "decided=", "decided=%00x", "left=x&moved=1&of=<b>"):
        text = other.get(f"/case/{key}?{told}").text
        assert 'id="told"' not in text and "<b>" not in text, told


def test_a_picture_is_told_apart_with_one_click_and_the_next_comes(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    text = visitor.get(f"/case/{key}?copy={holding_numbers(workspace)['small.jpg']}").text
    form = text.partition('id="apart"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert 'name="why" value="Different pictures" formnovalidate' in form
    gone_on = visitor.submit(f"/case/{key}/judge", **{**fields, "csrf": visitor.token}, why="Different pictures")
    assert gone_on.url.path != f"/case/{key}" and f"{key}: recorded that the two are not the same" in gone_on.text
    assert [(one.kind, one.reason) for one in workspace.judgements()] == [("rejected", "Different pictures")]


def test_a_batch_goes_on_behind_what_waits_for_the_next_run(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    visitor.submit("/batch", rule="T-07")
    sent = {"as": "choice=agree", "master": str(holding_numbers(workspace)["small.jpg"])}
    done = visitor.submit(f"/case/{key}/decide", **case(visitor, key), **sent)
    assert done.url.path.startswith("/decided/B-") and "4 findings" in done.text
    assert "0 of 1 case" in visitor.get("/batch").text


def test_a_second_master_in_a_folder_offers_the_rule_for_all(workspace: Workspace, join: Join) -> None:
    many(workspace)
    visitor, held = join("Chan Tai Man"), workspace.table("holdings")
    held = held[(held["cluster_id"] != "") & held["path"].str.startswith("final/single")]
    offers = []
    for row in list(held.itertuples())[:2]:
        text = visitor.get(f"/case/{row.cluster_id}").text
        line = next(one for one in text.split("<tr") if str(row.path) in one and 'name="master"' in one)
        wanted = re.findall(r'name="master" form="decide" value="(\d+)"', line)[0]
        sent = {"as": "choice=agree", "master": wanted}
        offers.append(
            visitor.submit(f"/case/{row.cluster_id}/decide", **case(visitor, str(row.cluster_id)), **sent).text
        )
    assert 'id="usual"' not in offers[0]
    assert "You have confirmed 2 masters in studio › final" in offers[1]
    link = unescape(re.findall(r'id="usual".*?href="([^"]+)"', offers[1], re.DOTALL)[0])
    preview = visitor.get(link)
    assert preview.status_code == 200 and "duplicate clusters would get another master" in preview.text


def test_the_filter_lists_rules_that_found_something_with_how_many(workspace: Workspace, join: Join) -> None:
    def offered(name: str) -> dict[str, str]:
        text = join(name).get("/queue").text.partition('<select name="rule">')[2].partition("</select>")[0]
        return dict(re.findall(r'value="(T-\d+)"[^>]*>[^(]*\(([\d,]+)\)', text))

    write_pack(
        workspace.project.folder / "rules", rule("T-01", "{record.purpose is: recorded}"),
        rule("T-07", "{duplicate.is_master is: false}"), rule("T-03", "{duplicate.copies is at least: 90}"),
    )  # fmt: skip
    workspace.assess()
    rows = workspace.table("findings")
    assert offered("Chan Tai Man") == {name: str(number) for name, number in rows["rule"].value_counts().items()}
    mine = rows[rows["source"] == "archive"]["rule"].value_counts()
    assert offered("Ho Mei") == {name: str(number) for name, number in mine.items()} and "T-03" not in offered("Ho Mei")
