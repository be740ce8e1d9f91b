"""Pages that differ in anything that can be read are no copies of each other; scans, however askew, are."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pdpo_audit.model.clusters import Relation, Verdict, VerifiedPair
from tests.similarity.pairs import jpeg, photo, png, verified

_TEXT = "the account holder agrees that every copy of this letter is kept for seven years and then erased"


def letter(amount: str, *, dots: int = 150, ticked: bool = True) -> Image.Image:
    """A letter of A4 with some thirty lines, an amount and a box, at so many dots an inch."""
    page = Image.new("RGB", (round(8.27 * dots), round(11.7 * dots)), "white")
    pen, size, draw = ImageDraw.Draw(page), 10 * dots / 72, Random(5)
    for line in range(30):
        words = " ".join(draw.choice(_TEXT.split()) for _ in range(11))
        pen.text((0.8 * dots, (1 + line * 0.27) * dots), words, fill="black", font_size=size)
    pen.text((0.8 * dots, 9.6 * dots), f"Total due: HKD {amount}", fill="black", font_size=size)
    box = (0.8 * dots, 10.2 * dots, 0.95 * dots, 10.35 * dots)
    pen.rectangle(box, outline="black", width=max(1, dots // 100))
    if ticked:
        pen.line((box[0], box[1], box[2], box[3]), fill="black", width=max(2, dots // 75))
    return page


def scanned(page: Image.Image, degrees: float) -> Image.Image:
    turned = page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="white")
    grey = np.asarray(turned).astype(np.float32) * 0.97
    noise = np.random.default_rng(3).normal(0, 6, grey.shape[:2])[..., None]
    return Image.fromarray((grey + noise).clip(0, 255).astype(np.uint8))


def _of(pair: VerifiedPair) -> tuple[Verdict, object]:
    return pair.verdict, pair.evidence.get("rule")


@pytest.mark.parametrize("quality", [50, 92])
@pytest.mark.parametrize("dots", [100, 200])
def test_one_digit_makes_another_page(tmp_path: Path, dots: int, quality: int) -> None:
    one, other = letter("1,250,300", dots=dots), letter("7,250,300", dots=dots)
    pair = verified(tmp_path, png(one), jpeg(other, quality))
    assert _of(pair) == (Verdict.SAME_LAYOUT, "strokes differ"), pair.evidence


def test_a_tick_makes_another_page(tmp_path: Path) -> None:
    pair = verified(tmp_path, jpeg(letter("9")), jpeg(letter("9", ticked=False)))
    assert _of(pair) == (Verdict.SAME_LAYOUT, "strokes differ"), pair.evidence


def test_a_digit_on_a_scan_makes_another_page(tmp_path: Path) -> None:
    pair = verified(tmp_path, png(letter("1,250,300")), jpeg(scanned(letter("1,250,800"), 1.2), 80))
    assert _of(pair) == (Verdict.SAME_LAYOUT, "strokes differ"), pair.evidence


@pytest.mark.parametrize("degrees", [0.0, 0.4, -1.2])
def test_a_scan_is_a_copy(tmp_path: Path, degrees: float) -> None:
    page = letter("1,250,300")
    pair = verified(tmp_path, png(page), jpeg(scanned(page, degrees), 80))
    assert _of(pair) == (Verdict.DUPLICATE, "every stroke compared"), pair.evidence
    if abs(degrees) > 1:
        assert pair.relation is Relation.ROTATED, pair.evidence


def test_a_smaller_copy_that_can_be_read_is_a_copy(tmp_path: Path) -> None:
    page = letter("1,250,300", dots=200)
    pair = verified(tmp_path, png(page), jpeg(page.resize((page.width // 2, page.height // 2)), 85))
    assert (pair.verdict, pair.relation) == (Verdict.DUPLICATE, Relation.RESIZED), pair.evidence


def test_a_thumbnail_of_a_page_is_too_small_to_tell(tmp_path: Path) -> None:
    page = letter("1,250,300")
    pair = verified(tmp_path, png(page), jpeg(page.resize((page.width // 4, page.height // 4)), 90))
    assert _of(pair) == (Verdict.SAME_LAYOUT, "too small to tell"), pair.evidence


def test_a_photograph_is_no_page(tmp_path: Path) -> None:
    pair = verified(tmp_path, png(photo("astronaut")), jpeg(photo("astronaut"), 60))
    assert pair.verdict is Verdict.DUPLICATE
    assert "flat" not in pair.evidence
    assert pair.evidence["rule"] == "photograph with its ink"
