"""Batches in guarded processes: whatever one item does costs that item, never the run."""

from pdpo_audit.execution.batches import map_bounded
from pdpo_audit.execution.guards import Bounds, attempt, begin, each_in_time, left_of_time
from pdpo_audit.execution.hearing import MOST_NOTES, Notes, Told, hearing, telling, unheard
from pdpo_audit.execution.machine import fitting_workers, machine_memory
from pdpo_audit.execution.opening import open_cluster, open_executor
from pdpo_audit.execution.pool import Processes, WorkerDied

__all__ = [
    "MOST_NOTES",
    "Bounds",
    "Notes",
    "Processes",
    "Told",
    "WorkerDied",
    "attempt",
    "begin",
    "each_in_time",
    "fitting_workers",
    "hearing",
    "left_of_time",
    "machine_memory",
    "map_bounded",
    "open_cluster",
    "open_executor",
    "telling",
    "unheard",
]
