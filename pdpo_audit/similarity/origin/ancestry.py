"""Which picture of a verified pair the other one was made from, put together from all traces."""

from __future__ import annotations

import numpy as np

from pdpo_audit.imaging.detail import detail_share
from pdpo_audit.imaging.hashes import orient
from pdpo_audit.similarity.comparison.alignment import inverse
from pdpo_audit.similarity.comparison.codings import (
    Coded,
    carries_coding,
    inherited_blocks,
    is_enlargement,
    resaved,
    traced,
)
from pdpo_audit.similarity.comparison.laying import FRAME, Laid
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.comparison.relations import TONE, TURNED, WHOLE, is_overlaid
from pdpo_audit.similarity.comparison.shelves import WholePicture, WorkingPicture
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.origin.generations import clipped, laid_over, lost_colour, surrounded
from pdpo_audit.similarity.origin.sharpness import (
    Gains,
    blurred,
    noisier,
    one_sharpness,
    sharpened,
    sharpness_gains,
    softened,
)

#: The trace of a file that is stored turned; a camera stores so, too, and says when the picture was taken.
STORED_TURNED = "turned"
#: The trace that others of the same frame bear witness of (``elections``).
WITNESSES = "witnesses"
#: Each of ``similarity/cuts``; the last one is the line that the verdict draws between pages and photographs, too.
_SIZE, _ONE_SCALE, _STRAIGHT = cut("other_size"), cut("one_scale"), cut("straight")
_LARGER, _THUMBNAIL, _ALL_DETAIL = cut("larger"), cut("thumbnail"), cut("all_detail")
_CODED_THUMBNAIL = cut("coded_thumbnail")
_NOISE_ONLY, _FINE_CODING, _ROUGH = cut("noise_only"), cut("fine_coding"), cut("rough_coding")
_PAGE = cut("plain")


def source_of(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, laid: Laid, pictures: Pictures
) -> tuple[str, str]:
    """The side (``left`` or ``right``) from which the other picture was made, and by which kind of trace that shows:
    ``frame``, ``colour``, ``size``, ``coding`` or ``STORED_TURNED``. Both empty where the traces do not tell."""
    geometry = laid.geometry
    left_whole, right_whole = geometry.left_inside >= WHOLE, geometry.right_inside >= WHOLE
    trimmed = _trimmed(left, right, one, other, laid) if left_whole and right_whole else 0
    if trimmed and (sign := _upright(left, right, pictures)):
        return _side(sign), STORED_TURNED  # turning a JPEG without loss leaves out edges that do not fill a block
    if trimmed == 1 or (right_whole and not left_whole):
        return _framed(surrounded(one.grey, laid.transform, other.grey.shape[:2]), "left", "right")
    if trimmed == -1 or (left_whole and not right_whole):
        return _framed(surrounded(other.grey, inverse(laid.transform), one.grey.shape[:2]), "right", "left")
    if abs(geometry.angle) > TURNED and min(abs(abs(geometry.angle) - turn) for turn in (90, 180)) > TURNED:
        return "", ""
    sign, trace = lost_colour(one.colourfulness, other.colourfulness), "colour"
    if not sign and _other_size(left, right):
        return _by_detail(left, right, laid, pictures), "size"
    if not sign:
        sign, trace = _by_coding(left, right, one, other, laid, pictures), "coding"
    if not sign:
        sign, trace = _upright(left, right, pictures), STORED_TURNED
    return (_side(sign), trace) if sign else ("", "")


def _trimmed(left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, laid: Laid) -> int:
    """1 if the left picture shows a few rows or columns more at the same scale, -1 if the right one does; 0 else."""
    scale = laid.geometry.scale * (one.grey.shape[1] / left.width) * (right.width / other.grey.shape[1])
    sides = sorted((left.width, left.height)), sorted((right.width, right.height))
    if sides[0] == sides[1] or abs(scale - 1) > _ONE_SCALE or laid.geometry.stretch > 1 + _ONE_SCALE:
        return 0
    return 1 if left.width * left.height > right.width * right.height else -1


def is_rough(left: VerifySide, right: VerifySide) -> bool:
    """Whether one of two files is a JPEG coded so coarsely that its blocks show."""
    return any(0 < side.fingerprint.quality < _ROUGH for side in (left, right))


