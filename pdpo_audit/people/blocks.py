"""Finding a grid of uniform blocks in a grey crop: the mark that pixelation leaves.

Method: on block borders the mean gradient exceeds that between them; a grid is reported when it does so by a factor of
1.5 at the same period in both directions (99-100 % of faces pixelated to 24..5 blocks, also after JPEG quality 75;
1-2 % of plain faces: docs/people.md).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pdpo_audit.people.arrays import Floats, Pixels

_RATIO = 1.5
_SMALLEST_PERIOD, _FEWEST_BLOCKS = 2.5, 3.5
_PEAKS, _HARMONICS = 4, 4


def blocks_across(grey: Pixels) -> float | None:
    """How many blocks lie across the width of ``grey`` (height x width), ``None`` where there is no grid."""
    values = grey.astype(np.float32)
    across = np.abs(np.diff(values, axis=1)).mean(axis=0)
    down = np.abs(np.diff(values, axis=0)).mean(axis=1)
    longest = min(len(across), len(down)) / _FEWEST_BLOCKS
    best, period = 0.0, 0.0
    for candidate in sorted(set(_periods(across)) | set(_periods(down))):
        if _SMALLEST_PERIOD <= candidate <= longest:
            ratio = min(_border_ratio(across, candidate), _border_ratio(down, candidate))
            if ratio > best * 1.1:  # of a period and its parts the first that is clearly best
                best, period = ratio, candidate
    return grey.shape[1] / period if best > _RATIO else None


def _periods(profile: Floats) -> Iterable[float]:
    """Candidate periods: the strongest frequencies of the gradient profile, and what they may be harmonics of."""
    if len(profile) < 8:
        return
    padded = 4 * len(profile)
    spectrum = np.abs(np.fft.rfft(profile - profile.mean(), padded))
    spectrum[: padded // max(4, len(profile))] = 0
    inner = spectrum[1:-1]
    peaks = 1 + np.nonzero((inner >= spectrum[:-2]) & (inner > spectrum[2:]))[0]
    for peak in peaks[np.argsort(-spectrum[peaks])[:_PEAKS]]:
        for harmonic in range(1, _HARMONICS + 1):
            yield round(harmonic * padded / int(peak), 2)


def _border_ratio(profile: Floats, period: float) -> float:
    """Mean gradient on the borders of a grid of this period, over that between them, at the best phase."""
    places = np.arange(len(profile))
    best = 0.0
    for phase in np.arange(0.0, period, 0.5):
        borders = np.zeros(len(profile), bool)
        marks = np.round(np.arange(phase, len(profile) - 0.5, period)).astype(int)
        borders[marks[marks < len(places)]] = True
        if borders.all() or not borders.any():
            continue
        best = max(best, float(profile[borders].mean() / (profile[~borders].mean() + 0.5)))
    return best
