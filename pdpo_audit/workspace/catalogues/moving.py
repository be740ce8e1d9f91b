"""Move the catalogue to another database; the settings name it from the moment on from which it counts."""

from __future__ import annotations

import os
import shutil

import tomlkit

from pdpo_audit.catalogue.care import whole as care
from pdpo_audit.catalogue.care.moving import Moved, move_place
from pdpo_audit.catalogue.database.engines import shown
from pdpo_audit.errors import CallError
from pdpo_audit.model.addresses import PASSWORD_ADVICE, holds_password
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.addresses import URL_VARIABLE, address_with
from pdpo_audit.workspace.catalogues.care import place_of
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.run_lock import run_lock


def move(project: Project, url: str, *, owner_url: str = "", password: str = "", owner_password: str = "") -> Moved:
    """Copy the catalogue to another database and let the settings name that one.

    Passwords are named by reference (``env:VARIABLE``, ``file:PATH``) and never written. Who wants to write meanwhile
    waits, and is told to call again once the settings name the new catalogue. The old one stays as it was. A kill
    leaves the settings with a whole catalogue, the old one or the new.

    :raises CallError: an address holds a password, or a variable names the catalogue.
    :raises MachineError: the other database cannot be reached, or holds something else.
    """
    if any(holds_password(one) for one in (url, owner_url)):
        raise CallError("a password stands in the address; the settings never hold one", advice=PASSWORD_ADVICE)
    if URL_VARIABLE in os.environ:
        raise CallError(
            f"the variable {URL_VARIABLE} names the catalogue, whatever the settings say", advice="unset it first"
        )
    stated = {"url": url, "owner_url": owner_url, "password": password, "owner_password": owner_password}
    with run_lock(project, "catalogue move"):
        target = care.Place(
            url=address_with(url, password, project.folder),
            base=project.folder,
            owner_url=address_with(owner_url, owner_password, project.folder),
        )
        done = move_place(place_of(project), target, lambda: _state(project, stated))
        if done.already:
            return done
        project.close()
        project.reload()
        with project.store.transaction() as transaction:
            told: Details = {"to": shown(url)}
            transaction.append_event("catalogue moved", told, at=project.clock(), actor=project.actor)
        return done


def _state(project: Project, stated: dict[str, str]) -> None:
    """Let the settings say where the catalogue is, in one step; what they said of the old place goes."""
    file = project.settings_path
    document = tomlkit.parse(file.read_text("utf-8"))
    section = document.setdefault("catalogue", tomlkit.table())
    for name, value in stated.items():
        if value:
            section[name] = value
        else:
            section.pop(name, None)
    part = file.with_name(f".{file.name}.part")
    with part.open("w", encoding="utf-8") as out:
        out.write(tomlkit.dumps(document))
        out.flush()
        os.fsync(out.fileno())
    shutil.copymode(file, part)
    part.replace(file)
