"""Whether a small picture in a file shows, in one place, what the picture itself hides: pixelated, blurred, covered."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

#: By how much the worst place may stand out from the rest. Measured on 529 honest thumbnails of 265 photographs, made
#: in five ways (sharpened, other tones, coarsely coded, trimmed): 3 are taken for stale, 99.5 % lie below 4.04; those
#: of 20 cameras up to 3.3. Of faces of 14 pixels and more in a thumbnail of 160, pixelated to 4, 5 and 7 blocks,
#: blurred by a sixth and a tenth of their width, and black, 89, 74, 50, 91, 66 and 100 % are told by one cut or the
#: other.
STANDS_OUT = 4.1
#: The largest connected place, in windows, of which most is missing. Honest: 99 % up to 0.81; portraits whose face was
#: hidden in any of seven ways: 7.5 and more in the median, all told.
MISSING_WINDOWS = 1.2
_MISSING = 0.6
#: Longer side at which the two are compared.
_LONGEST = 192
#: A place counts where its structure is stronger than coding leaves of nothing (levels squared).
_STRUCTURE, _LOST = 16.0, 20.0
#: Tones are fitted to every so many pixels, and shares are counted: an odd number, lest they lie in a few columns.
_FITTED = 7

_Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What the picture lacks of a preview: by how much the worst place stands out, and the largest place in windows."""

    stands_out: float
    windows: float

    @property
    def conceals(self) -> bool:
        """Whether that is more than coding, scaling and sharpening of an honest preview explain."""
        return self.stands_out > STANDS_OUT or self.windows > MISSING_WINDOWS


def conceals(preview: NDArray[np.uint8], picture: NDArray[np.uint8]) -> bool:
    """Whether a grey ``preview`` (upright, the whole frame) holds detail in one place that the ``picture`` lacks."""
    scale = _LONGEST / max(preview.shape)
    if scale < 1:
        size = max(8, round(preview.shape[1] * scale)), max(8, round(preview.shape[0] * scale))
        preview = np.asarray(cv2.resize(preview, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(picture, preview.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
    # Nearly all previews agree as they lie; only of the others is it asked how exactly they do.
    if not missing(preview, small).conceals:
        return False
    return missing(preview, _laid(preview, picture, small)).conceals


def missing(preview: NDArray[np.uint8], small: _Float) -> Missing:
    """What ``small``, the picture at the size of the preview, lacks of it."""
    window = max(5, round(min(preview.shape) * 0.07) | 1)
    shown = _detail(preview.astype(np.float32), window)
    fitted = _detail(_fitted(preview.astype(np.float32), small), window)
    strength, common = _mean(shown * shown, window), _mean(shown * fitted, window)
    lost = np.maximum(0, strength - np.maximum(common, 0) ** 2 / (_mean(fitted * fitted, window) + 1))
    share = lost / (strength + 6)
    inside = np.zeros(share.shape, bool)
    edge = window // 2
    inside[edge:-edge, edge:-edge] = True
    structured = inside & (strength > max(_STRUCTURE, 0.3 * float(np.median(strength.ravel()[::_FITTED]))))
    if structured.sum() < 100:
        return Missing(stands_out=0.0, windows=0.0)
    usual, most = np.percentile(share[structured][::_FITTED], (50, 75))
    told = structured & (lost > _LOST)
    if not told.any():
        return Missing(stands_out=0.0, windows=0.0)
    worst = np.where(told, (share - usual) / (most - usual + 0.08) * np.minimum(1, share / 0.3), 0)
    _, _, parts, _ = cv2.connectedComponentsWithStats((told & (share > _MISSING)).astype(np.uint8))
    largest = int(parts[1:, cv2.CC_STAT_AREA].max()) if len(parts) > 1 else 0
    return Missing(stands_out=float(worst.max()), windows=largest / window**2)


def _fitted(preview: _Float, small: _Float) -> _Float:
    """The picture with the tones and the sharpness of the preview, as far as they are the same all over."""
    parts = [small, small * small / 255]
    parts += [small - cv2.GaussianBlur(small, (0, 0), sigma) for sigma in (0.8, 1.6)]
    terms = np.stack([*(np.asarray(part).ravel() for part in parts), np.ones(small.size, np.float32)], axis=1)
    some, wanted = terms[::_FITTED].astype(np.float64), preview.ravel()[::_FITTED].astype(np.float64)
    kept = np.ones(len(wanted))
    factors: NDArray[np.float64] = np.zeros(terms.shape[1])
    for _ in range(4):  # what is hidden must not bend the fit
        weighed = some * kept[:, None]
        factors = np.asarray(np.linalg.solve(weighed.T @ some + 1e-3 * np.eye(some.shape[1]), weighed.T @ wanted))
        apart = np.abs(wanted - some @ factors)
        kept = (apart < 3 * (1.4826 * float(np.median(apart)) + 0.5)).astype(np.float64)
    return np.asarray((terms @ factors.astype(np.float32)).reshape(small.shape), np.float32)


def _laid(preview: NDArray[np.uint8], picture: NDArray[np.uint8], small: _Float) -> _Float:
    """The picture laid over the preview to a fraction of a pixel; as it lies where that fails."""
    height, width = preview.shape
    place = np.eye(2, 3, dtype=np.float32)
    ends = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    try:
        _, found = cv2.findTransformECC(
            preview.astype(np.float32),
            small,
            place,
            cv2.MOTION_AFFINE,
            ends,
            None,
            3,  # type: ignore[call-overload]
        )
    except cv2.error:
        return small
    if float(np.abs(found - np.eye(2, 3)).max()) > 6:
        return small
    across, down = picture.shape[1] / width, picture.shape[0] / height
    grown = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2]])
    placed = np.asarray(grown @ np.vstack([found, [0, 0, 1]]), np.float32)
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), max(0.01, 0.45 * min(across, down)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(soft, placed, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.float32)


def _detail(picture: _Float, window: int) -> _Float:
    side = 2 * window + 1
    return np.asarray(picture - cv2.blur(picture, (side, side)), np.float32)


def _mean(values: _Float, window: int) -> _Float:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), window / 2.5), np.float32)