def _framed(surrounded_: bool | None, outer: str, inner: str) -> tuple[str, str]:
    """The inner picture is the source of a frame around it, and the outer one of what was cut out of it."""
    return ("", "") if surrounded_ is None else (inner if surrounded_ else outer, "frame")


def coded_first(left: VerifySide, right: VerifySide, pictures: Pictures) -> tuple[str, str]:
    """Of two files with equal pixels the source, with the trace, as for ``source_of``.

    If one of them is a JPEG, that one, for only decoding it gives such pixels elsewhere.
    """
    if (left.format == "JPEG") != (right.format == "JPEG"):
        return ("left" if left.format == "JPEG" else "right"), "coding"
    sign = _upright(left, right, pictures)
    return (_side(sign), STORED_TURNED) if sign else ("", "")


def _upright(left: VerifySide, right: VerifySide, pictures: Pictures) -> int:
    """The sign for the one of two JPEG files of one quality that is not stored turned.

    Turning a JPEG without loss is how a finished picture comes to lie on its side.
    """
    if not 0 < left.fingerprint.quality == right.fingerprint.quality:
        return 0
    one, other = pictures.whole(left), pictures.whole(right)
    return 0 if one is None or other is None else int(other.turned) - int(one.turned)


def _side(sign: int) -> str:
    """The source, from the sign that says which side was derived: -1 the left one, 1 the right one."""
    return {-1: "right", 1: "left"}.get(sign, "")


def _other_size(left: VerifySide, right: VerifySide) -> bool:
    sides = sorted((left.width, left.height)), sorted((right.width, right.height))
    return any(abs(a / b - 1) > _SIZE for a, b in zip(*sides, strict=True))


def _by_detail(left: VerifySide, right: VerifySide, laid: Laid, pictures: Pictures) -> str:
    """The smaller was made from the larger, unless it is proved that this is the smaller one enlarged.

    That a picture has pixels without detail proves nothing: a scan, a frame out of focus has no more.
    """
    larger, smaller = (left, right) if left.width * left.height >= right.width * right.height else (right, left)
    ratio = np.sqrt(larger.width * larger.height / max(1, smaller.width * smaller.height))
    # Of what was enlarged a little too little shows, and too little of a smallest thumbnail is left to tell.
    short = min(smaller.width, smaller.height)
    told = ratio >= _LARGER and short >= _CODED_THUMBNAIL and laid.tone.change <= _NOISE_ONLY
    if told and _is_framed_alike(laid):
        wholes = pictures.whole(larger), pictures.whole(smaller)
        if wholes[0] is not None and wholes[1] is not None:
            coded = wholes[0].coded, wholes[1].coded
            # Soft pictures saved without loss become themselves again, whichever of them was first.
            is_sharp = short >= _THUMBNAIL and _fine(smaller, pictures) >= _ALL_DETAIL
            told = bool(coded[1].steps.any()) or is_sharp
            if carries_coding(*coded) or (told and is_enlargement(*coded)):
                return "left" if smaller is left else "right"
    return "left" if larger is left else "right"


def _fine(side: VerifySide, pictures: Pictures) -> float:
    """The share of its frequencies at which a picture has detail; measured now where it was not decoded whole."""
    if side.fingerprint.detail:
        return side.fingerprint.detail
    whole = pictures.whole(side)
    return 1.0 if whole is None else detail_share(whole.coded.luma)


def _by_coding(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, laid: Laid, pictures: Pictures
) -> int:
    """Same size: older quantisation in the pixels, something laid over, clipped tones, lost detail; then quality."""
    straight = not laid.geometry.mirrored and abs(laid.geometry.angle) < TURNED
    qualities = left.fingerprint.quality, right.fingerprint.quality
    overlaid = is_overlaid(laid.agreement, laid.tone, rough=is_rough(left, right))
    whole = pictures.whole(left), pictures.whole(right)
    if whole[0] is None or whole[1] is None:
        return 0
    sign, turned = 0, laid.orientation
    if on_one_grid(left, right, laid) and any(qualities):
        # On a page most blocks are blank, and blank blocks agree with any quantisation.
        blank = laid.agreement.plain > _PAGE
        same_tones = laid.tone.change < TONE
        if turned == 0:
            sign = _by_grid(whole[0], whole[1], qualities, overlaid=overlaid, same_tones=same_tones, blank=blank)
        elif not blank:
            sign = _by_turned_grid(whole[0], whole[1], qualities, turned)
    if sign or not straight:
        return sign
    # Coding takes noise away, and how coarsely WebP and its kind did is not known.
    fine = min(qualities) >= _FINE_CODING and laid.tone.change < _NOISE_ONLY
    coded = whole[0].coded, whole[1].coded
    one_size = coded[0].luma.shape == coded[1].luma.shape
    sign = noisier(*coded) if one_size and fine and not overlaid else 0
    gains = sharpness_gains(*coded) if one_size and not sign else Gains()
    gain = gains.nearly_all if overlaid else gains.median
    sign = sign or _by_look(left, right, one, other, laid, gain, softened(gains))
    return sign or (sharpened(gain) if fine and not overlaid else 0)


