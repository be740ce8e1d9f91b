"""A lost key of the catalogue's memory: looked at, and another one made when a named person says so."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.catalogue.memory import forget_keyed
from pdpo_audit.catalogue.sayings.holds import SELECTED
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.memory_key import MEMORY_KEY, make_key, memory_fault
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import check_speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeAnew:
    """What another key cost: the first days that are forgotten, and the holds that are on every copy from now on."""

    first_days: int
    holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChecked:
    """What is wrong with the key (empty: nothing), and what another one cost where one was made."""

    found: str
    anew: MadeAnew | None = None


def check_key(project: Project, *, anew: bool = False, by: str = "") -> KeyChecked:
    """Look whether the key belongs to the catalogue; with ``anew`` another takes the place of a lost one."""
    done = make_anew(project, by=by) if anew else None
    return KeyChecked(found=memory_fault(project.folder, project.store), anew=done)


def make_anew(project: Project, *, by: str) -> MadeAnew:
    """Make another key for a catalogue whose own is lost; a named person says so, and no hold selects less.

    :raises CallError: nobody is named, or the key is there and fits.
    """
    if not any(char.isalpha() for char in by):
        raise CallError("another key needs the person who says that the first is lost", advice='--by "Chan Tai Man"')
    check_speaker(project, by)
    if not memory_fault(project.folder, project.store):
        raise CallError(f"{MEMORY_KEY} is there and belongs to the catalogue, or nothing was kept under one yet")
    memory = make_key(project.folder, project.entropy)
    with project.store.transaction() as transaction:
        days, holds, selected = forget_keyed(transaction, memory)
        told: Details = {"by": by, "first_days": days, "holds": holds, SELECTED: selected}
        transaction.append_event("memory key made anew", told, at=project.clock(), actor=project.actor)
    return MadeAnew(first_days=days, holds=holds)
