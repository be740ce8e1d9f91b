"""Either side of the cuts by which pictures are laid over each other, and by which half the size is clear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from skimage import data

from pdpo_audit.imaging.regions import RECORD, describe_regions
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.pictures import Fingerprint
from pdpo_audit.similarity.comparison.agreement import compare
from pdpo_audit.similarity.comparison.laying import is_close, lay
from pdpo_audit.similarity.comparison.pictures import VerifySide
from pdpo_audit.similarity.comparison.relations import is_overlaid
from pdpo_audit.similarity.comparison.reliefs import Relief
from pdpo_audit.similarity.comparison.shelves import working_picture
from pdpo_audit.similarity.comparison.verdicts import decide, is_clear
from tests.similarity.cuts import Case, decides, laid

CAMERA = np.asarray(data.camera()[::2, ::2], np.uint8)  # type: ignore[no-untyped-call]  # typed in part
UNLIKE = Fingerprint(method="", perceptual=bytes(32), phash=bytes(8), texture=90, thumbnail=b"")
#: A form that was filled in anew.
FORM = {"plain": 0.9, "calm": 0.0, "lost_toned": 0.5, "added_toned": 0.5}


def clear(*, ink: float = 0.0, **measured: float) -> bool:
    """Whether half the size tells of a photograph of which so much was measured."""
    return is_clear(laid(lost_toned=ink, added_toned=ink, **measured))


def side(regions: bytes) -> VerifySide:
    return VerifySide(
        content=1, ref=ImageRef(source="here", locator=b"here"), places=(), sha256=b"1", image_sha256=b"", format="PNG",
        width=256, height=256, fingerprint=replace(UNLIKE, regions=regions),
    )  # fmt: skip


def how(*, bits: float = 200, flipped: float = 0, kept: float = 40) -> str:
    """How a photograph is laid on itself whose hashes are so many bits apart, and whose regions are those of a copy but
    for flipped bits, or few."""
    records = np.frombuffer(describe_regions(CAMERA), RECORD)
    places = np.unique(np.round(np.stack([records["x"], records["y"]], axis=1) / 8192), axis=0, return_index=True)[1]
    records = records[np.sort(places)[: int(kept)]].copy()
    there = records.copy()
    there["hash"] ^= np.uint64((1 << int(flipped)) - 1)
    whole = working_picture(CAMERA, np.repeat(CAMERA[..., None], 3, 2))
    apart = np.full(8, int(bits), np.int64)
    found = lay(side(records.tobytes()), side(there.tobytes()), whole, whole, apart, is_close, trimmed=False)
    return found.how if found else ""


def overlapping(pixels: float) -> bool:
    """Whether two pictures that share so many pixels are judged."""
    inside = np.zeros(CAMERA.shape, bool)
    inside.reshape(-1)[: int(pixels)] = True
    return compare(Relief(grey=CAMERA, inside=inside), Relief(grey=CAMERA, inside=inside)) is not None


def sticker(length: int) -> float:
    """The patch that a black square makes on a photograph: a share of it, as its ink tells; 0 where it is none."""
    covered = CAMERA.copy()
    covered[60 : 60 + length, 60 : 60 + length] = 0
    found = compare(Relief(grey=CAMERA), Relief(grey=covered))
    assert found is not None
    return found.patch


def of_brighter(change: float) -> bool:
    """Whether one picture is given the other's tones where the mean change of colour is so much."""
    brighter = np.clip(CAMERA * 0.8 + 30, 0, 255).astype(np.uint8)
    brighter[100:130, 60:160] = 255
    found = compare(Relief(grey=CAMERA), Relief(grey=brighter), change=change)
    assert found is not None
    return found.lost_toned == found.lost


CASES = [
    Case(name="different", below=0.39, above=0.41, tell=lambda at: decide(laid(explained=at)).rule),
    Case(
        name="much_changed",
        below=4.8,
        above=5.2,
        tell=lambda at: is_overlaid(laid(lettering=20).agreement, laid(tone=at).tone),
    ),
    Case(name="same_frame", below=79, above=81, tell=lambda at: how(bits=at, kept=0)),
    Case(name="laid_region_bits", below=10, above=11, tell=lambda at: how(flipped=at)),
    Case(name="laid_region_votes", below=2, above=3, tell=lambda at: how(kept=at - 1)),
    Case(name="laid_ink", below=0.0018, above=0.0022, tell=lambda at: is_close(laid(lost_toned=at, added_toned=at))),
    Case(name="laid_structure", below=0.69, above=0.71, tell=lambda at: is_close(laid(explained=at))),
    Case(name="clear_lost", below=0.0038, above=0.0042, tell=lambda at: clear(ink=at, plain=0.3)),
    Case(name="clear_structure", below=0.49, above=0.51, tell=lambda at: clear(explained=at)),
    Case(name="clear_lettering", below=2, above=3, tell=lambda at: clear(lettering=int(at))),
    Case(name="clear_plain", below=0.44, above=0.46, tell=lambda at: is_clear(laid(**{**FORM, "plain": at}))),
    Case(name="clear_replaced", below=0.019, above=0.021, tell=lambda at: clear(ink=at, plain=0.9, calm=0.0)),
    Case(name="clear_photo", below=0.24, above=0.26, tell=lambda at: clear(ink=0.02, plain=at)),
    Case(name="clear_covered", below=0.64, above=0.66, tell=lambda at: clear(ink=0.02, explained=at)),
    Case(name="least_overlap", below=880, above=920, tell=overlapping),
    Case(name="tones_explain", below=0.95, above=1.05, tell=of_brighter),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_either_side(case: Case) -> None:
    below, above = decides(case)
    assert below != above


def test_a_larger_patch_is_none() -> None:
    """``largest_patch``: an eighth of the picture."""
    told = [sticker(length) for length in range(90, 115)]
    shares = [share for share in told if share > 0]
    assert 0.120 < max(shares) <= 0.125 and shares == told[: len(shares)] and told[-1] == 0.0


def test_a_frame_that_one_of_two_exceeds_is_clear_whatever_lies_over_it() -> None:
    shifted = laid(shift=60.0, lost_toned=0.0, added_toned=0.008)
    assert is_clear(shifted) and not is_clear(replace(shifted, geometry=laid().geometry))