def _is_framed_alike(laid: Laid) -> bool:
    """Whether the whole frames lie over each other without turning."""
    return laid.how == FRAME and laid.orientation == 0


def on_one_grid(left: VerifySide, right: VerifySide, laid: Laid) -> bool:
    """Whether the files have the same frame, pixel for pixel, whatever way that was found."""
    sizes = (left.width, left.height), (right.width, right.height)
    if laid.how == FRAME:
        return True
    straight = abs(laid.geometry.angle) < _STRAIGHT and abs(laid.geometry.stretch - 1) < _STRAIGHT / 100
    inside = min(laid.geometry.left_inside, laid.geometry.right_inside)
    return sizes[0] == sizes[1] and straight and not laid.geometry.mirrored and inside == 1.0


def _by_grid(
    one: WholePicture, other: WholePicture, qualities: tuple[int, int], *, overlaid: bool, same_tones: bool, blank: bool
) -> int:
    """What the 8 x 8 grid of an older coding tells of two whole pictures of one size."""
    if one.coded.luma.shape != other.coded.luma.shape:
        return 0
    sign = resaved(one.coded, other.coded, patched=overlaid) if same_tones else 0
    # With equal tones either may carry the steps of the other: of one that was saved with such steps long ago.
    if sign or blank or (same_tones and not overlaid):
        return sign
    return traced(one.coded, other.coded) or inherited_blocks(one.coded, other.coded, *qualities)


def _by_turned_grid(one: WholePicture, other: WholePicture, qualities: tuple[int, int], orientation: int) -> int:
    """The same for a mirrored or quarter-turned copy: looked for on the grid of the more coarsely coded picture."""
    left, right = one.coded, other.coded
    if left.steps.sum() > right.steps.sum():
        right = _turned(right, orientation)
    else:
        left = _turned(left, _undo(orientation))
    if left.luma.shape != right.luma.shape:
        return 0
    return traced(left, right) or inherited_blocks(left, right, *qualities)


def _turned(coded: Coded, orientation: int) -> Coded:
    """A picture off its own grid."""
    return Coded(luma=orient(coded.luma, orientation), steps=np.zeros((8, 8)))


def _undo(orientation: int) -> int:
    """The orientation that turns an oriented picture back."""
    if not orientation & 4:
        return orientation
    return 4 | (orientation & 1) << 1 | (orientation & 2) >> 1


def _by_look(
    left: VerifySide,
    right: VerifySide,
    one: WorkingPicture,
    other: WorkingPicture,
    laid: Laid,
    gain: float,
    softer: int,
) -> int:
    """What can be seen without the coding: blur, a patch or lettering laid over, tones that ran into the ends."""
    agreement, rough = laid.agreement, is_rough(left, right)
    overlaid = is_overlaid(agreement, laid.tone, rough=rough)
    softer = blurred(gain, patched=overlaid) or softer
    # Coarse coding makes edges of its own where a picture is smooth.
    if softer and not 0 < (left if softer == 1 else right).fingerprint.quality < _FINE_CODING:
        return softer
    # Where tones were changed, ink comes and goes with them.
    if overlaid and one_sharpness(gain) and laid.tone.change < _NOISE_ONLY:
        sign = laid_over(one.grey, other.grey)
        if sign or agreement.patch:  # a sticker may hide more than it shows
            return sign
        if agreement.added_toned > 2 * agreement.lost_toned and not rough:
            return 1
        if agreement.lost_toned > 2 * agreement.added_toned and not rough:
            return -1
    return clipped(one.grey, other.grey) if laid.tone.change > TONE else 0
