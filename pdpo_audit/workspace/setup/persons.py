"""Who is who in a workspace: the settings' ``[[people]]``, kept with their history in the catalogue."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.errors import CallError

if TYPE_CHECKING:
    from pdpo_audit.settings import PersonSettings
    from pdpo_audit.workspace.project import Project


def person_named(project: Project, name: str) -> PersonSettings | None:
    """The person of this name, ``None`` where the settings know nobody so called."""
    from pdpo_audit.settings import plain_name

    wanted = plain_name(name)
    return next((one for one in project.settings.persons if plain_name(one.name) == wanted), None)


def refuse_leaver(project: Project, name: str, on: date | None = None) -> None:
    """What people say ends with their last day; ``on`` is the day on which they say it (today).

    :raises CallError: the settings say that this person has left.
    """
    person = person_named(project, name)
    if person is not None and person.until is not None and person.until < (on or project.clock().date()):
        deputy = f"; the deputy is {person.deputy}" if person.deputy else ""
        raise CallError(
            f"{person.name} left on {person.until} and can say nothing any more{deputy}",
            advice=f"mend until in [[people]] of {project.settings_path.name} if that is wrong",
        )


def stated_certificates(project: Project) -> dict[str, str]:
    """The certificates (SHA-256, hex) that the settings name for people: whose, and who entered it when.

    That is the organisation's own statement and binds nobody until somebody enrolled countersigns it.
    """
    from pdpo_audit.catalogue.sayings.persons import people_history

    today = project.clock().date()
    found = {}
    for person in project.settings.persons:
        if person.fingerprint and (person.until is None or person.until >= today):
            entries = people_history(project.store, person.name)
            entered = next((e for e in entries if e[2] and e[2].get("fingerprint") == person.fingerprint), None)
            by, at = (entered[1], entered[0][:10]) if entered else ("nobody on record", "no day")
            found[person.fingerprint.lower()] = f"{person.name}, entered by {by} on {at}"
    return found


def record_people(project: Project) -> int:
    """Keep what the settings say of people in the catalogue, where it changed."""
    from pdpo_audit.catalogue.sayings.persons import state_people

    said = {one.name: one.model_dump(exclude={"name"}) for one in project.settings.persons}
    with project.store.transaction() as transaction:
        return state_people(transaction, said, at=project.clock(), by=project.actor)
