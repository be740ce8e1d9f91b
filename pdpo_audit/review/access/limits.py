"""How often somebody may come."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

#: Names that are remembered; beyond that the oldest are forgotten first.
_NAMES = 10_000


@dataclass(kw_only=True)
class Allowance:
    """At most so many times in so many seconds, by name."""

    most: int
    seconds: float
    now: Callable[[], float] = time.monotonic
    _taken: dict[str, deque[float]] = field(default_factory=dict)

    def takes(self, name: str) -> bool:
        """Whether ``name`` may once more; counts it where it may."""
        now = self.now()
        times = self._taken.pop(name, deque())
        while times and times[0] <= now - self.seconds:
            times.popleft()
        allowed = len(times) < self.most
        if allowed:
            times.append(now)
        self._taken[name] = times
        while len(self._taken) > _NAMES:
            self._taken.pop(next(iter(self._taken)))
        return allowed
