"""Workers opened as the settings say: processes of this machine, or those of a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.model.locations.executors import Tls, read_executor
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.ports import Progress, Source

if TYPE_CHECKING:
    from pdpo_audit.execution.cluster import Cluster
    from pdpo_audit.settings import Settings

#: What the workers need, loaded once for all of them: imagehash and what it loads when it is first used, too.
PRELOADED = ("pdpo_audit.workers", "imagehash", "scipy.fftpack")
#: What makes a process one that decodes pictures; named, so that this one need not load it.
PREPARE = "pdpo_audit.imaging.process:prepare"
#: Batches that a cluster holds at least: one that grows with its work must see some.
_LEAST_IN_FLIGHT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A workspace as far as its workers depend on it: its ``folder`` and ``settings``, and its sources when asked."""

    folder: Path
    settings: Settings
    sources: Callable[[], Sequence[Source]]
    progress: Progress


def open_workers(site: Site, workers: int | None, *, gentle: bool, fork: bool) -> tuple[Executor, int]:
    """An executor, and how many batches it may hold.

    ``workers`` processes of this machine where a number is given, else what the settings name. Each may use so much
    memory as they say, and no more work at once than the machine has memory for.

    :raises MachineError: a cluster is not reached, or has a worker that is not fit.
    """
    stated = read_executor(site.settings.execution.executor)
    if workers is None and stated.is_cluster:
        cluster = connect(site, gentle=gentle)
        try:
            cluster.open()
        except BaseException:
            cluster.shutdown(wait=False)
            raise
        return cluster, max(_LEAST_IN_FLIGHT, 2 * cluster.threads + 1)
    from pdpo_audit.execution import Bounds, fitting_workers, machine_memory, open_executor

    memory = site.settings.execution.worker_memory
    named = stated.workers if workers is None else workers
    wanted = max(1, (os.cpu_count() or 1) if named is None else named)
    count = fitting_workers(wanted, memory, machine_memory())
    if count < wanted:
        site.progress.note(
            f"{amount(count, 'worker')} of {wanted}: no more of {memory / 1e9:.1f} GB fit into this machine"
        )
    executor = open_executor(
        f"processes:{count}", preload=PRELOADED, gentle=gentle, bounds=Bounds(memory=memory), prepare=PREPARE, fork=fork
    )
    return executor, 2 * count + 1


def connect(site: Site, *, gentle: bool = False) -> Cluster:
    """The cluster that the settings name, connected; nobody has looked at its workers yet."""
    from pdpo_audit.execution import Bounds, open_cluster
    from pdpo_audit.workspace.executing.fitness import fitness_of

    execution = site.settings.execution
    files = {name: str(site.folder / Path(value).expanduser()) for name, value in execution.tls if value}
    return open_cluster(
        execution.executor,
        preload=PRELOADED,
        gentle=gentle,
        bounds=Bounds(memory=execution.worker_memory),
        prepare=PREPARE,
        check=fitness_of(site.settings, site.sources()),
        tls=Tls(**files),
        told=site.progress.note,
    )
