"""What nothing here acts on: handed out with a letter, confirmed, checked off by the next scan; never cut out."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError
from pdpo_audit.pipeline.returning.overdue import overdue_since
from pdpo_audit.workspace.acts.listing import list_items
from pdpo_audit.workspace.acts.tasks import confirm
from tests.disposition.material import House
from tests.workspace.library import allow_losses, picture


def overdue(house: House) -> dict[tuple[str, str], date]:
    return overdue_since(house.project.store, house.project.clock().date())


def test_a_member_is_a_task_for_its_owner(tmp_path: Path) -> None:
    house = House(tmp_path, 1)
    shown = io.BytesIO()
    picture(5).save(shown, "PNG")
    box = house.share / "due" / "box.zip"
    with zipfile.ZipFile(box, "w") as made:
        made.writestr("inside.png", shown.getvalue())
    before = box.read_bytes()
    allow_losses(house.workspace)
    house.settings(
        '\n[report]\nlanguages = ["en"]\n' if "[report]" not in house.project.settings_path.read_text() else ""
    )
    house.scan()
    made_plan = house.approved()
    assert made_plan.tasks == 1
    assert house.run(made_plan).states == {"quarantined": 1, "awaiting_owner": 1}
    assert box.read_bytes() == before
    folder = house.project.folder / "disposals" / made_plan.plan_id
    assert sorted(file.name for file in (folder / "tasks").iterdir()) == ["letter.share.en.pdf", "list.share.xlsx"]
    assert overdue(house) == {}
    house.later(31)
    assert list(overdue(house)) == [("share", "due/box.zip!/inside.png")]
    house.workspace.assess()
    found = house.workspace.table("findings")
    assert list(found[found["rule"] == "CORE-27"]["path"]) == ["due/box.zip!/inside.png"]
    reply = tmp_path / "reply.txt"
    reply.write_text("taken out")
    with pytest.raises(CallError, match="waits for a confirmation"):
        confirm(house.project, made_plan.plan_id, reply, by="Ho Mei", places=("elsewhere/*",))
    filed = confirm(house.project, made_plan.plan_id, reply, by="Ho Mei")
    assert (filed.copies, filed.file.read_text(), overdue(house)) == (1, "taken out", {})
    house.scan()
    state = {one.path: one for one in list_items(house.project, made_plan.plan_id)}["due/box.zip!/inside.png"]
    assert state.state == "awaiting_owner"
    with zipfile.ZipFile(box, "w") as made:
        made.writestr("other.png", shown.getvalue()[:-1])
    house.scan()
    state = {one.path: one for one in list_items(house.project, made_plan.plan_id)}["due/box.zip!/inside.png"]
    assert (state.state, "a scan found it gone" in state.words) == ("done", True)
