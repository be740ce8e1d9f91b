"""Reviews woken up while the pages are served: by a thread of their own, in a workspace of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pdpo_audit.errors import AuditError
from pdpo_audit.workspace.project import Project

#: Seconds after the start, and between two looks.
FIRST, THEN = 60.0, 900.0


@contextmanager
def ticking(project: Project, *, first: float = FIRST, then: float = THEN) -> Iterator[None]:
    """Look every quarter of an hour whether a review is due, as ``schedule run-due`` does, until the block ends.

    Nobody can be asked for a passphrase: with a locked key a review is an unsealed draft. A look that meets another run
    leaves it at that.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_look, args=(project, ended, first, then), name="reviews", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=5)


def _look(project: Project, ended: threading.Event, first: float, then: float) -> None:
    pause = first
    while not ended.wait(pause):
        pause = then
        own = Project(project.folder, clock=project.clock, actor=project.actor)
        own.passphrase_file = project.passphrase_file
        try:
            _wake_up(own)
        except AuditError as error:
            project.progress.note(f"reviews: {error.message}")
        finally:
            own.close()


def _wake_up(project: Project) -> None:
    from pdpo_audit.catalogue.schedules.plans import load_plans
    from pdpo_audit.workspace.plans.planning import read_settings_once
    from pdpo_audit.workspace.plans.waking import wake_up

    read_settings_once(project)
    if load_plans(project.store):
        wake_up(project, patience=10.0)
