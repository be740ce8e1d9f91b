"""From the settings to disposers and declared places: only folders, and only the roots that were scanned."""

from __future__ import annotations

import os
from pathlib import Path

from pdpo_audit.catalogue import roots as rooted
from pdpo_audit.catalogue.whereabouts import find_source
from pdpo_audit.disposition.acts.folders import FolderDisposer
from pdpo_audit.model.disposition.acts import Detail, DisposalAct
from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.ports.disposers import Disposer, LeftAlone
from pdpo_audit.sources.roots import identify
from pdpo_audit.workspace.project import Project


def root_of(project: Project, source: str) -> bytes:
    """The folder of a source.

    :raises LeftAlone: it is no folder, or no source of the settings any more.
    """
    folder = project.folder_of(source)
    if folder is None:
        raise LeftAlone(Detail.NO_DISPOSER, "nothing here acts at such a place")
    return os.fsencode(folder)


def open_disposer(project: Project, source: str) -> Disposer:
    """The disposer of a source, on the very folder that was scanned.

    :raises LeftAlone: the source is not there, is another folder or store than the one scanned, or was never scanned.
    """
    root = root_of(project, source)
    number, now = find_source(project.store, source), identify(root)
    known = rooted.load_root(project.store, number) if number is not None else None
    if now is None or known is None or known.identity is None:
        raise LeftAlone(Detail.NOT_REACHED, "the source is not there, or was never scanned")
    if not known.identity.is_same_store(now) or (now.linked and not known.identity.linked):
        raise LeftAlone(Detail.NOT_REACHED, "another folder or store lies at its place than the one that was scanned")
    mark = project.memory.mark()[:12].encode()
    return FolderDisposer(root=root, mark=mark, device=now.device, inode=now.inode)


def disposer_of_place(root: bytes) -> Disposer:
    """A disposer of a declared place."""
    return FolderDisposer(root=root, mark=b"place", device=0, inode=0)


def place_of(project: Project, plan_id: str, item: PlanItem) -> tuple[bytes, bytes]:
    """Where a copy is moved to: the declared folder, and the folder of its plan and source in it.

    :raises LeftAlone: the settings declare none.
    """
    places = project.settings.disposition.places
    declared = places.taken_down if item.act is DisposalAct.TAKE_DOWN else places.restricted
    if not declared:
        raise LeftAlone(Detail.NOT_ALLOWED, f"[disposition] places names no folder for {item.act.value}")
    root = os.fsencode(os.path.normpath(project.folder / Path(declared).expanduser()))
    return root, f"{plan_id}/{item.source.replace('/', '_')}".encode()
