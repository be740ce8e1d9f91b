"""Flat graphics: colour, shape and count carry the meaning; one change of tone over the whole does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from pdpo_audit.model.clusters import Relation, Verdict
from pdpo_audit.similarity.cuts import cut
from tests.similarity.pairs import jpeg, png, verified

_COLOURS = ("#2060c0", "#d03030", "#e0b020", "#209060", "#804090")


def pie(*shares: int, colours: tuple[str, ...] = _COLOURS) -> Image.Image:
    chart = Image.new("RGB", (640, 480), "white")
    pen, start = ImageDraw.Draw(chart), 0.0
    for share, colour in zip(shares, colours, strict=False):
        pen.pieslice((140, 60, 500, 420), start, start + 360 * share / sum(shares), fill=colour, outline="black")
        start += 360 * share / sum(shares)
    pen.text((250, 16), "Key figures", fill="black", font_size=24)
    return chart


def arrow() -> Image.Image:
    sign = Image.new("RGB", (1600, 1600), "#1050a0")
    outline = [(240, 800), (800, 320), (800, 600), (1360, 600), (1360, 1000), (800, 1000), (800, 1280)]
    ImageDraw.Draw(sign).polygon(outline, "white")
    return sign.resize((400, 400), Image.Resampling.LANCZOS)


COPIES: list[tuple[Callable[[Image.Image], Image.Image], Relation]] = [
    (lambda image: image.resize((320, 240), Image.Resampling.LANCZOS), Relation.RESIZED),
    (lambda image: ImageEnhance.Brightness(image).enhance(0.8), Relation.RECOLOURED),
    (lambda image: ImageEnhance.Contrast(image).enhance(0.7), Relation.RECOLOURED),
    (lambda image: ImageEnhance.Color(image).enhance(0.5), Relation.RECOLOURED),
    (lambda image: ImageOps.grayscale(image).convert("RGB"), Relation.RECOLOURED),
]


@pytest.mark.parametrize("number", range(len(COPIES)))
def test_one_change_over_the_whole_is_a_copy(tmp_path: Path, number: int) -> None:
    change, relation = COPIES[number]
    pair = verified(tmp_path, png(pie(30, 25, 20, 15, 10)), png(change(pie(30, 25, 20, 15, 10))))
    assert (pair.verdict, pair.relation) == (Verdict.DUPLICATE, relation), pair.evidence


@pytest.mark.parametrize("quality", [50, 90])
def test_saved_anew(tmp_path: Path, quality: int) -> None:
    pair = verified(tmp_path, png(pie(30, 25, 20, 15, 10)), jpeg(pie(30, 25, 20, 15, 10), quality))
    assert (pair.verdict, pair.relation) == (Verdict.DUPLICATE, Relation.RECOMPRESSED), pair.evidence


def test_other_figures_make_another_chart(tmp_path: Path) -> None:
    pair = verified(tmp_path, png(pie(30, 25, 20, 15, 10)), jpeg(pie(24, 31, 20, 15, 10)))
    assert pair.verdict in (Verdict.SAME_LAYOUT, Verdict.DIFFERENT), pair.evidence


def test_other_colours_make_another_graphic(tmp_path: Path) -> None:
    other = (_COLOURS[1], _COLOURS[0], *_COLOURS[2:])
    pair = verified(tmp_path, png(pie(30, 25, 20, 15, 10)), png(pie(30, 25, 20, 15, 10, colours=other)))
    assert (pair.verdict, pair.evidence["rule"]) == (Verdict.SAME_LAYOUT, "areas differ"), pair.evidence
    assert pair.evidence["decided_by"] == "other_area"
    assert pair.evidence["decided_at"] == pair.evidence["region_difference"]


def watermarked(image: Image.Image) -> Image.Image:
    over = Image.new("RGBA", image.size, (0, 0, 0, 0))
    ImageDraw.Draw(over).text((300, 380), "ARCHIVE 2025", fill=(120, 120, 120, 120), font_size=32)
    return Image.alpha_composite(image.convert("RGBA"), over).convert("RGB")


def test_a_watermark_on_a_chart_makes_no_other_chart(tmp_path: Path) -> None:
    chart = pie(30, 25, 20, 15, 10)
    pair = verified(tmp_path, png(chart), jpeg(watermarked(chart)))
    assert pair.verdict is Verdict.DUPLICATE, pair.evidence
    assert pair.evidence["decided_by"] == "other_mark" and float(pair.evidence["decided_at"]) < cut("other_mark")


def test_another_title_makes_another_chart(tmp_path: Path) -> None:
    chart = pie(30, 25, 20, 15, 10)
    other = chart.copy()
    ImageDraw.Draw(other).rectangle((240, 10, 420, 50), fill="white")
    ImageDraw.Draw(other).text((250, 16), "Bad figures", fill="black", font_size=24)
    pair = verified(tmp_path, png(chart), jpeg(other))
    assert (pair.verdict, pair.evidence["rule"]) == (Verdict.SAME_LAYOUT, "strokes differ"), pair.evidence


def code(seed: int) -> Image.Image:
    """A field of black and white squares, as two-dimensional codes are."""
    squares = np.random.default_rng(seed).integers(0, 2, (33, 33)).astype(np.uint8) * 255
    squares[:9, :9] = squares[:9, -9:] = squares[-9:, :9] = 0
    return ImageOps.expand(Image.fromarray(squares).resize((330, 330), Image.Resampling.NEAREST), 40, 255).convert(
        "RGB"
    )


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_a_code_of_another_number_is_another_code(tmp_path: Path, seed: int) -> None:
    assert verified(tmp_path, png(code(1)), jpeg(code(seed))).verdict is not Verdict.DUPLICATE
    assert verified(tmp_path, png(code(seed)), jpeg(code(seed), 60)).verdict is Verdict.DUPLICATE


def test_an_arrow_the_other_way_is_another_sign(tmp_path: Path) -> None:
    pair = verified(tmp_path, png(arrow()), png(ImageOps.mirror(arrow())))
    assert (pair.verdict, pair.evidence["rule"]) == (Verdict.SAME_LAYOUT, "a mark the other way round"), pair.evidence
    told = pair.evidence
    assert (told["decided_by"], told["decided_at"]) == ("corners_of_mark", told["corners"])


def test_a_chart_turned_or_mirrored_is_a_copy(tmp_path: Path) -> None:
    chart = pie(30, 25, 20, 15, 10)
    for turned, relation in (
        (ImageOps.mirror(chart), Relation.MIRRORED),
        (chart.transpose(Image.Transpose.ROTATE_90), Relation.ROTATED),
    ):
        pair = verified(tmp_path, png(chart), png(turned))
        assert (pair.verdict, pair.relation) == (Verdict.DUPLICATE, relation), pair.evidence
