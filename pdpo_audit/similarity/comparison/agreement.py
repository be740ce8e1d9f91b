"""Whether two aligned pictures show the same thing, and in what they differ."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.ink import (
    TONES_EXPLAIN,
    Missing,
    after_tones,
    around,
    exchanged_coarsely,
    unmatched,
)
from pdpo_audit.similarity.comparison.reliefs import Relief, plain_share
from pdpo_audit.similarity.comparison.structure import (
    Part,
    Structure,
    explained_beside,
    nothing_small,
    sharpness,
    structure_of,
)
from pdpo_audit.similarity.cuts import cut

_MUCH_CHANGED = cut("much_changed")
#: With less missing in every block, and that much structure explained, nothing was laid over either of two
#: photographs. Small watermarks lack 0.8 of a place, stickers and captions 1.1 to 3.8, other contents of one form or
#: card 1.5 and more.
_NOTHING_MISSING, _MISSING_RECOLOURED = cut("nothing_missing"), cut("missing_recoloured")
_EXPLAINED, _NOT_STRANGE = cut("explained_at_once"), cut("chance_blocks")
#: Below it no ink is looked for.
_DIFFERENT = cut("different")
_PAGE, _PATCH, _LEAST_OVERLAP = cut("small_counts"), cut("largest_patch"), cut("least_overlap")
_EDGE, _FRAME, _FRAMED = cut("patch_edge"), cut("patch_edge_share"), cut("patch_sides")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How two aligned pictures compare where they overlap.

    ``explained``: share (0 to 1) of the structure of one picture that the other has too, the higher of both
    directions. ``lost`` and ``added``: share of the first picture's ink that the second lacks, and the reverse.
    ``lost_toned``, ``added_toned``: the same after one picture was given the other's tones. ``exchanged``: the
    most pixels of ink that one place (24 x 24 pixels) lost and gained alike, as a changed word does. ``patch``: the
    share of the area in which all differing ink lies, if it is one strip or patch whose ground differs too, as a
    sticker or caption bar does; else 0. ``ground``: the share of that patch that has one tone, in the picture where
    it has more of it. ``replaced_coarse``: ink that was exchanged at half the size, 1 where that was not looked at.
    ``lettering``: the most pixels that one place gained or lost.
    ``plain``: share of the picture that has one even tone, as paper does.
    ``strange``: the share of places with structure in both that have nothing in common, however faint they are.
    ``missing``: the most of the structure of one place that the other picture lacks, in units of that of an average
    place. ``framed``: whether that patch has an edge of its own in both pictures, as one photograph in the place of
    another has; it is no ``patch`` then. ``other``: the share of the picture in which something with structure of its
    own took the place of something else, in one piece. ``beside``: the share of the structure beside the patch that is
    explained, 0 if there is little or no patch. ``calm``: of what lies on a plain ground the share that is no edge, in
    the picture that has less of it: next to nothing on a document. ``sharper``: how much stronger structure is in the
    second picture than its tones explain.
    Ink is looked at only where blocks leave a doubt: else nothing is lost, added or exchanged.
    """

    explained: float
    plain: float
    strange: float
    missing: float
    other: float
    lost: float = 0.0
    added: float = 0.0
    lost_toned: float = 0.0
    added_toned: float = 0.0
    exchanged: int = 0
    patch: float = 0.0
    ground: float = 0.0
    framed: bool = False
    replaced_coarse: float = 0.0
    lettering: int = 0
    beside: float = 0.0
    calm: float = 1.0
    sharper: float = 1.0


