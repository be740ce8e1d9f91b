"""Identities of elsewhere: whom of ``[[people]]`` a provider or a proxy means, and the session that they open."""

from __future__ import annotations

from pdpo_audit.errors import CallError
from pdpo_audit.settings import PersonSettings
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.invitations import Entered, open_session
from pdpo_audit.workspace.setup.persons import record_people, refuse_leaver


def person_identified(project: Project, value: str) -> PersonSettings | None:
    """Whom an identity means: by e-mail where ``identity_claim`` is ``email``, else by login; nobody where two fit."""
    by_email = project.settings.review.identity_claim == "email"
    wanted = value.casefold() if by_email else value
    found = [
        one
        for one in project.settings.persons
        if wanted and wanted == (one.email.casefold() if by_email else one.login)
    ]
    return found[0] if len(found) == 1 else None


def enter_identified(project: Project, value: str, *, way: str, browser: str) -> Entered:
    """Open a session for whom an identity means; ``way`` says who vouches for it: ``oidc`` or ``header``.

    :raises CallError: it means nobody of ``[[people]]``, or somebody who has left or has no role.
    """
    project.refresh()
    person = person_identified(project, value)
    if person is None or not person.roles:
        raise CallError(
            "nobody in [[people]] has this identity",
            advice=f"state {'email' if project.settings.review.identity_claim == 'email' else 'login'} in [[people]]",
        )
    refuse_leaver(project, person.name)
    record_people(project)
    return open_session(project, person.name, way=way, browser=browser)
