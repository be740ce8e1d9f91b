"""Which of two copies was made from the other: what framing, recolouring and laying something over them leave."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.alignment import inverse
from pdpo_audit.similarity.cuts import cut

_Rgb = NDArray[np.uint8]
_Grey = NDArray[np.uint8]

#: Points along each edge of the inner picture at which the outer one is read, and how far outside (pixels):
#: closer where the outer one ends there.
_ALONG, _OUTSIDE, _CLOSE_OUTSIDE = 40, (4.0, 7.0), (2.0, 3.0)
#: How far inside (pixels) the picture itself is read; so many levels from the ground beyond are something else.
_INSIDE, _STEP = -4.0, cut("ground_step")
#: Share of the edges at which that stops beside a frame; at which it may go on beyond them, in all and of what stops.
#: Measured on 96 pictures with a border, bars, a caption, a page around them (96 % found, the rest left open) and as
#: many crops of four sizes (2 of 384 taken for framed).
_STOPS, _GOES_ON, _OF_WHICH = cut("stops"), cut("goes_on"), cut("goes_on_of_stops")
#: A frame drawn around a picture has one tone (give or take grey levels) along this share of an edge, whatever is
#: written on the rest; scenery has not.
_EVEN, _EVEN_SHARE = int(cut("even_tone")), cut("even_share")
#: Mean colourfulness (levels, ``comparison.pictures``) of a grey picture, and of one in colour.
_GREY, _COLOURED = cut("grey_colours"), cut("colours")
#: Share of pixels that ran into black or white, with so many levels of tones (the middle 80 %) in the other picture,
#: from which on that is no chance.
_CLIPPED, _TONES = cut("clipped"), cut("clipped_tones")
#: Levels by which a patch differs, its least area (pixels), and how much steeper (Sobel) the picture that it was laid
#: over is across its outline. Measured on 48 stickers and bars: 28 to 498.
_DIFFERENT, _LEAST_PATCH, _OUTLINED = cut("patch_levels"), cut("least_patch"), cut("outlined")


def surrounded(outer: NDArray[np.uint8], to_inner: NDArray[np.float64], inner: tuple[int, int]) -> bool | None:
    """Whether what ``outer`` (grey) shows beyond the inner picture was put around it: a border, bars, a page.

    ``to_inner`` maps places of the outer picture to the inner one, of height and width ``inner``. ``None`` where
    that does not show: hardly anything lies beyond, or the picture itself has an even ground that goes on at some edge.
    """
    sides = _sides(outer, inverse(to_inner), inner, _OUTSIDE) or _sides(outer, inverse(to_inner), inner, _CLOSE_OUTSIDE)
    if not sides:
        return None
    if not all(even for even, _, _ in sides):
        return False
    stops, goes_on = (float(np.mean(shares)) for shares in list(zip(*sides, strict=True))[1:])
    if goes_on > _GOES_ON and goes_on > _OF_WHICH * stops:
        return False
    return True if stops > _STOPS else None


def _sides(
    outer: NDArray[np.uint8], back: NDArray[np.float64], inner: tuple[int, int], outside: tuple[float, float]
) -> list[tuple[bool, float, float]]:
    """What ``_side`` tells of each side of the inner picture beyond which there is something."""
    height, width = inner
    along = np.linspace(0.08, 0.92, _ALONG)
    sides = []
    for x, y, normal in (
        (along * width, 0 * along, (0, -1)),
        (along * width, 0 * along + height, (0, 1)),
        (0 * along, along * height, (-1, 0)),
        (0 * along + width, along * height, (1, 0)),
    ):
        within, *beyond = (_read(outer, back, x, y, normal, away) for away in (_INSIDE, *outside))
        seen = np.minimum.reduce([within, *beyond]) >= 0
        if int(seen.sum()) >= _ALONG // 3:
            sides.append(_side(within[seen], [values[seen] for values in beyond]))
    return sides


def _side(within: NDArray[np.int16], beyond: Sequence[NDArray[np.int16]]) -> tuple[bool, float, float]:
    """Of one side: whether it is even beyond the edge, and the shares of it at which what differs from that ground
    inside stops at the edge, and at which it goes on."""
    tone = np.median(beyond[0])
    differs, there = np.abs(within - tone) > _STEP, np.abs(beyond[0] - tone) > _STEP
    even = all(_one_tone(values) >= _EVEN_SHARE for values in beyond)
    return even, float((differs & ~there).mean()), float((differs & there).mean())


def _one_tone(values: NDArray[np.int16]) -> float:
    """The share of values that lie around the most frequent tone."""
    counts = np.bincount(values, minlength=256)
    return float(np.convolve(counts, np.ones(2 * _EVEN + 1), "same").max() / len(values))


def _read(
    outer: NDArray[np.uint8],
    back: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    normal: tuple[int, int],
    away: float,
) -> NDArray[np.int16]:
    """Grey levels of the outer picture along an edge of the inner one, ``away`` of its pixels outside; -1 where the
    outer picture ends before."""
    scale = max(1e-6, float(np.sqrt(abs(np.linalg.det(back[:, :2])))))
    there = back @ np.stack([x + normal[0] * away / scale, y + normal[1] * away / scale, np.ones(len(x))])
    column, row = there.round().astype(int)
    inside = (column >= 0) & (row >= 0) & (column < outer.shape[1]) & (row < outer.shape[0])
    values = np.full(len(x), -1, np.int16)
    values[inside] = outer[row[inside], column[inside]]
    return values


def lost_colour(left: float, right: float) -> int:
    """-1 if the left picture lost its colours (grey or one tint), 1 if the right one did, 0 if neither; from the
    ``colourfulness`` of both."""
    if left < _GREY and right > _COLOURED:
        return -1
    return 1 if right < _GREY and left > _COLOURED else 0


def clipped(left: _Grey, right: _Grey) -> int:
    """-1 if the left picture ran into black or white where the right one still has tones, 1 the reverse, 0 neither.

    Both are grey working pictures, laid over each other without turning. One channel alone runs into its end in any
    saturated colour.
    """
    if left.shape != right.shape:
        return 0
    lost_left, lost_right = _lost_tones(left, right), _lost_tones(right, left)
    if max(lost_left, lost_right) < _CLIPPED:
        return 0
    return -1 if lost_left > 2 * lost_right else 1 if lost_right > 2 * lost_left else 0


def _lost_tones(one: _Grey, other: _Grey) -> float:
    """The share of the picture that has one end tone in ``one`` and many tones in ``other``.

    Exactly the end: an equalised copy spreads even neighbouring dark tones. Softened: noise and ringing are no tones.
    """
    lost = 0.0
    for end in (0, 255):
        there = cv2.erode((one == end).view(np.uint8), np.ones((3, 3), np.uint8))
        share = float(there.mean())
        if share <= max(lost, _CLIPPED):
            continue
        # Softened within the clipped parts alone: thin lines would take tones from beside them.
        weight = cv2.GaussianBlur(there.astype(np.float32), (0, 0), 1.5)
        soft = cv2.GaussianBlur(there * other.astype(np.float32), (0, 0), 1.5)[there > 0] / weight[there > 0]
        if float(np.ptp(np.percentile(soft, (10, 90)))) >= _TONES:
            lost = share
    return lost


def laid_over(left: _Grey, right: _Grey) -> int:
    """-1 if a sticker or bar was laid over the left picture, 1 over the right one, 0 if that is not clear.

    Both are grey working pictures in one frame. Where they differ in patches, the picture that was laid over has its
    edges along the outline of the patch; in the other one edges run there in any direction.
    """
    if left.shape != right.shape:
        return 0
    soft = [cv2.GaussianBlur(image, (0, 0), 1.0) for image in (left, right)]
    different = (cv2.absdiff(soft[0], soft[1]) > _DIFFERENT).astype(np.uint8)
    closed = cv2.morphologyEx(different, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    patch = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    if cv2.countNonZero(patch) < _LEAST_PATCH:
        return 0
    three = np.ones((3, 3), np.uint8)
    outline = cv2.dilate(patch, three) > cv2.erode(patch, three)
    across = _slope(cv2.GaussianBlur(255 * patch, (0, 0), 2.0))[:, outline]
    across /= np.hypot(*across) + 1e-6
    edges = [_along(_slope(image)[:, outline], across) for image in soft]
    return 0 if abs(edges[0] - edges[1]) < _OUTLINED else -1 if edges[0] > edges[1] else 1


def _slope(image: cv2.typing.MatLike) -> NDArray[np.float32]:
    """Slopes across and down (2 x height x width)."""
    return np.stack([cv2.Sobel(image, cv2.CV_32F, 1, 0), cv2.Sobel(image, cv2.CV_32F, 0, 1)]).astype(np.float32)


def _along(slope: NDArray[np.float32], across: NDArray[np.float32]) -> float:
    """How much steeper a picture is across an outline than along it, on average."""
    return float((np.abs((slope * across).sum(axis=0)) - np.abs(slope[0] * across[1] - slope[1] * across[0])).mean())
