"""Killed at a call of the system, the same command goes on: never twice, never half, and the log agrees with the disk.

``make soak ONLY=disposal_kills`` does it hundreds of times, at random moments.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.disposition.acts import handles
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.events import first_broken
from pdpo_audit.workspace.acts.listing import list_items
from pdpo_audit.workspace.acts.plans.planning import MadePlan
from pdpo_audit.workspace.acts.undoing import finish, undo
from tests.disposition.material import House, as_a_process_of_its_own


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    base = tmp_path_factory.mktemp("kills")
    house = House(base, 3)
    (house.share / "kept" / "p0.png").write_bytes((house.share / "due" / "p0.png").read_bytes())
    (house.share / "kept" / "again.png").write_bytes((house.share / "due" / "p0.png").read_bytes())
    (house.share / "due" / "p1.png.xmp").write_text("<x:xmpmeta/>")
    (base / "restricted").mkdir()
    file = house.project.settings_path
    places = f'[disposition]\nplaces = {{ restricted = "{base / "restricted"}" }}\n'
    file.write_text(file.read_text("utf-8").replace("[disposition]\n", places), "utf-8")
    house.project.reload()
    house.scan()
    return house


def killed_at(point: int, work: Callable[[], object], names: tuple[str, ...]) -> bool:
    """Do the work in a process that is killed for good right after its call number ``point`` of the system."""
    pid = os.fork()
    if pid == 0:
        as_a_process_of_its_own()
        calls = 0

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **ways: Any) -> Any:
                nonlocal calls
                calls += 1
                if calls == point:
                    if point % 2:
                        real(*args, **ways)
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **ways)

            return call

        for name in names:
            setattr(handles, name, counted(getattr(handles, name)))
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def broken_off(house: House, point: int, work: Callable[[], object]) -> bool:
    house.workspace.close()
    return killed_at(point, work, ("move", "sync", "digest"))


def log_is_whole(house: House, made: MadePlan) -> bool:
    with house.project.store.reading() as connection:
        entries = list(acts_log.read(connection, made.plan_id))
    acted = [one.event.details["number"] for one in entries if one.event.kind == "acted"]
    return first_broken(entries) is None and len(acted) == len(set(acted))


@pytest.mark.parametrize(("act", "points"), [(DisposalAct.ERASE, (5,)), (DisposalAct.RESTRICT, (12,))])
def test_a_run_that_is_killed_goes_on(house: House, act: DisposalAct, points: tuple[int, ...]) -> None:
    before = house.files()
    kills = 0
    for point in points:
        wanted: dict[str, object] = {"places": ("kept/again.png",)} if act is DisposalAct.LINK else {}
        made = house.approved(act=act, **wanted)
        kills += broken_off(house, point, lambda made=made: house.run(made))  # type: ignore[misc]
        house.run(made)
        state = {DisposalAct.RESTRICT: "done"}.get(act, "quarantined")
        assert {one.state for one in list_items(house.project, made.plan_id)} == {state}
        assert not any((house.share / "due").glob("*.png")) or act is DisposalAct.LINK
        assert log_is_whole(house, made)
        kills += broken_off(
            house,
            point,
            lambda made=made: undo(house.project, made.plan_id, by="Ho Mei", reason="test"),  # type: ignore[misc]
        )
        undo(house.project, made.plan_id, by="Ho Mei", reason="test")
        assert {one.state for one in list_items(house.project, made.plan_id)} == {"undone"}
        assert (house.files(), house.quarantined()) == (before, [])
    assert kills >= len(points)


def test_an_end_that_is_killed_goes_on(house: House) -> None:
    made = house.approved()
    house.run(made)
    for point in (1, 4):
        assert broken_off(house, point, lambda: finish(house.project, made.plan_id, early=True))
    assert finish(house.project, made.plan_id, early=True).states == {"done": 3}
    assert (list(house.files()), house.quarantined()) == (["kept/again.png", "kept/p0.png"], [])
    assert log_is_whole(house, made)
