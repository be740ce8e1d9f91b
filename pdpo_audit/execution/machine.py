"""How much memory this machine lets its programs use, and how many workers fit into it."""

from __future__ import annotations

import os
from pathlib import Path

#: Of the machine's memory this share is for the workers; the rest is for the program itself, the system and its caches.
_FOR_WORKERS = 0.75
#: Where a group of processes (a container, a service) has a limit of its own: version 2, then version 1.
_GROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def machine_memory() -> int:
    """Bytes of memory that this program and its workers may use together: the machine's, or its control group's."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in _GROUP_LIMITS:
        try:
            sizes.append(int(file.read_text()))
        except (OSError, ValueError):  # no such group, or "max"
            continue
    return min(sizes)


def fitting_workers(wanted: int, memory: int, machine: int) -> int:
    """How many of the ``wanted`` workers may run at once, of ``memory`` bytes each, on a machine of ``machine`` bytes.

    At least one; its limit stands whatever the machine has.
    """
    return max(1, min(wanted, int(machine * _FOR_WORKERS) // memory)) if memory else max(1, wanted)
