"""Who is who in a workspace: the settings' ``[[people]]``, kept with their history in the catalogue."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.errors import CallError

if TYPE_CHECKING:
    from pdpo_audit.settings import PersonSettings
    from pdpo_audit.workspace.project import Project


def person_named(project: Project, name: str) -> PersonSettings | None:
    """The person of this name or login, ``None`` where the settings know nobody so called."""
    from pdpo_audit.settings import plain_name

    wanted = plain_name(name)
    named = (one for one in project.settings.persons if plain_name(one.name) == wanted)
    return next(named, None) or next(
        (one for one in project.settings.persons if one.login and one.login == name.strip()), None
    )


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


def check_speaker(
    project: Project, name: str, role: str = "", on: date | None = None, *, deciding: bool = True
) -> None:
    """Who speaks is one of ``[[people]]``, where the settings have it, still here, and has the role that is named.

    Who only looks or sets up says nothing that counts, but for what is not ``deciding``.

    ``on`` is the day on which they say it (today). A deputy speaks with the roles of whom he stands in for. Where the
    settings name nobody, every name is taken, in any of the roles there are.

    :raises CallError: there is no such role, or the settings do not know this person, or not in this role.
    """
    from pdpo_audit.policy.stating.decisions import ROLES
    from pdpo_audit.settings import plain_name

    _check_role(role.strip())
    refuse_leaver(project, name, on)
    settings = project.settings
    if not settings.persons or not name.strip():
        return
    speaker, person = plain_name(name), person_named(project, name)
    roles = {str(role) for role, holder in settings.organisation.roles.items() if plain_name(holder) == speaker}
    if person is None and not roles:
        known = ", ".join(one.name for one in settings.persons)
        raise CallError(
            f"{name} is not in [[people]]", advice=f"{project.settings_path.name} names {known}; add who is missing"
        )
    if person is not None:
        roles |= set(person.roles)
        roles |= {role for one in settings.persons if one.deputy == person.name for role in one.roles}
    if deciding and not roles & set(ROLES):
        raise CallError(
            f"{name} is {', '.join(sorted(roles)) or 'in no role'}, and does not decide",
            advice=f"mend roles in [[people]] of {project.settings_path.name} if that is wrong",
        )
    if role.strip() and role.strip().casefold() not in roles:
        raise CallError(
            f"{name} is not {role.strip()}: {', '.join(sorted(roles)) or 'no role'} is stated",
            advice=f"mend roles in [[people]] of {project.settings_path.name} if that is wrong",
        )


def _check_role(role: str) -> None:
    from pdpo_audit.policy.stating.decisions import ROLES
    from pdpo_audit.policy.terms.facts import nearest

    if role and role.casefold() not in ROLES:
        hint = nearest(role.casefold(), ROLES).removeprefix("; ")
        raise CallError(f'"{role[:40]}" is no role that decides', advice=hint or f"choose one of {', '.join(ROLES)}")


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


def keys_stated(project: Project) -> dict[str, str]:
    """The keys (SHA-256 of the certificate, hex) that the settings name for people who are still here, with whose."""
    today = project.clock().date()
    return {
        one.fingerprint.lower(): one.name
        for one in project.settings.persons
        if one.fingerprint and (one.until is None or one.until >= today)
    }


def record_people(project: Project) -> int:
    """Keep what the settings say of people in the catalogue, where it changed."""
    from pdpo_audit.catalogue.sayings.persons import state_people

    said = {one.name: one.model_dump(exclude={"name"}) for one in project.settings.persons}
    with project.store.transaction() as transaction:
        return state_people(transaction, said, at=project.clock(), by=project.actor)
