"""How one picture differs from another, in the word that says most to a reviewer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.clusters import Evidence, NamedBy, Relation
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
_DRAWN_OVER = {"drawn_over": cut("drawn_over"), "drawn_over_recoloured": cut("drawn_over_recoloured")}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How the right picture differs from the left one, ``reverse`` the other way round, and which measure said so.

    ``by`` is the name of the cut (``similarity.cuts``) that decided, or a ``NamedBy`` where none did, and ``at`` what
    was measured, the same whichever of the two is the left one; ``limit`` is where the cut lay for these two pictures,
    if that is not its value.
    """

    relation: Relation
    reverse: Relation
    by: str
    at: float | None = None
    limit: float | None = None

    @property
    def told(self) -> Evidence:
        """What the evidence of the pair says of it."""
        told: Evidence = {"named_by": str(self.by)}
        told |= {} if self.at is None else {"named_at": round(self.at, 4)}
        return told | ({} if self.limit is None else {"named_limit": round(self.limit, 4)})


def name_relation(difference: Difference) -> Named:
    """How two pictures of a pair differ.

    Geometry before tone before size before compression; what only adds something around or over the picture is an
    edit. A crop seen from the whole is ``cropped``, the whole seen from the crop ``edited``.
    """
    geometry = difference.geometry
    if geometry.mirrored:
        return _alike(Relation.MIRRORED, NamedBy.MIRRORED)
    if abs(geometry.angle) > TURNED:
        return _alike(Relation.ROTATED, "turned", abs(geometry.angle))
    left, right = geometry.left_inside, geometry.right_inside
    if min(left, right) >= WHOLE:
        return _in_same_frame(difference)
    # That the cut was not reached is what names it: by the one of the two of which less lies in the other.
    if right >= WHOLE:
        return Named(relation=Relation.CROPPED, reverse=Relation.EDITED, by="whole", at=left)
    if left >= WHOLE:
        return Named(relation=Relation.EDITED, reverse=Relation.CROPPED, by="whole", at=right)
    return _alike(Relation.EDITED, "whole", min(left, right))


def _alike(relation: Relation, by: str, at: float | None = None, limit: float | None = None) -> Named:
    return Named(relation=relation, reverse=relation, by=by, at=at, limit=limit)


def _in_same_frame(difference: Difference) -> Named:
    # The longer side by the shorter one, whichever picture has it: the same number seen from either.
    stretch = max((max(factor, 1 / factor) - 1 for factor in difference.stretch), default=0.0)
    resized, tone = stretch > _SIZE, difference.tone.change
    # Resampled anew, sharp edges look as if something lay over them.
    over = overlay_of(difference.agreement, difference.tone, rough=difference.rough or resized)
    if over is not None:
        return _alike(Relation.EDITED, *over)
    if tone > (limit := TONE + _SMALL / difference.shorter):
        return _alike(Relation.RECOLOURED, "tone", tone, limit)
    if resized:
        return _alike(Relation.RESIZED, "resized", stretch)
    return _alike(Relation.RECOMPRESSED, NamedBy.NONE_CROSSED)


def is_overlaid(agreement: Agreement, tone: Tone, *, rough: bool = False) -> bool:
    """Whether something was laid over one of two pictures in the same frame: lettering, a sticker, a bar."""
    return overlay_of(agreement, tone, rough=rough) is not None


def overlay_of(agreement: Agreement, tone: Tone, *, rough: bool = False) -> tuple[str, float] | None:
    """The cut that something laid over one of two pictures crosses, and what was measured; ``None`` where nothing is.

    With ``rough``, one of them is coded so coarsely that its blocks look like ink.
    """
    ink = max(agreement.lost_toned, agreement.added_toned)
    if ink > (OVERLAY_ROUGH if rough else OVERLAY):
        return ("overlay_rough" if rough else "overlay"), ink
    if tone.change >= MUCH_CHANGED:
        return None
    # Where tones were changed, the few pixels that ran into black or white look like lettering, or like a patch.
    if not rough and agreement.lettering > _LETTERING:
        return "lettering", agreement.lettering
    if not rough and is_drawn_over(agreement, tone):
        return _drawn_over_cut(agreement, tone), agreement.missing
    return ("tone_patch", tone.patch) if tone.patch > _PATCH else None


def is_drawn_over(agreement: Agreement, tone: Tone) -> bool:
    """Whether a place lacks so much of its structure that coding and tones do not explain it."""
    return agreement.missing > _DRAWN_OVER[_drawn_over_cut(agreement, tone)]


def _drawn_over_cut(agreement: Agreement, tone: Tone) -> str:
    """The cut that tells what was drawn over: the stricter one where tones changed and neither was sharpened."""
    sharpened = max(agreement.sharper, 1 / agreement.sharper) > _SHARPENED
    return "drawn_over" if sharpened or tone.change <= TONE else "drawn_over_recoloured"


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
