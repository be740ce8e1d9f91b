"""Plans of disposition on the pages: looked at, approved with one's own key, watched, undone."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.workspace.acts import approving
from pdpo_audit.workspace.acts.approving import Word
from pdpo_audit.workspace.acts.plans.planning import MadePlan, plan
from pdpo_audit.workspace.acts.plans.selecting import Wanted
from pdpo_audit.workspace.acts.running import run
from pdpo_audit.workspace.project import now
from pdpo_audit.workspace.setup.identities import KeyPlace, create_seal_file
from tests.disposition.material import DUE
from tests.review.conftest import ORIGIN, SETTINGS, Clock, Visitor

PASSPHRASE = "a passphrase of the tests"


def key(folder: Path, name: str) -> tuple[KeyPlace, str]:
    file = folder / f"{name[:2]}.p12"
    made = create_seal_file(file, name=name, organisation="", passphrase=PASSPHRASE)
    return KeyPlace(key=str(file), ask=lambda _: PASSPHRASE), str(made.facts()["sha256"])


@pytest.fixture
def keys(workspace: Workspace, clock: Clock) -> dict[str, KeyPlace]:
    """Keys of two who approve, entered in the settings, and acts that are allowed; they sign by the machine's clock."""
    clock.now = now() + timedelta(minutes=1)
    folder = workspace.project.folder.parent
    made = {name: key(folder, name) for name in ("Chan Tai Man", "Wong Owner")}
    text = SETTINGS.replace(
        'name = "Chan Tai Man"', f'name = "Chan Tai Man"\nfingerprint = "{made["Chan Tai Man"][1]}"'
    )
    text += f'\n[[people]]\nname = "Wong Owner"\nroles = ["owner"]\nfingerprint = "{made["Wong Owner"][1]}"\n'
    text += '\n[disposition]\nallow = ["restrict", "erase"]\n'
    (workspace.project.folder / "pdpo-audit.toml").write_text(text, "utf-8")
    workspace.project.refresh()
    workspace.project.reload()
    return {name: one for name, (one, _) in made.items()}


@pytest.fixture
def planned(workspace: Workspace, keys: dict[str, KeyPlace]) -> MadePlan:
    """A plan of one copy of which another stays: its erasure is a named decision."""
    wanted = Wanted(places=("small.jpg",), act=DisposalAct.ERASE, reason="a smaller copy")
    return plan(workspace.project, wanted)


def word(workspace: Workspace, planned: MadePlan, name: str, role: str, one: KeyPlace) -> bytes:
    folder = workspace.project.folder / "disposals" / planned.plan_id
    target = folder.parent / f"{role}.json"
    target.unlink(missing_ok=True)
    approving.sign_word(folder, target, key=one, word=Word(role=role, name=name))
    return target.read_bytes()


def hand_in(visitor: Visitor, plan_id: str, data: bytes) -> str:
    answer = visitor.post(
        "/plans/approval", data={"csrf": visitor.token, "plan": plan_id}, files={"file": ("approval.json", data)},
        headers={"origin": ORIGIN},
    )  # fmt: skip
    return html.unescape(answer.text)


def test_a_plan_from_the_pages(
    workspace: Workspace, planned: MadePlan, keys: dict[str, KeyPlace], join: Callable[[str], Visitor]
) -> None:
    visitor = join("Chan Tai Man")
    before = (workspace.project.folder.parent / "studio" / "small.jpg").read_bytes()
    assert planned.plan_id in visitor.get("/plans").text
    shown = html.unescape(visitor.get(f"/plans/{planned.plan_id}").text)
    assert "small.jpg" in shown and "Not approved now" in shown and "backups" in shown and "/picture/" in shown
    owner = word(workspace, planned, "Wong Owner", "owner", keys["Wong Owner"])
    assert "was said of" in hand_in(visitor, "DP-of-nobody", owner)
    assert "The approval was taken in" in hand_in(visitor, planned.plan_id, owner)
    assert "cannot count" in hand_in(
        visitor, planned.plan_id, word(workspace, planned, "Ho Mei", "dpo", keys["Wong Owner"])
    )
    hand_in(visitor, planned.plan_id, word(workspace, planned, "Chan Tai Man", "dpo", keys["Chan Tai Man"])[:-40])
    assert "Approved until" not in visitor.get(f"/plans/{planned.plan_id}").text
    assert "Approved until" in hand_in(
        visitor, planned.plan_id, word(workspace, planned, "Chan Tai Man", "dpo", keys["Chan Tai Man"])
    )
    assert run(workspace.project, planned.plan_id).states == {"quarantined": 1}
    assert "in quarantine" in visitor.get("/plans").text
    refused = visitor.submit(f"/plans/{planned.plan_id}/undo", number="1", reason="", csrf=visitor.token)
    assert refused.status_code == 400
    undone = visitor.submit(f"/plans/{planned.plan_id}/undo", number="1", reason="the wrong one", csrf=visitor.token)
    assert "back at its place" in undone.text
    assert (workspace.project.folder.parent / "studio" / "small.jpg").read_bytes() == before
    assert join("Ho Mei").get(f"/plans/{planned.plan_id}").status_code == 403  # she sees one source
    looking = join("Vera Wong").get(f"/plans/{planned.plan_id}").text
    assert "small.jpg" in looking and "/plans/approval" not in looking


def test_approvers_see_of_what_no_copy_stays(
    workspace: Workspace, keys: dict[str, KeyPlace], join: Callable[[str], Visitor]
) -> None:
    """Every copy of the picture is due: whichever goes first, none stays."""
    file = workspace.project.settings_path
    text = file.read_text("utf-8").replace('"./rules"', '"hk-core-pdpo"')
    ended = "purpose_ended_on = 2024-12-31\n"
    file.write_text(text.replace(ended, ended + DUE.format(match="**")), "utf-8")
    workspace.project.reload()
    made = plan(workspace.project, Wanted(places=("small.jpg",)))
    shown = html.unescape(join("Chan Tai Man").get(f"/plans/{made.plan_id}").text)
    assert "Of <strong>1</strong> copy no other copy stays" in shown
    assert "legal approves: no copy stays" in shown
