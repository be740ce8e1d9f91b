"""What is said of a cut."""

from __future__ import annotations

from dataclasses import dataclass

#: The upper end of a range of which only the lower end was measured.
MORE = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A threshold: its ``value`` in ``unit``, what it measures, and where it was found.

    ``copies`` and ``strangers`` are the ranges that were measured on either side of it (least, most), over the
    ``corpus``, on the day it was ``measured``; ``None`` where nobody measured that side yet. What lies on the side of
    copies lies below the cut, unless ``above`` says that copies lie above it.
    """

    name: str
    value: float
    unit: str
    what: str
    copies: tuple[float, float] | None = None
    strangers: tuple[float, float] | None = None
    corpus: str
    measured: str
    above: bool = False

    @property
    def margin(self) -> float | None:
        """By how much the nearest stranger lies further than the furthest copy, as a share of the cut; negative where
        the two overlap, ``None`` where a side was not measured."""
        if self.copies is None or self.strangers is None:
            return None
        apart = self.copies[0] - self.strangers[1] if self.above else self.strangers[0] - self.copies[1]
        return apart / self.value if self.value else apart
