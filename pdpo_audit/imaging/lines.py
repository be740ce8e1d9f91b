"""Hashes of what is written on a page, line by line in short pieces: what tells two pages of one template apart.

A piece is about seven times as long as its line is high and lies between the ends of a line of text, so that it is
found again in a copy of another size, turned by some degrees, scanned or trimmed. Nothing can be read from it: it is 64
signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import RECORD

_Grey = NDArray[np.uint8]
_Floats = NDArray[np.float64]

#: Side (pixels) at which tones are counted, how many tones a page has, of so many levels each, and the share of it
#: that has them. Of 288 made pages and poor copies the least share was 0.71; 15 % of 160 photographs have more.
_SIDE, _TONES, _LEVELS, _PAGE = 200, 3, 17, 0.7
#: Levels by which strokes stand out of their ground at least, and the share of what the strongest hundredth does.
_STROKE, _OF_STRONGEST = 24, 0.25
#: What characters, or characters that touch, measure: heights (pixels), times as wide, pixels, share of its box that
#: is filled.
_HEIGHTS, _WIDE, _LEAST, _FILLED = (4, 60), 40, 6, (0.2, 0.92)
#: What is so many times as high as usual and filled less is the frame of a field.
_TALLER, _BOX = 1.7, 0.35
#: Heights of a character between which a line goes on; a line has so many pixels, and is so many characters long.
_GAP, _FEWEST, _LONG = 1.6, 20, 1.5
#: A line of so many heights tells how the page is turned, by no more than this slope; heights (standard deviations of
#: ink).
_TELLING, _STEEPEST, _OWN, _TALL = 12.0, 0.08, 0.03, 4.5
#: Heights that a piece is long; samples along and across it; frequencies along and across it.
_PIECE, _SAMPLES, _WAVES = 7.0, (32, 8), (16, 4)
#: A line is cut both ways where it lies so near to the middle between two numbers of pieces.
_BETWEEN = 0.25
#: A picture with fewer pieces is no page, and of one with more every second, third, ... is kept.
_PIECES = (10, 448)

#: Bits of a piece that are inverted when the page stands on its head.
TURNED = sum(
    1 << (63 - (along - 1) - 16 * across) for across in range(4) for along in range(1, 17) if (along + across) % 2
)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of text: left ends, lengths, the middle of their ink, slopes and heights (pixels)."""

    left: _Floats
    length: _Floats
    across: _Floats
    down: _Floats
    slope: _Floats
    height: _Floats


