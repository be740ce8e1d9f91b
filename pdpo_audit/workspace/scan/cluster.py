"""The cluster that a workspace's settings name, looked at worker by worker."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.errors import AuditError, CallError
from pdpo_audit.model.locations.executors import read_executor
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.workspace.executing.opening import connect
from pdpo_audit.workspace.project import Project, find_workspace
from pdpo_audit.workspace.setup.diagnosis import Symptom


def examine_cluster(place: Path) -> list[Symptom]:
    """Scheduler and workers of the cluster that the workspace around ``place`` names, one by one.

    :raises CallError: there is no workspace, or its settings name no cluster.
    """
    home = find_workspace(place)
    if home is None:
        raise CallError("there is no workspace here", advice="call it in the folder of one")
    project = Project(home)
    named = project.settings.execution.executor
    if not read_executor(named).is_cluster:
        raise CallError(
            f'the settings name no cluster: [execution] executor = "{named}"', advice='write "dask+tls://host:8786"'
        )
    try:
        cluster = connect(project.site())
    except AuditError as error:
        return [_symptom(f"cluster {named}", (error.message,), error.advice)]
    try:
        found = cluster.workers()
    finally:
        cluster.shutdown()
    sources = amount(len(project.settings.sources), "source")
    absent = () if found else ("no worker is connected",)
    return [
        _symptom(f"cluster {named}", absent, "start workers: dask worker ADDRESS"),
        *(
            _symptom(
                f"worker {one.address}", one.problems, "mend it there, or end that worker",
                f"{amount(one.threads, 'batch', 'batches')} at once; same program and engines; {sources} reached",
            )
            for one in found
        ),
    ]  # fmt: skip


def _symptom(subject: str, problems: tuple[str, ...], remedy: str, well: str = "the scheduler answers") -> Symptom:
    if not problems:
        return Symptom(subject=subject, well=True, needed=True, finding=well)
    told = "; ".join(problems)
    return Symptom(subject=subject, well=False, needed=True, finding=told, remedy=remedy, installs=False)
