"""How fine the detail of a picture really is: an enlarged or blurred copy has fewer frequencies than pixels."""

from __future__ import annotations

from functools import cache

import cv2
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
    total = np.zeros((_WINDOW, _WINDOW), np.float32)
    for tile in flat * _hann():
        cv2.accumulateSquare(cv2.dft(tile), total)
    return np.asarray(_rings() @ total.ravel().astype(np.float64) / len(tiles), np.float64)


@cache
def _hann() -> NDArray[np.float32]:
    window = np.hanning(_WINDOW)
    return (window[:, None] * window[None]).astype(np.float32)


@cache
def _rings() -> NDArray[np.float64]:
    """What makes of OpenCV's packed spectrum the mean power in each band (a row): the weight of each of its places.

    Real and imaginary parts lie side by side; in the first and last column, which hold half of their frequencies (the
    other half is their mirror image), one below the other.
    """
    half = np.arange(_WINDOW // 2 + 1) / _WINDOW
    sides = np.r_[half[:1], np.repeat(half[1:-1], 2), half[-1:]]  # of the parts, as they are packed
    down, across = np.broadcast_arrays(np.abs(np.fft.fftfreq(_WINDOW))[:, None], sides[None])
    down, times = down.copy(), np.ones(down.shape)
    for column in (0, -1):
        down[:, column] = sides
        times[1:-1, column] = 2
    bands = np.arange(1, len(_BANDS))[:, None]
    ring = np.digitize(2 * np.hypot(down, across).ravel(), _BANDS)
    every = np.digitize(2 * np.hypot(np.fft.fftfreq(_WINDOW)[:, None], half[None]).ravel(), _BANDS)
    count = np.maximum((every == bands).sum(axis=1, keepdims=True), 1)
    return np.asarray((ring == bands) * times.ravel() / count, np.float64)
