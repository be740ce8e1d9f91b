"""How one picture differs from another, in the word that says most to a reviewer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.clusters import Relation
from pdpo_audit.similarity.comparison.agreement import Agreement
from pdpo_audit.similarity.comparison.alignment import Geometry
from pdpo_audit.similarity.comparison.reliefs import block_means
from pdpo_audit.similarity.cuts import cut

TURNED = cut("turned")
#: A picture is whole when this share of it lies in the other: lossless rotation trims up to 15 pixels of each side, a
#: crop of 5 % of each side leaves 0.90.
WHOLE = cut("whole")
#: A mean change of colour beyond this (levels of 255) is a change of tone; compression stays below half of it. In a
#: thumbnail of so many pixels the mean is that much less certain.
TONE, _SMALL = cut("tone"), cut("tone_of_small")
OVERLAY, OVERLAY_ROUGH, _LETTERING = cut("overlay"), cut("overlay_rough"), cut("lettering")
#: A place that lacks more of its structure than this was drawn over, or the whole was blurred or sharpened; where tones
#: changed they may have run into black or white. Measured on 48 photographs: small watermarks 0.8 (half of them), large
#: ones, stickers and captions 1.1 and more, blur 0.4 to 1.3, sharpening 0.3 to 0.7; other copies up to 0.3, brighter
#: ones up to 1.2.
_DRAWN_OVER, _DRAWN_OVER_RECOLOURED = cut("drawn_over"), cut("drawn_over_recoloured")
_SHARPENED, _STRANGE, _PATCH = cut("sharpened"), cut("strange_tone"), cut("tone_patch")
#: With a larger change of tone than this, single blocks and pixels prove nothing.
MUCH_CHANGED = cut("much_changed")
_LARGE, _SIZE = cut("patch_side"), cut("resized")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """``change``: mean systematic change of colour (levels of 255); ``patch``: share of the area that has another
    colour than this change explains."""

    change: float
    patch: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that was measured between the left and the right picture of a pair.

    ``stretch``: pixels of the right file for one of the left, in the directions of most and least; ``shorter``: the
    shortest side (pixels) of what was compared; ``rough``: one of the files is coded coarsely.
    """

    geometry: Geometry
    agreement: Agreement
    tone: Tone
    stretch: tuple[float, float]
    shorter: int
    rough: bool = False


def name_relation(difference: Difference) -> tuple[Relation, Relation]:
    """How the right picture differs from the left one, and how the left differs from the right.

    Geometry before tone before size before compression; what only adds something around or over the picture is an
    edit. A crop seen from the whole is ``cropped``, the whole seen from the crop ``edited``.
    """
    geometry = difference.geometry
    if geometry.mirrored:
        return Relation.MIRRORED, Relation.MIRRORED
    if abs(geometry.angle) > TURNED:
        return Relation.ROTATED, Relation.ROTATED
    left_whole, right_whole = geometry.left_inside >= WHOLE, geometry.right_inside >= WHOLE
    if right_whole and not left_whole:
        return Relation.CROPPED, Relation.EDITED
    if left_whole and not right_whole:
        return Relation.EDITED, Relation.CROPPED
    if not left_whole and not right_whole:
        return Relation.EDITED, Relation.EDITED
    same_frame = _in_same_frame(difference)
    return same_frame, same_frame


def _in_same_frame(difference: Difference) -> Relation:
    resized = any(abs(factor - 1) > _SIZE for factor in difference.stretch)
    # Resampled anew, sharp edges look as if something lay over them.
    if is_overlaid(difference.agreement, difference.tone, rough=difference.rough or resized):
        return Relation.EDITED
    if difference.tone.change > TONE + _SMALL / difference.shorter:
        return Relation.RECOLOURED
    if resized:
        return Relation.RESIZED
    return Relation.RECOMPRESSED


def is_overlaid(agreement: Agreement, tone: Tone, *, rough: bool = False) -> bool:
    """Whether something was laid over one of two pictures in the same frame: lettering, a sticker, a bar.

    With ``rough``, one of them is coded so coarsely that its blocks look like ink.
    """
    if max(agreement.lost_toned, agreement.added_toned) > (OVERLAY_ROUGH if rough else OVERLAY):
        return True
    # Where tones were changed, the few pixels that ran into black or white look like lettering, or like a patch.
    lettered = (agreement.lettering > _LETTERING or is_drawn_over(agreement, tone)) and not rough
    return tone.change < MUCH_CHANGED and (lettered or tone.patch > _PATCH)


def is_drawn_over(agreement: Agreement, tone: Tone) -> bool:
    """Whether a place lacks so much of its structure that coding and tones do not explain it."""
    if max(agreement.sharper, 1 / agreement.sharper) > _SHARPENED:
        return agreement.missing > _DRAWN_OVER
    return agreement.missing > (_DRAWN_OVER if tone.change <= TONE else _DRAWN_OVER_RECOLOURED)


def tone_change(one: NDArray[np.uint8], other: NDArray[np.uint8], inside: NDArray[np.bool_] | None) -> Tone:
    """The systematic change of colour between two aligned RGB pictures.

    A linear map of colours (3 x 4, least squares over block means) is fitted; what it moves colours by on average is
    the change. Compression scatters colours about, but moves none of them systematically.
    """
    side = min(max(4, min(one.shape[:2]) // 16), *one.shape[:2])
    a, b = (block_means(image, side).reshape(-1, 3) for image in (one, other))
    if inside is not None:
        valid = block_means(inside.astype(np.float32), side).ravel() > 0.99
        a, b = a[valid], b[valid]
    if len(a) < 16:
        return Tone(change=0.0, patch=0.0)
    source = np.column_stack([a, np.ones(len(a))])
    # A weak pull towards "no change" keeps the fit honest where a picture has few colours.
    pull = np.diag([20.0, 20.0, 20.0, 1.0]) ** 2
    keep, moved, most = np.ones(len(a), bool), b - a, int(0.85 * len(a))
    for _ in range(3):  # the later fits leave out what a caption or sticker covers
        kept = source[keep]
        change = np.linalg.solve(kept.T @ kept + pull, kept.T @ moved[keep])
        miss = np.abs(moved - source @ change).max(axis=1)
        before, keep = keep, miss <= max(6.0, float(np.partition(miss, most)[most]))
        if np.array_equal(before, keep):
            break
    sure = float(np.median(miss)) < _STRANGE / 6 and min(one.shape[:2]) >= _LARGE
    patch = float((miss > _STRANGE).mean()) if sure else 0.0
    return Tone(change=float(np.abs(source[keep] @ change).mean()), patch=patch)
