"""Clear pictures for a while: one reason for every copy of a case, or of a batch, in one session."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pdpo_audit.workspace.review.reviewers import Reviewer

#: For so long; then the reason has to be given again.
LASTS = timedelta(minutes=30)
#: Sessions that are remembered; the oldest go first.
_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Pictures of these cases are shown as they are, for this reason, until then."""

    reason: str
    cases: frozenset[str]
    until: datetime


@dataclass(kw_only=True)
class Reveals:
    """What each session has asked to see; held in memory only, gone when the server ends."""

    _of: dict[bytes, Reveal] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, reviewer: Reviewer, reason: str, cases: Collection[str], now: datetime) -> None:
        """Show the pictures of some cases as they are from now on; what was asked for before ends."""
        with self._lock:
            self._of.pop(reviewer.session, None)
            self._of[reviewer.session] = Reveal(reason=reason, cases=frozenset(cases), until=now + LASTS)
            while len(self._of) > _MOST:
                self._of.pop(next(iter(self._of)))

    def of(self, reviewer: Reviewer, case: str, now: datetime) -> Reveal | None:
        """What this session asked for, where it holds for a case now."""
        with self._lock:
            found = self._of.get(reviewer.session)
            if found is not None and found.until <= now:
                del self._of[reviewer.session]
                found = None
        return found if found is not None and case in found.cases else None

    def end(self, reviewer: Reviewer) -> None:
        """Cover everything again."""
        with self._lock:
            self._of.pop(reviewer.session, None)
