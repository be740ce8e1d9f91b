"""Ten years of a simulated clock: every slot ends exactly once, performed or recorded as missed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.catalogue.schedules.slots import load_slots, states
from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.model.reviews.plans import Plan, Slot, SlotRecord, SlotState
from pdpo_audit.scheduling.slots import next_slots, slots
from pdpo_audit.scheduling.working_days import is_working_day
from pdpo_audit.workspace.plans.planning import Wish, add_plan, change_plan, pause_plan, remove_plan
from pdpo_audit.workspace.plans.running_due import Performed, run_due
from pdpo_audit.workspace.project import HONG_KONG, Project

RULES = (
    "monthly", "quarterly", "weekly", "last weekday of the quarter", "every 6 months", "first Monday of the month",
    "31st of the month", "yearly", "FREQ=MONTHLY;BYMONTHDAY=1,15",
)  # fmt: skip
BEGIN, END = datetime(2026, 2, 27, 8, tzinfo=HONG_KONG), datetime(2036, 3, 5, tzinfo=HONG_KONG)


class Office:
    """A workspace with two machines that wake up when they are on, and people who change their minds."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = BEGIN
        self.reviews: list[tuple[str, date]] = []
        self.missed: list[tuple[str, date]] = []
        Workspace.create(folder).close()
        self.machines = [Workspace.open(folder, clock=lambda: self.now) for _ in range(2)]

    @property
    def project(self) -> Project:
        return self.machines[0].project

    def perform(self, project: Project, plan: Plan, slot: Slot) -> Performed:
        fate = self.chance.random()
        if fate < 0.05:
            raise MachineError("the disk is full")
        if fate < 0.10:
            raise KeyboardInterrupt
        self.reviews.append((slot.plan, slot.day))
        return Performed(audit_id=f"A{len(self.reviews)}", sealed=True)

    def wake_up(self, machine: Workspace) -> None:
        try:
            woken = run_due(machine.project, self.perform, self.note)
        except KeyboardInterrupt:
            return
        if not woken.failed and self.chance.random() < 0.2:
            assert run_due(machine.project, self.refuse, self.note).missed == ()

    def succeed(self, project: Project, plan: Plan, slot: Slot) -> Performed:
        self.reviews.append((slot.plan, slot.day))
        return Performed(audit_id="last", sealed=True)

    def note(self, project: Project, record: SlotRecord, done: Performed | None) -> None:
        if done is None:
            self.missed.append((record.plan, record.day))

    def refuse(self, project: Project, plan: Plan, slot: Slot) -> Performed:
        raise AssertionError(f"{slot} is performed twice")

    def change_minds(self) -> None:
        name, rule = self.chance.choice("ab"), self.chance.choice(RULES)
        plan = load_plans(self.project.store)[name][-1].plan
        if plan is None:
            add_plan(self.project, name, Wish(every=rule), by="Ho Mei")
        elif plan.paused:
            pause_plan(self.project, name, by="Ho Mei", pause=False)
        else:
            self.change(name, rule)

    def change(self, name: str, rule: str) -> None:
        match self.chance.randrange(6):
            case 0:
                remove_plan(self.project, name, by="Ho Mei")
            case 1:
                pause_plan(self.project, name, by="Ho Mei")
            case 2 | 3:
                ahead = self.now.date() + timedelta(days=self.chance.randrange(1, 90))
                change_plan(self.project, name, Wish(every=rule, starts_on=ahead), by="Ho Mei")
            case _:
                change_plan(self.project, name, Wish(every=rule), by="Ho Mei")

    def live(self) -> Iterator[date]:
        """Days on which at least one machine was on, with whole weeks and months of downtime in between."""
        while self.now < END:
            for machine in self.chance.sample(self.machines, 2):
                if self.chance.random() < 0.7:
                    self.wake_up(machine)
            yield self.now.date()
            pause = self.chance.choice((1, 1, 3, 7, 9, 14, 40, 150 if self.chance.random() < 0.2 else 20))
            self.now += timedelta(days=pause, hours=self.chance.randrange(12))

    def planned(self) -> list[Slot]:
        """Every slot that came, of all plans."""
        histories = load_plans(self.project.store).values()
        found = [slot for history in histories for slot in slots(history, self.now.date())]
        return [slot for slot in found if slot.due_on <= self.now.date()]

    def check_next(self) -> None:
        """What comes next is due after everything that ended."""
        today, recorded = self.now.date(), load_slots(self.project.store)
        for name, history in load_plans(self.project.store).items():
            known = states(recorded.get(name, {}))
            coming = next((one for one in next_slots(history, known, today) if one.day not in known), None)
            ended = [slot.due_on for slot in slots(history, today) if slot.day in known]
            if coming is not None and ended:
                assert coming.due_on > max(ended)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_slot_of_ten_years_ends_exactly_once(tmp_path: Path, seed: int) -> None:
    office = Office(tmp_path / "audit", seed)
    for name in "ab":
        add_plan(office.project, name, Wish(every="monthly"), by="Ho Mei")
    for _ in office.live():
        if office.chance.random() < 0.03:
            with suppress(CallError):
                office.change_minds()
        if office.chance.random() < 0.2:
            office.check_next()
    office.perform = office.succeed  # type: ignore[method-assign]
    office.wake_up(office.machines[0])
    planned = office.planned()
    assert len(planned) > 100
    assert Counter(office.reviews + office.missed) == Counter((slot.plan, slot.day) for slot in planned)
    assert all(is_working_day(slot.due_on) for slot in planned)
    for name in "ab":
        assert all(before.due_on < after.due_on for before, after in pairwise(s for s in planned if s.plan == name))
    recorded = [record for records in load_slots(office.project.store).values() for record in records.values()]
    assert {(one.plan, one.day) for one in recorded if one.state is SlotState.MISSED} == set(office.missed)
    assert {(one.plan, one.day) for one in recorded if one.state is SlotState.PERFORMED} == set(office.reviews)
