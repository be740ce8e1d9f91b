"""The cuts by which two pictures that are laid over each other are measured (``comparison/agreement``, ``structure``,
``ink``, ``laying``): what counts as structure, as ink, as a place, as a patch."""

from __future__ import annotations

from functools import partial

from pdpo_audit.similarity.cuts.table import MORE, Cut

_DAY = "2026-11-20"
_photos = partial(Cut, corpus="48 to 144 photographs in 70 variants", measured=_DAY)
_windows = partial(Cut, corpus="4,000 pairs of different faint pictures in the window of one program", measured=_DAY)
_forms = partial(Cut, corpus="forms of one template in which one digit differs", measured=_DAY)
_pairs = partial(Cut, corpus="657 to 1,500 pairs of photographs and their variants", measured=_DAY)
_chosen = partial(Cut, corpus="chosen on the recall corpus of that day; neither side was measured", measured=_DAY)

LAYING = (
    _chosen(
        name="different",
        value=0.40,
        unit="share of structure",
        what="explained: below it no ink is looked for",
        above=True,
    ),
    _chosen(
        name="much_changed",
        value=5.0,
        unit="levels",
        what="mean change of tones beyond which single blocks and pixels prove nothing",
    ),
    _photos(
        name="nothing_missing",
        value=0.35,
        unit="structure of an average place",
        what="missing in any place: nothing was laid over",
        copies=(0.04, 0.3),
        strangers=(0.8, MORE),
    ),
    _photos(
        name="missing_recoloured",
        value=0.6,
        unit="structure of an average place",
        what="the same where tones changed much",
    ),
    _photos(
        name="explained_at_once",
        value=0.5,
        unit="share of structure",
        what="explained: nothing was laid over",
        above=True,
    ),
    _photos(
        name="chance_blocks",
        value=0.06,
        unit="share of blocks",
        what="that have nothing in common by chance",
        copies=(0.0, 0.06),
    ),
    _chosen(
        name="small_counts",
        value=0.40,
        unit="share of the picture",
        what="one even tone: on a card, form or page small things count",
    ),
    _chosen(
        name="largest_patch", value=0.125, unit="share of the picture", what="that a sticker or caption bar covers"
    ),
    _chosen(name="patch_edge", value=6, unit="levels", what="between two pixels at the edge of a patch"),
    _chosen(
        name="patch_edge_share",
        value=0.9,
        unit="share of a side",
        what="along which a patch has an edge in both pictures",
    ),
    _chosen(
        name="patch_sides", value=3, unit="sides", what="with an edge in both: a photograph in the place of another"
    ),
    _chosen(
        name="least_overlap", value=900, unit="pixels", what="that two pictures must share to be judged", above=True
    ),
    _chosen(name="block_inside", value=0.98, unit="share of a block", what="that lies in both pictures", above=True),
    _windows(
        name="faint_structure",
        value=1.5,
        unit="levels squared",
        what="variance of a block in both pictures: it has structure, however faint",
    ),
    _windows(
        name="unlike", value=0.25, unit="squared correlation", what="of two blocks with nothing in common", above=True
    ),
    _windows(name="least_blocks", value=24, unit="blocks", what="with structure that are needed to tell", above=True),
    _windows(
        name="shows_through",
        value=0.17,
        unit="share of structure",
        what="of one picture found under what was drawn over it",
        copies=(0.20, MORE),
        strangers=(0.0, 0.17),
        above=True,
    ),
    _windows(name="place_blocks", value=5, unit="connected blocks", what="that are a place", above=True),
    _windows(
        name="strong_structure",
        value=16.0,
        unit="levels squared",
        what="variance of each block of a place in both pictures",
    ),
    _photos(name="stroke_levels", value=3.0, unit="levels", what="by which something stands out in a place"),
    _photos(name="kept_within", value=0.4, unit="share of the contrast", what="by which what is kept may differ"),
    _photos(name="kept_least", value=4.0, unit="levels", what="by which what is kept may differ anyway"),
    _photos(name="kept_most", value=10.0, unit="levels", what="by which what is kept may differ at most"),
    _photos(
        name="kept",
        value=0.40,
        unit="share of what stands out",
        what="kept under a watermark; less in another photograph",
        copies=(0.33, MORE),
        strangers=(0.1, 0.4),
        above=True,
    ),
    _photos(
        name="shows_through_place",
        value=0.35,
        unit="share of structure",
        what="of a place found again: it was blurred or resampled",
        above=True,
    ),
    _chosen(
        name="enough_beside",
        value=0.4,
        unit="share of structure",
        what="that must lie beside a patch to prove anything",
        above=True,
    ),
    _forms(
        name="nothing_small",
        value=0.12,
        unit="structure of a strong place",
        what="missing in any small block of a form",
        copies=(0.0, 0.12),
        strangers=(0.14, MORE),
    ),
    _chosen(name="ink", value=0.5, unit="share of the strongest 2 %", what="by which ink stands out", above=True),
    _chosen(
        name="ink_again",
        value=0.5,
        unit="share of the ink",
        what="of the same sign one pixel away at most: it is found again",
        above=True,
    ),
    _chosen(
        name="strong_places",
        value=30,
        unit="places",
        what="strong in both pictures: they tell the contrast between them",
        above=True,
    ),
    _chosen(
        name="clean", value=0.004, unit="share of ink", what="unmatched: nothing that a change of tones could explain"
    ),
    _chosen(
        name="tones_explain", value=1.0, unit="levels", what="mean change below which tones explain nothing", above=True
    ),
    _chosen(
        name="same_frame",
        value=80,
        unit="bits of 256",
        what="distance of whole frames that are laid over each other as a first guess",
    ),
    _chosen(
        name="laid_region_bits",
        value=10,
        unit="bits of 63",
        what="distance of regions of two pictures that are compared anyway",
    ),
    _chosen(name="laid_region_votes", value=2, unit="regions", what="that agree, to try a map", above=True),
    _chosen(
        name="laid_ink", value=0.002, unit="share of ink", what="replaced: no better way to lay them is looked for"
    ),
    _chosen(
        name="laid_structure",
        value=0.7,
        unit="share of structure",
        what="explained: no better way to lay them is looked for",
        above=True,
    ),
    _pairs(
        name="held",
        value=0.55,
        unit="share of structure",
        what="explained: the pictures lie as they should",
        above=True,
    ),
    _pairs(
        name="clear_lost",
        value=0.004,
        unit="share of ink",
        what="replaced at half the size: nothing is missing of a photograph",
    ),
    _pairs(
        name="clear_structure",
        value=0.5,
        unit="share of structure",
        what="explained at half the size for a verdict there",
        above=True,
    ),
    _pairs(name="clear_lettering", value=2, unit="pixels", what="of lettering in one place at half the size"),
    _pairs(
        name="clear_plain",
        value=0.45,
        unit="share of the picture",
        what="one even tone at half the size: a form",
        above=True,
    ),
    _pairs(
        name="clear_replaced",
        value=0.02,
        unit="share of ink",
        what="replaced at half the size: a form filled in anew",
        above=True,
    ),
    _pairs(
        name="clear_photo",
        value=0.25,
        unit="share of the picture",
        what="one even tone of a photograph at half the size",
    ),
    _pairs(
        name="clear_covered",
        value=0.65,
        unit="share of structure",
        what="explained at half the size of a photograph under lettering or a sticker",
        above=True,
    ),
)
