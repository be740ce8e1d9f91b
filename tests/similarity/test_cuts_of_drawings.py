"""Either side of the cuts by which drawings are told from photographs and from each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pdpo_audit.imaging import ImageProblem, Limits
from pdpo_audit.model.locations.holdings import ImageRef, SkipReason
from pdpo_audit.model.pictures import Fingerprint
from pdpo_audit.similarity.closer import judge_drawn, look_closer
from pdpo_audit.similarity.comparison.alignment import Geometry
from pdpo_audit.similarity.comparison.flatness import Flatness, is_drawn
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.comparison.shelves import working_picture
from pdpo_audit.similarity.graphics.areas import compare_areas
from pdpo_audit.similarity.graphics.marks import is_other_way_round, unknown_by_parts
from pdpo_audit.similarity.graphics.tones import Toned
from pdpo_audit.similarity.pages.differences import Differing, differing
from pdpo_audit.similarity.pages.legibility import Legibility
from pdpo_audit.similarity.pages.sight import other_strokes
from tests.similarity.cuts import Case, decides, laid

_Grey = NDArray[np.uint8]
UNLIKE = Fingerprint(method="", perceptual=bytes(32), phash=bytes(8), texture=90, thumbnail=b"")


def seen(*, other: int = 10, levels: int = 200, near: int = 0, by: int = 25, faint: int = 0, paler: int = 0) -> str:
    """A look at two pages with 1,000 pixels of ink: ``other`` of them differ by so many ``levels``, ``near`` by
    a few; ``faint`` pixels that are paler than the paper by so much stand in one of them alone."""
    one = np.full((100, 100), 230, np.uint8)
    one.reshape(-1)[:1000] = 20
    there = one.copy()
    there.reshape(-1)[:other] += np.uint8(levels)
    there.reshape(-1)[500 : 500 + near] += np.uint8(by)
    there.reshape(-1)[5000 : 5000 + faint] -= np.uint8(paler)
    told = other_strokes(one, there)
    return told.held.by if told else ""


def drawn(
    *, area: float = 0.0, strength: float = 0.0, levels: float = 200.0, height: float = 20, count: int = 100
) -> str:
    """The rule that decides of two drawings of which so much was measured."""
    found = Differing(strength=strength, levels=levels, noise=0.0, place=(0, 0))
    return judge_drawn(area, Legibility(height=height, characters=count), lambda: found).rule


def coloured(levels: float) -> bool:
    """Whether a square that is darker by so many levels is another area."""
    one = np.full((260, 260, 3), 200, np.uint8)
    one[20:60, 20:60] = 40
    other = one.copy()
    other[100:160, 100:160] -= np.uint8(levels)
    found = compare_areas([Toned(name="none", one=one, other=other)], np.ones((260, 260), bool))
    assert found is not None
    return found.difference > 0


def by_parts(*, share: float = 0.1, count: float = 5, angle: float = 0.0) -> str:
    geometry = Geometry(angle=angle, mirrored=False, scale=1.0, stretch=1.0, left_inside=1.0, right_inside=share)
    few = unknown_by_parts(geometry, int(count))
    return few.by if few else ""


def mirrored(count: float) -> bool:
    geometry = Geometry(angle=0.0, mirrored=True, scale=1.0, stretch=1.0, left_inside=1.0, right_inside=1.0)
    return is_other_way_round(geometry, int(count))


def flat(**measured: float) -> bool:
    """Whether a graphic, or a page with shading, is drawn."""
    graphic = Flatness(calm=0.9, few=0.9, soft=0.0, plain=0.0, even=0.0)
    page = Flatness(calm=0.9, few=0.99, soft=0.1, plain=0.9, even=0.99)
    return is_drawn(
        replace(page if "page" in measured else graphic, **{k: v for k, v in measured.items() if k != "page"})
    )


def side() -> VerifySide:
    """A picture that cannot be read again."""
    return VerifySide(
        content=1, ref=ImageRef(source="here", locator=b"gone"), places=(), sha256=b"1", image_sha256=b"", format="PNG",
        width=400, height=400, fingerprint=UNLIKE,
    )  # fmt: skip


def unreadable(_side: VerifySide) -> bytes:
    raise ImageProblem(SkipReason.VANISHED, "gone")


def lettered(level: int) -> _Grey:
    """Rows of bars, one of which has another grey in the middle of the picture."""
    page = np.full((400, 400), 240, np.uint8)
    for top in range(20, 380, 20):
        for start in range(20, 380, 12):
            page[top : top + 10, start : start + 4] = 20
    page[200:210, 200:204] = level
    return page


def grossly(level: int, scale: float = 1.0) -> str:
    """What working pictures alone tell of two pages of which one stroke is paler."""
    pages = [np.repeat(grey[..., None], 3, 2) for grey in (lettered(20), lettered(level))]
    wholes = working_picture(pages[0][..., 0], pages[0]), working_picture(pages[1][..., 0], pages[1])
    found = laid()
    found = replace(found, transform=np.eye(2, 3), geometry=replace(found.geometry, scale=scale))
    closer = look_closer(side(), side(), wholes, found, Pictures(Limits(), unreadable))
    return str(closer.evidence["decided_by"]) if closer else ""


CASES = [
    Case(name="sight_same", below=14, above=18, tell=lambda at: seen(near=400, by=int(at))),
    Case(name="sight_ink", below=30, above=34, tell=lambda at: seen(faint=400, paler=int(at))),
    Case(name="sight_shared", below=0.83, above=0.87, tell=lambda at: seen(near=round(990 - 1000 * at))),
    Case(name="sight_other", below=92, above=100, tell=lambda at: seen(levels=int(at), near=80)),
    Case(name="sight_still", below=0.94, above=0.96, tell=lambda at: seen(levels=85, near=round(990 - 1000 * at))),
    Case(name="sight_other_still", below=78, above=82, tell=lambda at: seen(levels=int(at))),
    Case(name="sight_stroke", below=5, above=7, tell=lambda at: seen(other=int(at))),
    Case(name="other_strokes", below=0.14, above=0.16, tell=lambda at: drawn(strength=at)),
    Case(name="other_strokes_small", below=0.065, above=0.075, tell=lambda at: drawn(strength=at, height=8)),
    Case(name="low_characters", below=8.5, above=9.5, tell=lambda at: drawn(strength=0.1, height=at)),
    Case(name="least_characters", below=6.2, above=6.8, tell=lambda at: drawn(height=at)),
    Case(name="page", below=38, above=42, tell=lambda at: drawn(strength=0.2, levels=10, count=int(at))),
    Case(name="other_mark", below=55, above=65, tell=lambda at: drawn(strength=0.2, levels=at, count=5)),
    Case(name="other_area", below=0.018, above=0.022, tell=lambda at: drawn(area=at)),
    Case(name="beyond_colour", below=33, above=39, tell=coloured),
    Case(name="corners_of_mark", below=11, above=13, tell=mirrored),
    Case(name="shared_by_parts", below=0.24, above=0.26, tell=lambda at: by_parts(share=at)),
    Case(name="corners_of_part", below=19, above=21, tell=lambda at: by_parts(count=at)),
    Case(name="corners_askew", below=39, above=41, tell=lambda at: by_parts(count=at, angle=30.0)),
    Case(name="drawn_soft", below=0.011, above=0.013, tell=lambda at: flat(soft=at)),
    Case(name="page_soft", below=0.11, above=0.13, tell=lambda at: flat(page=1, soft=at)),
    Case(name="page_even", below=0.96, above=0.98, tell=lambda at: flat(page=1, even=at)),
    # A stroke that is paler by so much of the contrast of the strokes around it.
    Case(name="gross_strokes", below=0.42, above=0.48, tell=lambda at: grossly(round(20 + 100 / 0.4424 * at))),
    Case(name="gross_scale", below=1.24, above=1.26, tell=lambda at: grossly(240, at)),
    Case(name="gross_scale", below=1.24, above=1.26, tell=lambda at: grossly(240, 1 / at)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_either_side(case: Case) -> None:
    below, above = decides(case)
    assert below != above


def test_what_is_left_all_over_is_no_noise() -> None:
    """``most_noise``: noise counts up to four levels, and what is left beyond that is a difference."""
    draws = np.random.default_rng(3)
    page, told = lettered(20), []
    for levels in (8.0, 30.0):
        noisy = np.clip(page + draws.normal(0, levels, page.shape), 0, 255).astype(np.uint8)
        found = differing(page, noisy, np.ones(page.shape, bool))
        assert found is not None
        told.append(found.noise)
    assert 1.0 < told[0] < 4.0 == told[1]
