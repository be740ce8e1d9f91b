"""Lines cut out of a picture and laid straight, and which way up they stand."""

from __future__ import annotations

import cv2
import numpy as np

from pdpo_audit.networks.running import Floats
from pdpo_audit.text.engines.arrays import Pixels, Quads
from pdpo_audit.text.engines.recognition import HEIGHT

#: A box so much higher than wide holds a line that stands upright: it is laid by a quarter turn.
_STANDING = 1.5
_LONGEST, _SHORTEST = 2048, 16


def straight(image: Pixels, quads: Quads) -> list[Pixels]:
    """Each line as a strip of 48 pixels height; standing lines are turned to the left."""
    return [_strip(image, _ordered(quad)) for quad in quads]


def _ordered(quad: Floats) -> Floats:
    """Corners from top left clockwise, as the line is to be read: standing ones begin at the bottom left."""
    left, right = (half[np.argsort(half[:, 1])] for half in np.split(quad[np.argsort(quad[:, 0], kind="stable")], 2))
    corners = np.array([left[0], right[0], right[1], left[1]], np.float32)
    width, height = _size(corners)
    return np.roll(corners, 1, axis=0) if height >= _STANDING * width else corners


def _size(corners: Floats) -> tuple[float, float]:
    return float(np.linalg.norm(corners[1] - corners[0])), float(np.linalg.norm(corners[3] - corners[0]))


def _strip(image: Pixels, corners: Floats) -> Pixels:
    width, height = _size(corners)
    across = int(np.clip(round(width * HEIGHT / max(height, 1.0)), _SHORTEST, _LONGEST))
    goal = np.array([[0, 0], [across, 0], [across, HEIGHT], [0, HEIGHT]], np.float32)
    turning = cv2.getPerspectiveTransform(np.ascontiguousarray(corners), goal)
    flat = cv2.warpPerspective(image, turning, (across, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)


def is_standing(quad: Floats) -> bool:
    """Whether a line is upright in the picture."""
    left, right = np.split(quad[np.argsort(quad[:, 0], kind="stable")], 2)
    corners = np.array([*left[np.argsort(left[:, 1])], *right[np.argsort(right[:, 1])]], np.float32)
    width = float(np.linalg.norm(corners[2] - corners[0]))
    return float(np.linalg.norm(corners[1] - corners[0])) >= _STANDING * width


def upside_down(strip: Pixels) -> Pixels:
    """The strip turned by half."""
    return np.ascontiguousarray(strip[::-1, ::-1])
