"""Which of two copies was made from the other: the traces that cropping, framing, recolouring and saving leave."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.alignment import inverse

_Rgb = NDArray[np.uint8]
_Grey = NDArray[np.uint8]
_Steps = NDArray[np.float64]
_Blocks = NDArray[np.float32]

#: Points along each edge of the inner picture at which the outer one is read, and how far outside (pixels).
_ALONG, _OUTSIDE = 40, (4.0, 7.0)
#: A frame drawn around a picture has one tone (give or take grey levels) along this share of an edge, whatever is
#: written on the rest; scenery has not.
_EVEN, _EVEN_SHARE = 3, 0.6
#: Mean colourfulness (levels) of a grey picture, and of one in colour.
_GREY, _COLOURED = 1.5, 4.0
#: Share of pixels that ran into black or white, with so many levels of tones (the middle 80 %) in the other picture,
#: from which on that is no chance.
_CLIPPED, _TONES = 0.004, 10.0
#: Levels by which a patch differs, its least area (pixels), and how much steeper (Sobel) the picture that it was laid
#: over is across its outline. Measured on 48 stickers and bars: 28 to 498.
_DIFFERENT, _LEAST_PATCH, _OUTLINED = 16, 100, 12.0
#: Side of the middle part of the pictures that is tested for traces of an older quantisation.
_TRACED = 512
#: How strongly coefficients gather at multiples of an older step (0 by chance, 1 for the file that has the step).
_GATHERED = 0.22
#: By how much sharpening makes high frequencies stronger than low ones (measured 1.19 to 2.2; coding, tones and noise
#: up to 1.09), and where blur begins (2.8); so many blocks with detail are needed to tell.
_SHARPER, _BLURRY, _STRONG_BLOCKS = 1.16, 2.5, 40
#: The share of coefficients within half a step that marks a copy saved anew.
_RESAVED = 0.93
#: Only coding at this quality or below leaves block edges that can be told from those of the scene.
_COARSE = 82
#: Qualities must differ by this much for block edges to tell whose they are; how strong those of the coarser file must
#: be (above 1), and how much of that the finer one must show. Measured: 0.8 to 1.2 of it after recolouring, 0.1 to 0.3
#: in sources of coarser copies.
_FINER, _BLOCKY, _KEPT_EDGES = 6, 0.05, 0.65
#: Coefficients (levels) that added noise puts into even blocks.
_NOISIER = 3.5


def surrounded(outer: NDArray[np.uint8], to_inner: NDArray[np.float64], inner: tuple[int, int]) -> bool | None:
    """Whether what ``outer`` (grey) shows beyond the inner picture was put around it: a border, bars, a page.

    ``to_inner`` maps places of the outer picture to the inner one, of height and width ``inner``. ``None`` where
    hardly anything lies beyond.
    """
    back = inverse(to_inner)
    height, width = inner
    along = np.linspace(0.08, 0.92, _ALONG)
    even: list[bool] = []
    for x, y, normal in (
        (along * width, 0 * along, (0, -1)),
        (along * width, 0 * along + height, (0, 1)),
        (0 * along, along * height, (-1, 0)),
        (0 * along + width, along * height, (1, 0)),
    ):
        values = [_read(outer, back, x, y, normal, away) for away in _OUTSIDE]
        if all(len(value) >= _ALONG // 3 for value in values):
            even.append(all(_one_tone(value) >= _EVEN_SHARE for value in values))
    return all(even) if even else None


def _one_tone(values: NDArray[np.uint8]) -> float:
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
) -> NDArray[np.uint8]:
    """Grey levels of the outer picture along an edge of the inner one, ``away`` of its pixels outside."""
    scale = max(1e-6, float(np.sqrt(abs(np.linalg.det(back[:, :2])))))
    there = back @ np.stack([x + normal[0] * away / scale, y + normal[1] * away / scale, np.ones(len(x))])
    column, row = there.round().astype(int)
    inside = (column >= 0) & (row >= 0) & (column < outer.shape[1]) & (row < outer.shape[0])
    return np.asarray(outer[row[inside], column[inside]], np.uint8)


def lost_colour(left: _Rgb, right: _Rgb) -> int:
    """-1 if the left picture lost its colours (grey or one tint), 1 if the right one did, 0 if neither."""
    one, other = _colourfulness(left), _colourfulness(right)
    if one < _GREY and other > _COLOURED:
        return -1
    return 1 if other < _GREY and one > _COLOURED else 0


def _colourfulness(image: _Rgb) -> float:
    """Mean distance of colours from the line of one tint: what the luma does not already say."""
    small = cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float64)
    luma = small @ (0.299, 0.587, 0.114)
    red, blue = small[:, 0] - luma, small[:, 2] - luma
    powers = np.stack([np.ones(len(luma)), luma, luma**2, luma**3], axis=1) / (1, 255, 255**2, 255**3)
    square = powers.T @ powers + 1e-6 * np.eye(4)  # a picture of one tone has no line
    rest = [values - powers @ np.linalg.solve(square, powers.T @ values) for values in (red, blue)]
    return float(np.hypot(rest[0], rest[1]).mean())


def clipped(left: _Rgb, right: _Rgb) -> int:
    """-1 if the left picture ran into black or white where the right one still has tones, 1 the reverse, 0 neither.

    Both are working pictures (RGB), laid over each other without turning.
    """
    if left.shape != right.shape:
        return 0
    lost_left, lost_right = _lost_tones(left, right), _lost_tones(right, left)
    if max(lost_left, lost_right) < _CLIPPED:
        return 0
    return -1 if lost_left > 2 * lost_right else 1 if lost_right > 2 * lost_left else 0


def _lost_tones(one: _Rgb, other: _Rgb) -> float:
    """The largest share of a channel that has the same end tone in ``one`` and many tones in ``other``.

    Exactly the end: an equalised copy spreads even neighbouring dark tones. Softened: noise and ringing are no tones.
    """
    lost = 0.0
    for channel in range(3):
        soft = cv2.GaussianBlur(other[..., channel], (0, 0), 1.5)
        for end in (0, 255):
            there = cv2.erode((one[..., channel] == end).view(np.uint8), np.ones((3, 3), np.uint8)) > 0
            share = float(there.mean())
            if share > max(lost, _CLIPPED) and float(np.ptp(np.percentile(soft[there], (10, 90)))) >= _TONES:
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


def traced(left: _Grey, right: _Grey, left_steps: _Steps, right_steps: _Steps) -> int:
    """-1 if the left picture carries traces of the right one's quantisation, 1 the reverse, 0 if neither is sure.

    Both are whole luma pictures of one size, laid over each other without turning; the steps are the 8 x 8 luminance
    tables of the two JPEG files (zeros where there is none). A picture that was decoded from another JPEG has
    coefficients near multiples of the older steps (Lukas and Fridrich 2003); the tone may have been scaled since.
    Only the more finely coded of the two can show traces of the other.
    """
    coarse_left, coarse_right = float(left_steps[:3, :3].sum()), float(right_steps[:3, :3].sum())
    one, other = _blocks(left), _blocks(right)
    if coarse_left > coarse_right and _gathered(other, one, left_steps) > _GATHERED:
        return 1
    return -1 if coarse_right > coarse_left and _gathered(one, other, right_steps) > _GATHERED else 0


def resaved(left: _Grey, right: _Grey, left_steps: _Steps, right_steps: _Steps, *, patched: bool = False) -> int:
    """-1 if the left picture is what the right one gives when it is saved with the left one's steps; 1 the reverse.

    Then every coefficient lies within half a step of its source's. That holds for the coarser of the two either way;
    if it holds for the finer one too, that one was made from the coarser. Arguments as for ``traced``; where they are
    ``patched``, the fifth of the blocks that fits least is left out, for something may have been laid over it.
    """
    coarse = float(left_steps[:3, :3].mean()), float(right_steps[:3, :3].mean())
    if min(coarse) <= 0 or max(coarse) < 1.2 * min(coarse):
        return 0
    one, other = _blocks(left), _blocks(right)
    finer_is_left = coarse[0] < coarse[1]
    finer, coarser = (one, other) if finer_is_left else (other, one)
    fine_steps, coarse_steps = (left_steps, right_steps) if finer_is_left else (right_steps, left_steps)
    if max(coarse) <= 5 or max(coarse) <= 1.6 * min(coarse):
        return 0  # each explains the other
    if _within(finer, coarser, fine_steps, patched) > _RESAVED:
        return -1 if finer_is_left else 1
    if _within(coarser, finer, coarse_steps, patched) > _RESAVED:
        return 1 if finer_is_left else -1
    return 0


def inherited_blocks(left: _Grey, right: _Grey, left_quality: int, right_quality: int) -> int:
    """1 if the right picture shows the block edges of the left one's coarser coding, -1 the reverse, 0 neither.

    A picture that was coded coarsely keeps the edges of its 8 x 8 blocks when it is recoloured or sharpened and saved
    more finely; coded so finely from the start it would not have them. Whole luma pictures on one grid.
    """
    lower, higher = sorted((left_quality, right_quality))
    if not 0 < lower <= _COARSE or higher - lower < _FINER:
        return 0
    coarser, finer = (left, right) if left_quality < right_quality else (right, left)
    edges = _block_edges(coarser) - 1, _block_edges(finer) - 1
    if edges[0] < _BLOCKY or edges[1] < _KEPT_EDGES * edges[0]:
        return 0
    return 1 if left_quality < right_quality else -1


def _block_edges(image: _Grey) -> float:
    """Mean step between pixels across block edges, in units of the steps beside them (1 where there are no blocks)."""
    ratios = []
    for values in (image.astype(np.int16), image.T.astype(np.int16)):
        steps = np.minimum(np.abs(np.diff(values, axis=0)), 24).mean(axis=1)
        columns = steps[: len(steps) // 8 * 8].reshape(-1, 8)
        if len(columns) < 2:
            return 1.0
        ratios.append(float(columns[:, 7].mean() / max(float(columns[:, (0, 1, 5, 6)].mean()), 0.1)))
    return sum(ratios) / 2


def noisier(left: _Grey, right: _Grey) -> int:
    """-1 if noise was added to the left picture (or it was sharpened), 1 if to the right one, 0 if to neither.

    Looked for in the quarter of the blocks with least detail, in whole luma pictures of one size.
    """
    powers = []
    for image in (left, right):
        middle = _blocks(image)[:, 1:4, 1:4].reshape(-1, 9)
        powers.append(float(np.quantile((middle**2).mean(axis=1), 0.25)))
    if abs(powers[0] - powers[1]) < _NOISIER**2:
        return 0
    return -1 if powers[0] > powers[1] else 1


def sharpened(left: _Grey, right: _Grey) -> int:
    """-1 if the left picture was sharpened, 1 if the right one was, 0 if neither.

    Sharpening makes high frequencies stronger and leaves low ones as they are; blur, which does the reverse, takes far
    more of them away. Looked for in the blocks with most detail of whole luma pictures of one size.
    """
    one, other = _blocks(left), _blocks(right)
    orders = np.add.outer(np.arange(8), np.arange(8))
    low, high = (orders >= 1) & (orders < 3), (orders >= 4) & (orders < 9)
    power = (other[:, high] ** 2).mean(axis=1)
    strong = power > np.quantile(power, 0.6)
    if np.count_nonzero(strong) < _STRONG_BLOCKS:
        return 0
    gain = _gain(one[strong][:, high], other[strong][:, high]) / _gain(one[:, low], other[:, low])
    if _SHARPER < gain < _BLURRY:
        return -1
    return 1 if _SHARPER < 1 / max(gain, 1e-6) < _BLURRY else 0


def _gain(one: _Blocks, other: _Blocks) -> float:
    """How much stronger coefficients (blocks x coefficients) of one picture are than those of another."""
    return float(np.sqrt(np.median(((one**2).mean(axis=1) + 1) / ((other**2).mean(axis=1) + 1))))


def _within(copy: _Blocks, source: _Blocks, steps: _Steps, patched: bool) -> float:
    """The share of low coefficients that the copy's quantisation, and the rounding of pixels, explain."""
    low = np.abs(copy[:, :4, :4] - source[:, :4, :4]).reshape(len(copy), -1)[:, 1:]
    shares = (low <= steps[:4, :4].ravel()[1:] / 2 + 1).mean(axis=1)
    return float(np.sort(shares)[len(shares) // 5 if patched else 0 :].mean())


def _blocks(image: NDArray[np.uint8]) -> _Blocks:
    """Cosine coefficients (n x 8 x 8) of the blocks of the coded grid in the middle of the picture."""
    top = max(0, (image.shape[0] - _TRACED) // 16 * 8)
    left = max(0, (image.shape[1] - _TRACED) // 16 * 8)
    part = image[top : top + _TRACED, left : left + _TRACED]
    rows, columns = part.shape[0] // 8, part.shape[1] // 8
    tiles = part[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8).swapaxes(1, 2).reshape(-1, 64)
    return ((tiles.astype(np.float32) - 128) @ _dct().T).reshape(-1, 8, 8)


@cache
def _dct() -> NDArray[np.float32]:
    """The two-dimensional transform of 64 pixels as one matrix."""
    frequency, place = np.arange(8)[:, None], np.arange(8)[None]
    basis = np.cos(np.pi * frequency * (2 * place + 1) / 16) / 2
    basis[0] /= np.sqrt(2)
    return np.kron(basis, basis).astype(np.float32)


def _gathered(coefficients: _Blocks, source: _Blocks, steps: _Steps) -> float:
    """How strongly ``coefficients`` gather at multiples of ``steps``, after the contrast of ``source`` is restored."""
    found = []
    for row, column in ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0)):
        step = steps[row, column]
        if step < 3:  # finer steps than the rounding of pixels leave no trace
            continue
        ours, theirs = coefficients[:, row, column], source[:, row, column]
        gain = float((ours * theirs).sum() / max(float((theirs**2).sum()), 1e-9))
        if not 0.3 < abs(gain) < 3:
            continue
        large = np.abs(theirs) > 0.6 * step
        if int(large.sum()) < 40:
            continue
        found.append(float(np.cos(2 * np.pi * ours[large] / gain / step).mean()))
    return float(np.mean(found)) if len(found) >= 3 else 0.0
