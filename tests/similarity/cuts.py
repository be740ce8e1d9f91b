"""What a test of one cut needs: what is measured just below and just above it, and what is told there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pdpo_audit.similarity.comparison.agreement import Agreement
from pdpo_audit.similarity.comparison.alignment import describe, whole_frame
from pdpo_audit.similarity.comparison.laying import FRAME, Laid
from pdpo_audit.similarity.comparison.relations import Tone
from pdpo_audit.similarity.cuts import cut

#: The sides of a case lie no further apart than this (a factor): a cut that is moved by as much is noticed.
CLOSE = 1.6
_SIZE = 300, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``tell`` says what is decided of a measure; the two numbers are written down, not taken from the cut."""

    name: str
    below: float
    above: float
    tell: Callable[[float], Any]


def decides(case: Case) -> tuple[Any, Any]:
    """What is told below and above the cut, which lies between the two."""
    assert case.below <= cut(case.name) <= case.above, "the cut is not where it was: measure both sides anew"
    assert case.above <= CLOSE * case.below, "the sides are too far apart to notice a change"
    return case.tell(case.below), case.tell(case.above)


def laid(*, shift: float = 0.0, tone: float = 0.0, **measured: float) -> Laid:
    """Two photographs in one frame that agree but for what was ``measured``."""
    agreement = Agreement(explained=0.9, plain=0.1, strange=0.0, missing=0.1, other=0.0, replaced_coarse=1.0)
    agreement = replace(agreement, **measured)  # type: ignore[arg-type]
    frame = whole_frame(0, _SIZE, _SIZE)
    frame[0, 2] += shift
    change = Tone(change=tone, patch=0.0)
    return Laid(transform=frame, geometry=describe(frame, _SIZE, _SIZE), agreement=agreement, tone=change, how=FRAME)
