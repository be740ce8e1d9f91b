"""How recognisable one face is, from its pixels: size, sharpness, pixelation, redaction, turning. Pure numerics.

The cuts come from re-identification trials (docs/people.md): above the upper cut every degraded face was re-identified,
below the lower one hardly more than by chance. Everything between is ``borderline`` and counts as exposure.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pdpo_audit.model.people import Grade
from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.grading.blocks import blocks_across

#: Upper cut: all three hold for ``identifiable``.
EYES_IDENTIFIABLE, SHARP_IDENTIFIABLE, BLOCKS_IDENTIFIABLE = 15.0, 20.0, 24.0
#: Lower cut: any one makes ``not identifiable``.
EYES_LOST, SHARP_LOST, BLOCKS_LOST = 3.0, 1.9, 8.5
#: The lower cut of sharpness for a face blurred on purpose; a blurred photograph as a whole keeps the lower one, for
#: there dim faces of little contrast were still re-identified.
SHARP_REDACTED = 3.0
#: Eye distance of a frontal face as a share of its height (63 mm of 16 cm width; width 0.77 of height).
FRONTAL_EYES = 0.31
#: A face whose eyes lie closer than this share of the frontal distance is turned away.
_TURNED = 0.6
#: Variance below which a crop is a plain fill (grey levels squared).
_FLAT = 4.0
#: Sharpness of the face against that of its surround, below which it looks blurred on purpose.
_REDACTED = 0.15
_SIDE = 112


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured of one face: ``eye_distance`` in pixels (that of the same face seen frontally if it is
    turned), ``blocks`` across the face where it is pixelated, else ``None``."""

    eye_distance: float
    sharpness: float
    blocks: float | None = None
    flat: bool = False
    redacted: bool = False
    turned: bool = False


def grade_face(image: Pixels, box: Floats, points: Floats) -> tuple[Measures, Grade, str]:
    """Measures, grade and reason of the face in ``box`` (left, top, right, bottom) with landmarks 5 x 2 (or NaN)."""
    measures = measure(image, box, points)
    return measures, *grade(measures)


def measure(image: Pixels, box: Floats, points: Floats) -> Measures:
    """Look at one face; ``box`` may reach over the picture's edge."""
    crop = cut(image, box)
    if min(crop.shape[:2]) < 2:
        return Measures(eye_distance=0.0, sharpness=0.0, flat=True)
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)
    sharpness = lapvar112(grey)
    distance, turned = eye_distance(box, points)
    lost = distance < EYES_LOST or sharpness < SHARP_LOST  # then blocks would change nothing
    return Measures(
        eye_distance=distance,
        sharpness=sharpness,
        blocks=None if lost else blocks_across(grey),
        flat=float(grey.var()) < _FLAT,
        redacted=sharpness < _REDACTED * _surround_sharpness(image, box),
        turned=turned,
    )


def grade(measures: Measures) -> tuple[Grade, str]:
    """The grade and, in words, what decided it."""
    lost = _lost(measures)
    if lost:
        return Grade.NOT_IDENTIFIABLE, lost
    limits = _limits(measures)
    if limits:
        return Grade.BORDERLINE, "; ".join(limits)
    return Grade.IDENTIFIABLE, f"{measures.eye_distance:.0f} px between the eyes, sharp"


def _lost(measures: Measures) -> str:
    if measures.flat:
        return "covered by a plain fill"
    if measures.blocks is not None and measures.blocks <= BLOCKS_LOST:
        return f"pixelated to {measures.blocks:.0f} blocks across"
    if measures.eye_distance < EYES_LOST:
        return f"too small: {measures.eye_distance:.1f} px between the eyes"
    if measures.redacted and measures.sharpness < SHARP_REDACTED:
        return "blurred beyond recognition, unlike its surroundings"
    if measures.sharpness < SHARP_LOST:
        return "blurred beyond recognition"
    return ""


def _limits(measures: Measures) -> list[str]:
    """What keeps a face from being plainly identifiable; turning alone costs one step, never two."""
    limits = []
    if measures.eye_distance < EYES_IDENTIFIABLE:
        limits.append(f"small: {measures.eye_distance:.0f} px between the eyes")
    if measures.blocks is not None and measures.blocks < BLOCKS_IDENTIFIABLE:
        limits.append(f"pixelated to {measures.blocks:.0f} blocks across")
    if measures.sharpness < SHARP_IDENTIFIABLE:
        limits.append("blurred on purpose or by chance" if measures.redacted else "not sharp")
    if measures.turned:
        limits.append("turned away")
    return limits


def eye_distance(box: Floats, points: Floats) -> tuple[float, bool]:
    """Pixels between the eyes as if seen frontally, and whether the face is turned.

    A turned head shows its eyes closer together but is as large as before, so its size counts, not the gap.
    """
    frontal = FRONTAL_EYES * float(box[3] - box[1])
    seen = float(np.linalg.norm(points[0] - points[1]))
    if not np.isfinite(seen):
        return frontal, False
    return (frontal, True) if seen < _TURNED * frontal else (seen, False)


def lapvar112(grey: Pixels) -> float:
    """The variance of the Laplacian of a grey crop resized to 112 x 112: falls with blur and with small size alike."""
    shrinks = min(grey.shape[:2]) > _SIDE
    resized = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return float(cv2.Laplacian(resized, cv2.CV_64F).var())


def cut(image: Pixels, box: Floats, margin: float = 0.0) -> Pixels:
    """The part of the picture inside ``box``, widened on each side by ``margin`` of its size."""
    wider = margin * np.array([box[2] - box[0], box[3] - box[1]])
    left, top = np.maximum(np.floor(box[:2] - wider), 0).astype(int)
    right, bottom = np.ceil(box[2:] + wider).astype(int)
    return image[top : max(bottom, top), left : max(right, left)]


def _surround_sharpness(image: Pixels, box: Floats) -> float:
    """Sharpness of the ring around the face, at the face's own scale; 0 where there is no ring."""
    ring = cut(image, box, 0.5)
    if min(ring.shape[:2]) < 8:
        return 0.0
    grey = cv2.cvtColor(ring, cv2.COLOR_RGB2GRAY)
    scale = _SIDE / max(1.0, float(box[2] - box[0]))
    size = (max(8, round(grey.shape[1] * scale)), max(8, round(grey.shape[0] * scale)))
    resized = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    edges = cv2.Laplacian(resized, cv2.CV_64F)
    outside = np.ones(edges.shape, bool)
    outside[edges.shape[0] // 4 : -edges.shape[0] // 4, edges.shape[1] // 4 : -edges.shape[1] // 4] = False
    return float(edges[outside].var())