def compare(one: Relief, other: Relief, *, change: float | None = None, halves: bool = False) -> Agreement | None:
    """Compare two aligned pictures of one size where both count; ``None`` without enough overlap.

    If not all of it counts, both have the same pixels ``inside``. ``change`` is the mean change of colours (levels), if
    it is known: a large one takes structure away where tones ran into black or white. Of ``halves`` that show a page,
    ink is not looked at where blocks find no difference: whoever has to be sure looks at the whole.
    """
    inside = one.inside
    if inside is not None and int(inside.sum()) < min(_LEAST_OVERLAP, inside.size):
        return None
    structure, plain = structure_of(one, other), min(one.plain, other.plain)
    if structure.explained < _DIFFERENT:
        return _without_likeness(structure, plain)
    most = _MISSING_RECOLOURED if change is not None and change > _MUCH_CHANGED else _NOTHING_MISSING
    if _is_alike(structure, most) and (plain <= _PAGE or halves or nothing_small(one, other)):
        return Agreement(**asdict(structure), plain=plain)
    raw = unmatched(one, other)
    toned = raw if change is not None and change < TONES_EXPLAIN else after_tones(one, other, raw)
    patch = _patch(raw[0], raw[1], one.grey, other.grey)
    beside = explained_beside(one, other, patch.part) if patch.share else 0.0
    places = [around(part) for part in toned]
    return Agreement(
        **asdict(structure),
        lost=raw[0].share,
        added=raw[1].share,
        lost_toned=toned[0].share,
        added_toned=toned[1].share,
        exchanged=int(np.minimum(*places).max()) if all(len(part.ink) for part in toned) else 0,
        patch=patch.share,
        ground=patch.ground,
        framed=patch.framed,
        beside=beside,
        calm=min(one.calm, other.calm) if plain > _PAGE else 1.0,
        sharper=1.0 if change is not None and change > _MUCH_CHANGED else sharpness(one, other),
        plain=plain,
        replaced_coarse=exchanged_coarsely(toned, one, other),
        lettering=max(int(place.max()) for place in places),
    )


def _is_alike(structure: Structure, most_missing: float) -> bool:
    """Whether blocks leave no doubt."""
    return (
        structure.missing <= most_missing
        and structure.explained >= _EXPLAINED
        and structure.strange <= _NOT_STRANGE
        and not structure.other
    )


def _without_likeness(structure: Structure, plain: float) -> Agreement:
    """Of two pictures that show other things all ink is exchanged."""
    return Agreement(
        **asdict(structure),
        plain=plain,
        lost=1.0,
        added=1.0,
        lost_toned=1.0,
        added_toned=1.0,
        replaced_coarse=1.0,
    )


@dataclass(frozen=True, slots=True)
class _Patch:
    """The one patch in which nearly all differing ink lies: its share of the picture, the share of it that has one
    tone, in the picture where it has more of it, and where it is; no share where there is none, or where it is
    ``framed`` in both pictures."""

    share: float = 0.0
    ground: float = 0.0
    framed: bool = False
    part: Part = (0.0, 0.0, 0.0, 0.0)


def _patch(lost: Missing, added: Missing, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> _Patch:
    """The patch, at most an eighth of the picture; none where the ground of both pictures is alike there."""
    if len(lost.ink) + len(added.ink) < 8:
        return _Patch()
    height, width = lost.shape
    rows, columns = np.divmod(np.union1d(lost.ink, added.ink), width)
    top, bottom = (int(edge) for edge in np.quantile(rows, (0.04, 0.96)))
    left, right = (int(edge) for edge in np.quantile(columns, (0.04, 0.96)))
    share = float((bottom - top + 1) * (right - left + 1) / one.size)
    if share > _PATCH:
        return _Patch()
    parts = [image[top : bottom + 1, left : right + 1] for image in (one, other)]
    grounds = [float(np.median(part)) for part in parts]
    even = [plain_share(part) for part in parts]
    if abs(grounds[0] - grounds[1]) <= 20 and abs(even[0] - even[1]) < 0.25:
        return _Patch()
    if _are_both_framed(one, other, (top, bottom), (left, right)):
        return _Patch(framed=True)
    part = left / width, top / height, (right + 1) / width, (bottom + 1) / height
    return _Patch(share=share, ground=max(even), part=part)


def _are_both_framed(
    one: NDArray[np.uint8], other: NDArray[np.uint8], down: tuple[int, int], across: tuple[int, int]
) -> bool:
    """Whether both pictures have an edge around the patch, as two photographs in one place of a page have.

    What was laid over one of two pictures has no edge in the other.
    """
    sides = [_common_edge(one.T, other.T, down, place) for place in across]
    sides += [_common_edge(one, other, across, place) for place in down]
    return sum(share >= _FRAME for share in sides) >= _FRAMED


def _common_edge(one: NDArray[np.uint8], other: NDArray[np.uint8], along: tuple[int, int], place: int) -> float:
    """The share of the columns ``along`` in which both pictures have an edge in one row near ``place``."""
    reach = 3 + (along[1] - along[0]) // 8
    rows, columns = slice(max(0, place - reach), place + reach + 1), slice(along[0], along[1] + 1)
    edges = [np.abs(np.diff(image[rows, columns].astype(np.int16), axis=0)) > _EDGE for image in (one, other)]
    return float((edges[0] & edges[1]).mean(axis=1).max(initial=0.0))
