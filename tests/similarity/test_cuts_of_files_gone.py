"""Either side of the cuts by which stored thumbnails decide, where files are gone, and of texture that tells at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pdpo_audit.imaging import ImageProblem, Limits
from pdpo_audit.model.clusters import Verdict
from pdpo_audit.model.locations.holdings import ImageRef, SkipReason
from pdpo_audit.model.pictures import Fingerprint
from pdpo_audit.similarity.comparison.agreement import Agreement, compare
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.comparison.reliefs import Relief
from pdpo_audit.similarity.verification import verify_pair
from tests.similarity.cuts import Case, decides

_Grey = NDArray[np.uint8]


def scene(plain: int = 0) -> _Grey:
    """Something of 32 x 32 pixels with structure everywhere but in so many of its first rows."""
    noise = cv2.GaussianBlur(np.random.default_rng(4).normal(0, 1, (32, 32)), (0, 0), 1.5)
    found = np.asarray(np.clip(128 + 90 * noise / np.abs(noise).max(), 0, 255), np.uint8)
    found[:plain] = 128
    return found


def gone(_side: VerifySide) -> bytes:
    raise ImageProblem(SkipReason.VANISHED, "gone")


def told(one: _Grey, other: _Grey, *, bits: float = 0, texture: float = 90) -> bool:
    """Whether two files that are gone are copies, by thumbnails and hashes that are so many bits apart."""
    hashes = np.zeros((2, 256), np.uint8)
    hashes[1, np.random.default_rng(2).permutation(256)[: int(bits)]] = 1
    sides = [
        VerifySide(
            content=number, ref=ImageRef(source="here", locator=b"gone"), places=(), sha256=bytes([number]),
            image_sha256=b"", format="PNG", width=400, height=400,
            fingerprint=Fingerprint(
                method="", perceptual=np.packbits(hashes[number]).tobytes(), phash=bytes(8), texture=int(texture),
                thumbnail=grey.tobytes(),
            ),
        )
        for number, grey in ((0, one), (1, other))
    ]  # fmt: skip
    return verify_pair(sides[0], replace(sides[1]), Pictures(Limits(), gone)).verdict is Verdict.DUPLICATE


@pytest.mark.parametrize(
    "case",
    [
        Case(name="stored_bits", below=16, above=17, tell=lambda at: told(scene(), scene(), bits=at)),
        Case(name="least_texture", below=19, above=20, tell=lambda at: told(scene(), scene(), texture=at)),
    ],
    ids=lambda case: case.name,
)
def test_either_side(case: Case) -> None:
    below, above = decides(case)
    assert below != above


def noisier(amount: int) -> _Grey:
    noise = np.random.default_rng(7).normal(0, 1, (32, 32))
    return np.asarray(np.clip(scene() + amount * noise, 0, 255), np.uint8)


def measured(one: _Grey, other: _Grey) -> Agreement:
    found = compare(Relief(grey=one), Relief(grey=other))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "made", "of"),
    [
        ("stored_structure", lambda step: (scene(), noisier(step)), lambda one: 1 - one.explained),
        ("stored_plain", lambda step: (scene(step), scene(step)), lambda one: one.plain),
    ],
)
def test_as_far_as_thumbnails_go(
    name: str, made: Callable[[int], tuple[_Grey, _Grey]], of: Callable[[Agreement], float]
) -> None:
    """The noisier and the emptier, the less they tell: up to a tenth of structure lost, three tenths of one tone."""
    most = {"stored_structure": 0.1, "stored_plain": 0.3}[name]
    steps = [made(step) for step in range(32)]
    values = [of(measured(*pair)) for pair in steps]
    assert any(0.7 * most < value <= most for value in values) and any(most < value < 1.3 * most for value in values)
    assert [told(*pair) for pair in steps] == [value <= most for value in values]
