"""How one picture lies in another: the affine map between them, found from hashes or regions and made exact."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

#: Edges are never exact: by this share of the long side a picture may lie beyond the edge of another, and be inside.
_TOLERANCE = 1 / 512
#: A map that moves no corner by more pixels than this is exact.
_EXACT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """What a transform does: turn in degrees (-180 to 180), mirrored or not, scale, stretch of the sides (>= 1), and
    the share of each picture that lies inside the other."""

    angle: float
    mirrored: bool
    scale: float
    stretch: float
    left_inside: float
    right_inside: float


def whole_frame(orientation: int, left: tuple[int, int], right: tuple[int, int]) -> NDArray[np.float64]:
    """Map the whole of ``left`` (height, width) onto the whole of ``right``, which must be turned by ``orientation``
    (``imaging.hashes``) to look like ``left``."""
    turned = (right[1], right[0]) if orientation & 4 else right
    x, y = turned[1] / left[1], turned[0] / left[0]
    matrix = np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5], [0, 0, 1]], np.float64)
    if orientation & 4:  # undone in the order opposite to how the hash was turned: transposed last, so first here
        matrix = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]], np.float64) @ matrix
    if orientation & 2:
        matrix = np.array([[1, 0, 0], [0, -1, right[0] - 1], [0, 0, 1]], np.float64) @ matrix
    if orientation & 1:
        matrix = np.array([[-1, 0, right[1] - 1], [0, 1, 0], [0, 0, 1]], np.float64) @ matrix
    return matrix[:2]


def scaled(transform: NDArray[np.float64], left_long: int, right_long: int) -> NDArray[np.float64]:
    """A transform between pictures whose long sides are 1, for pictures with these long sides in pixels."""
    matrix = transform.copy()
    matrix[:, :2] *= right_long / left_long
    matrix[:, 2] *= right_long
    return matrix


def inverse(transform: NDArray[np.float64]) -> NDArray[np.float64]:
    """The map back."""
    return np.asarray(cv2.invertAffineTransform(transform), np.float64)


def describe(transform: NDArray[np.float64], left: tuple[int, int], right: tuple[int, int]) -> Geometry:
    """What ``transform`` does between pictures of these heights and widths."""
    linear = transform[:, :2]
    mirrored = bool(np.linalg.det(linear) < 0)
    turn = linear @ np.diag([-1.0, 1.0]) if mirrored else linear
    u, sizes, v = np.linalg.svd(turn)
    rotation = u @ v
    return Geometry(
        angle=float(np.degrees(np.arctan2(rotation[1, 0], rotation[0, 0]))),
        mirrored=mirrored,
        scale=float(np.sqrt(sizes[0] * sizes[1])),
        stretch=float(sizes[0] / max(sizes[1], 1e-9)),
        left_inside=share_inside(transform, left, right),
        right_inside=share_inside(inverse(transform), right, left),
    )


def plausible(transform: NDArray[np.float64]) -> bool:
    """Whether copies are made like this: no shear to a line, no scale beyond twenty, sides stretched at most twice."""
    sizes = np.linalg.svd(transform[:, :2], compute_uv=False)
    return bool(np.all(np.isfinite(sizes)) and 0.05 < sizes[1] <= sizes[0] < 20 and sizes[0] < 2.2 * sizes[1])


def share_inside(transform: NDArray[np.float64], frame: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The share of a frame (height, width) that ``transform`` maps into the other one, give or take its edges."""
    there = (_corners(frame, 0.0) @ transform.T).astype(np.float32)
    around = _corners(other, _TOLERANCE * max(other[:2]))[:, :2].astype(np.float32)
    shared, _ = cv2.intersectConvexConvex(there, around)
    area = abs(float(np.linalg.det(transform[:, :2]))) * frame[0] * frame[1]
    return min(1.0, float(shared) / max(area, 1e-9))


def rectangle_inside(
    transform: NDArray[np.float64], frame: tuple[int, ...], other: tuple[int, ...]
) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what ``transform`` maps a frame (height, width) to, in shares of the other one's
    sides and no further than these."""
    there = (_corners(frame, 0.0) @ transform.T + 0.5) / (other[1], other[0])
    (left, top), (right, bottom) = np.clip([there.min(axis=0), there.max(axis=0)], 0.0, 1.0)
    return float(left), float(top), float(right), float(bottom)


def _corners(frame: tuple[int, ...], beyond: float) -> NDArray[np.float64]:
    """The corners of a frame (rows of x, y, 1), moved out by so many pixels; the middle of its first pixel is 0, 0."""
    left, top, right, bottom = -0.5 - beyond, -0.5 - beyond, frame[1] - 0.5 + beyond, frame[0] - 0.5 + beyond
    return np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], np.float64)


def refine(
    left: NDArray[np.uint8], right: NDArray[np.uint8], transform: NDArray[np.float64], *, rounds: int = 2
) -> NDArray[np.float64] | None:
    """Make a transform exact by following corners of ``left`` into the warped ``right`` (Lucas and Kanade 1981).

    ``None`` where too few corners are found again. Each round starts from the better map of the one before.
    """
    corners = cv2.goodFeaturesToTrack(left, 64, 0.01, 6, mask=_overlap(left, right, transform), blockSize=5)
    if not _found(corners) or len(corners) < 6:
        return None
    start = np.asarray(corners, np.float32).reshape(-1, 2)
    for size in (23, 15, 15)[:rounds]:
        back = cv2.warpAffine(right, transform, left.shape[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        found, status, error = cv2.calcOpticalFlowPyrLK(
            left, back, start, start.copy(), winSize=(size, size), maxLevel=2
        )
        good = (status.ravel() == 1) & (error.ravel() < 30)
        if int(good.sum()) < 6:
            return None
        shift, inliers = cv2.estimateAffine2D(start[good], found[good], method=cv2.RANSAC, ransacReprojThreshold=2.0)
        if not _found(shift) or int(inliers.sum()) < 6:
            return None
        transform = _after(transform, np.asarray(shift, np.float64))
        if not plausible(transform):
            return None
        if apart_by(np.eye(2, 3), np.asarray(shift, np.float64), left.shape) < _EXACT:
            break
    return transform


def apart_by(one: NDArray[np.float64], other: NDArray[np.float64], size: tuple[int, ...]) -> float:
    """The most pixels by which two affine maps differ at a corner of a picture of this height and width."""
    corners = np.array([[0, 0, 1], [size[1], 0, 1], [0, size[0], 1], [size[1], size[0], 1]], np.float64)
    return float(np.abs(corners @ (one - other).T).max())


def _overlap(left: NDArray[np.uint8], right: NDArray[np.uint8], transform: NDArray[np.float64]) -> cv2.typing.MatLike:
    """Where ``left`` shows what ``right`` has, too: corners elsewhere (most, beside a small crop) lead nowhere."""
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(np.full(right.shape, 255, np.uint8), transform, left.shape[::-1], flags=flags)


def _after(outer: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.float64]:
    """``outer`` applied after ``inner``."""
    square = [np.vstack([matrix, [0, 0, 1]]) for matrix in (outer, inner)]
    return np.asarray((square[0] @ square[1])[:2], np.float64)


def _found(matrix: object) -> bool:
    """OpenCV gives ``None`` where it finds nothing, though its types do not say so."""
    return isinstance(matrix, np.ndarray)
