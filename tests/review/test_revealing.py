"""One reason for every copy of a case, or of a batch: each picture is logged before it is sent, until it is covered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pdpo_audit import Workspace
from pdpo_audit.review.house import House
from tests.review.conftest import Clock, Visitor
from tests.review.test_access import cluster
from tests.review.test_deciding import holding_numbers

Join = Callable[[str], Visitor]


def clear(visitor: Visitor, address: str) -> int:
    """How many clear pictures a page has."""
    return visitor.get(address).text.count("data:image/jpeg;base64")


def logged(workspace: Workspace) -> list[tuple[str, str]]:
    events = [one.event for one in workspace.project.store.events()]
    return [(str(one.details["by"]), str(one.details["reason"])) for one in events if one.kind == "picture shown clear"]


def test_a_reason_holds_for_every_copy_of_the_case_and_each_is_logged(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    small = holding_numbers(workspace)["small.jpg"]
    shown = visitor.submit(f"/case/{key}/reveal?copy={small}&view=side", scope="case", reason="whose face is it")
    assert shown.request.method == "GET" and f"copy={small}" in str(shown.url)
    assert shown.text.count("data:image/jpeg;base64") == 2 and "whose face is it" in shown.text
    assert logged(workspace) == [("Chan Tai Man", "whose face is it")] * 2
    assert clear(visitor, f"/case/{key}?copy={small}&view=blink") == 2
    assert logged(workspace) == [("Chan Tai Man", "whose face is it")] * 4
    other = workspace.table("findings").query("cluster_id == '' and path != ''")["finding_id"].iloc[0]
    assert clear(visitor, f"/case/{other}") == 0 and clear(join("Chan Tai Man"), f"/case/{key}") == 0
    assert len(logged(workspace)) == 4
    covered = visitor.submit(f"/case/{key}/cover")
    assert covered.status_code == 200 and "data:image/jpeg" not in covered.text and clear(visitor, f"/case/{key}") == 0


def test_it_ends_after_half_an_hour_and_with_the_right(workspace: Workspace, join: Join, clock: Clock) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    visitor.submit(f"/case/{key}/reveal", scope="case", reason="compare")
    clock.forward(minutes=29)
    assert clear(visitor, f"/case/{key}") > 0
    settings = workspace.project.settings_path
    stated = settings.read_text("utf-8")
    settings.write_text(stated.replace('roles = ["dpo"]', 'roles = ["communications"]'), "utf-8")
    workspace.project.refresh()
    before = len(logged(workspace))
    assert clear(visitor, f"/case/{key}") == 0 and len(logged(workspace)) == before
    settings.write_text(stated, "utf-8")
    workspace.project.refresh()
    clock.forward(minutes=1)
    assert clear(visitor, f"/case/{key}") == 0 and len(logged(workspace)) == before


def test_it_holds_for_the_cases_of_a_batch_and_for_no_other(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    assert 'value="batch"' not in visitor.get(f"/case/{key}").text
    assert visitor.submit(f"/case/{key}/reveal", scope="batch", reason="compare").status_code == 400
    visitor.submit("/batch", status="open", source="archive")
    page = visitor.get("/batch").text
    mine = {one for one in workspace.table("findings")["finding_id"] if f"/case/{one}" in page} | {key}
    assert len(mine) == 2 and 'value="batch" selected' in visitor.get(f"/case/{key}").text
    visitor.submit(f"/case/{key}/reveal", scope="batch", reason="compare")
    assert all(clear(visitor, f"/case/{one}") > 0 for one in mine)
    rest = workspace.table("findings").query("cluster_id == '' and source == 'studio' and path != ''")["finding_id"]
    assert clear(visitor, f"/case/{rest.iloc[0]}") == 0


@pytest.mark.parametrize("reason", ["", "  ", "ab"])
def test_it_takes_a_reason(reason: str, workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    assert visitor.submit(f"/case/{key}/reveal", scope="case", reason=reason).status_code == 400
    assert visitor.submit(f"/case/{key}/reveal", scope="everything", reason="compare").status_code == 400
    assert clear(visitor, f"/case/{key}") == 0 and logged(workspace) == []


def test_what_may_not_be_shown_stays_covered_and_the_page_stands(
    workspace: Workspace, join: Join, house: House
) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    visitor.submit(f"/case/{key}/reveal", scope="case", reason="compare")
    house.reveals.most = 0
    assert visitor.get(f"/case/{key}").status_code == 200 and clear(visitor, f"/case/{key}") == 0
    house.reveals.most = 60
    flagged = '\n[[sources.facts]]\nmatch = "again.png"\nsensitivity = ["suspected_intimate_or_child_abuse"]\n'
    settings = workspace.project.settings_path
    settings.write_text(settings.read_text("utf-8") + flagged, "utf-8")
    before = len(logged(workspace))
    assert visitor.get(f"/case/{key}").status_code == 200 and clear(visitor, f"/case/{key}") == 0
    assert len(logged(workspace)) == before
