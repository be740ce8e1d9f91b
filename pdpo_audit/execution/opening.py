"""Executors opened by name: guarded processes of this machine, or those of a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.execution.guards import UNBOUNDED, Bounds
from pdpo_audit.execution.pool import Processes
from pdpo_audit.model.locations.executors import ExecutorPlace, Tls, read_executor

if TYPE_CHECKING:
    from pdpo_audit.execution.cluster import Cluster


def open_executor(
    where: str,
    *,
    preload: Sequence[str] = (),
    gentle: bool = False,
    bounds: Bounds | None = None,
    prepare: str = "",
    fork: bool = False,
) -> Executor:
    """Workers of this machine: ``serial`` (one guarded process), or ``processes:N``.

    :raises CallError: ``where`` names nothing known, or no number of processes.
    """
    place = _read(where)
    if not place.workers:
        raise CallError(f'"{where}" names no executor of this machine', advice='write "serial" or "processes:4"')
    return Processes(place.workers, preload=preload, gentle=gentle, bounds=bounds, prepare=prepare, fork=fork)


def open_cluster(
    where: str,
    *,
    preload: Sequence[str] = (),
    gentle: bool = False,
    bounds: Bounds | None = None,
    prepare: str = "",
    check: Callable[[], Sequence[str]],
    tls: Tls | None = None,
    told: Callable[[str], None],
) -> Cluster:
    """The cluster whose scheduler ``where`` names; its workers live as those of this machine do.

    Every worker passes ``check`` in a child of its own before it gets work: it tells what is wrong there. What should
    be read meanwhile is ``told``. The cluster is connected, and ``Cluster.open`` sees that there are workers.

    :raises CallError: ``where`` names no cluster.
    :raises MachineError: what speaks with clusters is not installed, or the scheduler does not answer.
    """
    place = _read(where)
    if not place.is_cluster:
        raise CallError(f'"{where}" names no cluster', advice='write "dask+tls://host:8786"')
    try:
        from pdpo_audit.execution.cluster import Cluster
    except ModuleNotFoundError as error:
        raise MachineError("a cluster needs the extra dask", advice='pip install "pdpo-audit[dask]"') from error
    from pdpo_audit.execution.there import Conditions

    conditions = Conditions(
        preload=tuple(preload), gentle=gentle, bounds=bounds or UNBOUNDED, prepare=prepare,
        check=pickle.dumps((check, (), {})),
    )  # fmt: skip
    return Cluster(place.address, conditions, tls=tls or Tls(), told=told)


def _read(where: str) -> ExecutorPlace:
    try:
        return read_executor(where)
    except ValueError as error:
        raise CallError(str(error), advice='write "serial", "processes:4" or "dask+tls://host:8786"') from error
