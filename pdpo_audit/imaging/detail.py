"""How fine the detail of a picture really is: an enlarged or blurred copy has fewer frequencies than pixels."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

#: Side of the windows whose spectra are averaged, and how many of them at most.
_WINDOW, _MOST = 128, 12
#: Frequencies (shares of the finest that pixels can carry) at which the power is read.
_BANDS = np.arange(0.10, 1.001, 0.075)
#: Photographs lose power with the 2nd to 3rd power of the frequency; enlarged by a half or more, or blurred by more
#: than a pixel, with the 5th to 9th beyond the point where their detail ends (measured on 15 photographs x 8 variants).
_STEEP = 5.0


def detail_share(grey: NDArray[np.uint8]) -> float:
    """The share (0.1 to 1) of the frequencies up to the limit of its pixels at which a picture still has detail.

    ``grey`` must not have been reduced. Pictures below 128 pixels a side count as 1: too little to tell.
    """
    if min(grey.shape) < _WINDOW:
        return 1.0
    power = np.log10(_power(grey) + 1e-6)
    middles = (_BANDS[:-1] + _BANDS[1:]) / 2
    span = 4
    for start in range(len(middles) - span):
        rise = np.log10(middles[start + span] / middles[start])
        if (power[start] - power[start + span]) / rise > _STEEP:
            return float(np.sqrt(middles[start] * middles[start + span]))
    return 1.0


def _power(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean power in each ring of frequencies, over windows spread evenly over the picture."""
    rows, columns = grey.shape[0] // _WINDOW, grey.shape[1] // _WINDOW
    places = [(row, column) for row in range(rows) for column in range(columns)]
    places = places[:: max(1, len(places) // _MOST)][:_MOST]
    tiles = np.stack([grey[r * _WINDOW : (r + 1) * _WINDOW, c * _WINDOW : (c + 1) * _WINDOW] for r, c in places])
    flat = tiles.astype(np.float32) - tiles.mean(axis=(1, 2), keepdims=True, dtype=np.float32)
    spectrum = np.abs(np.fft.rfft2(flat * _hann())).astype(np.float64) ** 2
    total = spectrum.sum(axis=0).ravel() / len(tiles)
    ring, count = _rings()
    return np.bincount(ring, weights=total, minlength=len(_BANDS) + 1)[1 : len(_BANDS)] / count


@cache
def _hann() -> NDArray[np.float32]:
    window = np.hanning(_WINDOW)
    return (window[:, None] * window[None]).astype(np.float32)


@cache
def _rings() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For every place of the spectrum the band it lies in (0 below the first), and the size of each band."""
    down, across = np.fft.fftfreq(_WINDOW)[:, None], np.fft.rfftfreq(_WINDOW)[None]
    ring = np.digitize(2 * np.hypot(down, across).ravel(), _BANDS).astype(np.int64)
    count = np.bincount(ring, minlength=len(_BANDS) + 1)[1 : len(_BANDS)]
    return ring, np.maximum(count, 1).astype(np.float64)
