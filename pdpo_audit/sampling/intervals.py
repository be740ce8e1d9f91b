"""Totals and shares of a whole from stratified random samples without replacement, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

#: Two-sided 95 %.
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number that a sample says, and the interval that covers the truth in 95 of 100 samples."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Estimate:
        """The same in another unit."""
        return Estimate(value=self.value * factor, low=self.low * factor, high=self.high * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A part of the whole of ``size`` units, and what was measured on the units drawn from it."""

    size: int
    measured: NDArray[np.float64]


def estimate_total(strata: Sequence[Stratum], *, at_least: float = 0.0) -> Estimate:
    """The total over all units (Cochran, Sampling Techniques, 5.3 and 5.4): Student's t with Satterthwaite's degrees.

    A stratum that was read whole is known. ``at_least`` bounds the interval: what was seen itself is there.
    """
    total = variance = denominator = 0.0
    for one in strata:
        drawn = len(one.measured)
        if not drawn:
            continue
        total += one.size * float(one.measured.mean())
        if drawn < one.size and drawn > 1:
            part = one.size**2 * (1 - drawn / one.size) * float(one.measured.var(ddof=1)) / drawn
            variance += part
            denominator += part**2 / (drawn - 1)
    freedom = variance**2 / denominator if denominator else inf
    half = _student(freedom) * sqrt(variance)
    return Estimate(value=total, low=max(total - half, at_least), high=max(total + half, at_least))


def estimate_share(strata: Sequence[Stratum]) -> Estimate:
    """The share of units with a trait (measured 1 or 0): Wilson's interval with the sample's effective size.

    The effective size is that of a simple random sample with the same variance (Korn and Graubard 1998, with Wilson).
    """
    size = sum(one.size for one in strata if len(one.measured))
    if not size:
        return Estimate(value=0.0, low=0.0, high=1.0)
    share = variance = 0.0
    for one in strata:
        drawn = len(one.measured)
        if drawn:
            weight, found = one.size / size, float(one.measured.mean())
            share += weight * found
            variance += weight**2 * (1 - drawn / one.size) * _bernoulli(found, drawn)
    drawn = sum(len(one.measured) for one in strata)
    if all(len(one.measured) == one.size for one in strata if len(one.measured)):
        return Estimate(value=share, low=share, high=share)
    plain = share * (1 - share)
    effective = min(plain / variance, float(size)) if variance > 0 and plain > 0 else float(drawn)
    return wilson(share, effective)


def wilson(share: float, drawn: float) -> Estimate:
    """Wilson's 95 % interval of a share among ``drawn`` units (Wilson 1927)."""
    if drawn <= 0:
        return Estimate(value=share, low=0.0, high=1.0)
    centre = (share + _Z**2 / (2 * drawn)) / (1 + _Z**2 / drawn)
    half = _Z / (1 + _Z**2 / drawn) * sqrt(share * (1 - share) / drawn + _Z**2 / (4 * drawn**2))
    return Estimate(value=share, low=max(0.0, centre - half), high=min(1.0, centre + half))


def _bernoulli(share: float, drawn: int) -> float:
    return share * (1 - share) / (drawn - 1) if drawn > 1 else 0.25


def _student(freedom: float) -> float:
    """Student's t for two-sided 95 % (Abramowitz and Stegun 26.7.5); the normal one for endless degrees."""
    if freedom == inf:
        return _Z
    z, n = _Z, max(freedom, 1.0)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2) + third / n**3