def may_be_written(grey: _Grey) -> bool:
    """Whether a picture has so few tones that it may be a page."""
    factor = max(1, max(grey.shape) // _SIDE)
    size = max(1, grey.shape[1] // factor), max(1, grey.shape[0] // factor)
    small = cv2.medianBlur(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), 5)
    counts = np.bincount(small.ravel(), minlength=256).astype(np.float64)
    found, half = 0.0, _LEVELS // 2
    for _ in range(_TONES):
        runs = np.convolve(counts, np.ones(_LEVELS), "same")
        tone = int(runs.argmax())
        found += float(runs[tone])
        counts[max(0, tone - half) : tone + half + 1] = 0
    return found >= _PAGE * small.size


def describe_lines(grey: _Grey) -> bytes:
    """The pieces of the lines of a page (luma, 800 pixels or more along the longer side) as packed ``RECORD``s; empty
    where little is written."""
    standing = _standing(grey)
    lines = _lines(standing)
    if lines is None:
        return b""
    cuts, counts = _cuts(lines)
    if int(counts.sum()) < _PIECES[0]:
        return b""
    cut = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(cut)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = slice(None, None, -(-len(cut) // _PIECES[1]))
    return _pack(standing, lines, cuts[cut[kept]], place[kept], counts[cut[kept]])


def _cuts(lines: _Lines) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Into how many pieces each line is cut: the line, and the number. One that lies between two numbers is cut both
    ways, for a copy may be measured a little higher or lower."""
    wanted = lines.length / (_PIECE * lines.height)
    counts = np.maximum(1, np.round(wanted)).astype(np.int64)
    other = np.where(wanted > counts, counts + 1, counts - 1)
    doubtful = np.flatnonzero((np.abs(wanted - np.floor(wanted) - 0.5) < _BETWEEN) & (other >= 1))
    line = np.concatenate([np.arange(len(counts)), doubtful])
    order = np.argsort(line, kind="stable")
    return line[order], np.concatenate([counts, other[doubtful]])[order]


def _standing(grey: _Grey) -> _Grey:
    """By how many levels each pixel stands out of the ground around it."""
    size = max(1, grey.shape[1] // 4), max(1, grey.shape[0] // 4)
    ground = cv2.medianBlur(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), 9)
    ground = cv2.resize(ground, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.absdiff(cv2.GaussianBlur(grey, (3, 3), 0.7), ground), np.uint8)


def _lines(standing: _Grey) -> _Lines | None:
    ink, height = _characters(standing)
    if ink is None:
        return None
    reach = round(_GAP * height) | 1
    joined = cv2.dilate(ink, np.ones((1, reach), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    places = np.flatnonzero(ink)
    of = labels.ravel()[places]
    y, x = (side.astype(np.float64) for side in np.divmod(places, ink.shape[1]))
    pixels = np.bincount(of, minlength=count)
    n = np.maximum(pixels, 1)

    def mean(values: _Floats) -> _Floats:
        return np.asarray(np.bincount(of, values, minlength=count) / n, np.float64)

    across, down = mean(x), mean(y)
    xx, xy, yy = mean(x * x) - across**2, mean(x * y) - across * down, mean(y * y) - down**2
    left, length = boxes[:, cv2.CC_STAT_LEFT] + reach // 2, boxes[:, cv2.CC_STAT_WIDTH] - 2 * (reach // 2)
    slope = _slopes(xy / np.maximum(xx, 1.0), length > _TELLING * height)
    tall = _TALL * np.sqrt(np.maximum(yy - 2 * slope * xy + slope**2 * xx, 0.5))
    good = (tall <= 4 * height) & (length >= _LONG * height) & (pixels >= _FEWEST)
    good[0] = False  # the ground
    sides = (left.astype(np.float64), length.astype(np.float64), across, down, slope, tall)
    return _Lines(*(side[good] for side in sides))


def _characters(standing: _Grey) -> tuple[_Grey | None, float]:
    """The ink (0 or 1) of what may be characters, and how high these are."""
    running = np.bincount(standing[::2, ::2].ravel(), minlength=256).cumsum()
    strongest = int(np.searchsorted(running, 0.99 * running[-1]))
    _, ink = cv2.threshold(standing, max(_STROKE, int(_OF_STRONGEST * strongest)), 1, cv2.THRESH_BINARY)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width, area = (boxes[:, one] for one in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    box = height.astype(np.int64) * width
    written = (height >= _HEIGHTS[0]) & (height <= _HEIGHTS[1]) & (width <= _WIDE * height) & (area >= _LEAST)
    written &= (area > _FILLED[0] * box) & ((area < _FILLED[1] * box) | (width < height))
    written[0] = False  # the ground
    if int(written.sum()) < _PIECES[0]:
        return None, 0.0
    usual = float(np.median(height[written]))
    written &= (height <= 3 * usual) & ((height <= _TALLER * usual) | (area > _BOX * box))
    return np.asarray(written.astype(np.uint8)[labels], np.uint8), usual


def _slopes(own: _Floats, telling: NDArray[np.bool_]) -> _Floats:
    """The slope of each line: that of the page, and a long line's own where it is much the same."""
    telling = telling.copy()
    telling[0] = False
    page = float(np.median(own[telling])) if int(telling.sum()) >= 3 else 0.0
    page = page if abs(page) <= _STEEPEST else 0.0
    return np.where(telling & (np.abs(own - page) < _OWN), own, page)


def _pack(
    standing: _Grey, lines: _Lines, line: NDArray[np.int64], place: NDArray[np.int64], counts: NDArray[np.int64]
) -> bytes:
    """The pieces at their ``place`` in a ``line`` that is cut into ``counts``."""
    width = lines.length[line] / counts
    left = lines.left[line] + place * width
    slope, height = lines.slope[line], lines.height[line]
    base = lines.down[line] - slope * lines.across[line]
    along = (np.arange(_SAMPLES[0], dtype=np.float32) + np.float32(0.5)) / np.float32(_SAMPLES[0])
    across = (np.arange(_SAMPLES[1], dtype=np.float32) + np.float32(0.5)) / np.float32(_SAMPLES[1]) - np.float32(0.5)
    x = left.astype(np.float32)[:, None] + width.astype(np.float32)[:, None] * along
    y = (base.astype(np.float32)[:, None] + slope.astype(np.float32)[:, None] * x)[:, None, :]
    y = y + height.astype(np.float32)[:, None, None] * across[None, :, None]
    x = np.broadcast_to((x - np.float32(0.5))[:, None, :], y.shape)
    shape = len(line), _SAMPLES[0] * _SAMPLES[1]
    patches = cv2.remap(standing, x.reshape(shape), y.reshape(shape), cv2.INTER_LINEAR)
    signs = patches.astype(np.float32) @ _waves() > 0
    records = np.zeros(len(line), RECORD)
    records["hash"] = np.packbits(signs, axis=1).view(">u8").ravel()
    middle, unit = left + width / 2, 65536 / max(standing.shape)
    for name, values in (("x", middle), ("y", base + slope * middle), ("size", width)):
        records[name] = np.clip(values * unit, 0, 65535)
    records["angle"] = np.round(np.arctan(slope) * (32768 / np.pi)).astype(np.int64) & 0xFFFF
    return records.tobytes()


@cache
def _waves() -> NDArray[np.float32]:
    """What makes of a piece its lowest cosine coefficients that change along it."""
    along = (np.arange(_SAMPLES[0]) + 0.5) / _SAMPLES[0]
    across = (np.arange(_SAMPLES[1]) + 0.5) / _SAMPLES[1]
    right = np.cos(np.pi * np.arange(1, _WAVES[0] + 1)[:, None] * along)
    down = np.cos(np.pi * np.arange(_WAVES[1])[:, None] * across)
    made = np.einsum("vy,ux->yxvu", down, right)
    return np.asarray(made.reshape(_SAMPLES[0] * _SAMPLES[1], _WAVES[0] * _WAVES[1]), np.float32)
