"""What cameras and scanners make of a flat document: turned, slanted, blurred, dim, small, on a desk, compressed."""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def plain(picture: Image.Image, dice: random.Random, *, smallest: int = 500) -> Pixels:
    """Scanned flat or photographed on a desk: slant to 20 degrees, JPEG 50 to 90, quarter turns, a long side of
    ``smallest`` to 2,000 pixels."""
    longest = round(np.exp(dice.uniform(np.log(smallest), np.log(2000))))
    flat = np.asarray(picture, np.uint8)
    if dice.random() < 0.3:
        shown = _resized(flat, longest)
    else:
        shown = _on_desk(flat, dice, longest, share=dice.uniform(0.75, 0.92), turn=dice.uniform(-4, 4), slant=20)
    blurred = cv2.GaussianBlur(shown, (0, 0), dice.uniform(0.1, 0.6))
    return _finished(blurred, dice, noise=4, quality=dice.choice((50, 60, 75, 90)), turn=dice.randrange(4))


def hard(picture: Image.Image, dice: random.Random) -> Pixels:
    """Small in the picture, at an angle, moved, dim, with a spot of glare, JPEG 30 to 70."""
    longest, share = dice.randint(800, 2000), dice.uniform(0.3, 0.6)
    flat = np.asarray(picture, np.uint8)
    shown = _on_desk(flat, dice, longest, share=share, turn=dice.uniform(-30, 30), slant=25).astype(np.float32)
    shown *= dice.uniform(0.45, 1)
    if dice.random() < 0.4:
        height, width = shown.shape[:2]
        spot = np.zeros((height, width), np.float32)
        place = (dice.randint(0, width), dice.randint(0, height))
        cv2.circle(spot, place, round(longest * dice.uniform(0.03, 0.1)), 1.0, -1)
        shown += cv2.GaussianBlur(spot, (0, 0), longest * 0.03)[:, :, None] * dice.uniform(60, 200)
    length = dice.choice((0, 0, 3, 5))
    if length:
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        turned = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), dice.uniform(0, 180), 1)
        kernel = np.asarray(cv2.warpAffine(kernel, turned, (length, length)), np.float32)
        shown = np.asarray(cv2.filter2D(shown, -1, kernel / kernel.sum()), np.float32)
    return _finished(shown, dice, noise=7, quality=dice.randint(30, 70), turn=dice.randrange(4))


def _resized(flat: Pixels, longest: int) -> Pixels:
    scale = longest / max(flat.shape[:2])
    size = round(flat.shape[1] * scale), round(flat.shape[0] * scale)
    return np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)


def _on_desk(flat: Pixels, dice: random.Random, longest: int, *, share: float, turn: float, slant: float) -> Pixels:
    """The document at ``share`` of a desk's width, turned and slanted by at most so many degrees."""
    width, height = longest, round(longest * dice.uniform(0.7, 0.8))
    if flat.shape[0] > flat.shape[1]:
        width, height = height, width
    half = share * min(width / flat.shape[1], height / flat.shape[0]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * np.array(flat.shape[1::-1]) * half
    around = np.radians(turn)
    corners = corners @ np.array([[np.cos(around), np.sin(around)], [-np.sin(around), np.cos(around)]])
    for axis in (0, 1):  # farther parts are smaller
        lean = np.tan(np.radians(dice.uniform(-slant, slant))) * 0.6
        corners = corners / (1 + lean * corners[:, axis : axis + 1] / max(width, height))
    corners += np.array([width, height]) / 2 + np.array([dice.uniform(-0.03, 0.03) * width, 0])
    source = np.array([[0, 0], [flat.shape[1], 0], [flat.shape[1], flat.shape[0]], [0, flat.shape[0]]], np.float32)
    desk = _desk(dice, width, height)
    shrunk = cv2.GaussianBlur(flat, (0, 0), max(0.01, 0.35 / (2 * half) - 0.2))
    turning = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    laid = cv2.warpPerspective(shrunk, turning, (width, height), flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones(flat.shape[:2], np.float32), turning, (width, height))[:, :, None]
    return np.asarray(laid * mask + desk * (1 - mask)).astype(np.uint8)


def _desk(dice: random.Random, width: int, height: int) -> Pixels:
    chance = np.random.default_rng(dice.randrange(2**32))
    coarse = chance.normal(0, 1, (height // 40 + 2, width // 200 + 2, 1)).astype(np.float32)
    grain = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    base = np.array([dice.randint(60, 170), dice.randint(50, 140), dice.randint(40, 120)], np.float32)
    return np.asarray(np.clip(base + grain * 18, 0, 255), np.uint8)


def _finished(shown: NDArray[np.generic], dice: random.Random, *, noise: float, quality: int, turn: int) -> Pixels:
    chance = np.random.default_rng(dice.randrange(2**32))
    noisy = shown.astype(np.float32) + chance.normal(0, dice.uniform(0, noise), shown.shape).astype(np.float32)
    turned = np.ascontiguousarray(np.rot90(np.clip(noisy, 0, 255).astype(np.uint8), turn))
    _, data = cv2.imencode(".jpg", turned[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1].copy()
