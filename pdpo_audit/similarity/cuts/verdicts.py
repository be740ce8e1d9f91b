"""The cuts of the verdict on two pictures that were laid over each other (``comparison/verdicts``)."""

from __future__ import annotations

from functools import partial

from pdpo_audit.similarity.cuts.table import Cut

_PHOTOS, _FORMS = "48 to 144 photographs in 70 variants", "forms and cards of one template, 3,900 pairs"
_WINDOWS, _DAY = "3,276 pairs of photographs on cards, in windows, on sheets", "2026-11-20"
_photos = partial(Cut, corpus=_PHOTOS, measured=_DAY)
_forms = partial(Cut, corpus=_FORMS, measured=_DAY)
_windows = partial(Cut, corpus=_WINDOWS, measured=_DAY)
_chosen = partial(Cut, corpus="chosen on the recall corpus of that day; neither side was measured", measured=_DAY)

VERDICTS = (
    _photos(
        name="replaced_photo",
        value=0.06,
        unit="share of ink",
        what="exchanged ink in a photograph",
        copies=(0.0, 0.008),
    ),
    _forms(
        name="replaced_plain",
        value=0.012,
        unit="share of ink",
        what="exchanged ink on a mostly plain page",
        copies=(0.0, 0.008),
        strangers=(0.03, 1.0),
    ),
    _photos(
        name="replaced_patch", value=0.16, unit="share of ink", what="exchanged ink where all of it lies in one patch"
    ),
    _photos(name="replaced_even", value=0.40, unit="share of ink", what="the same under a patch of one tone"),
    _photos(
        name="even_ground",
        value=0.6,
        unit="share of the patch",
        what="one tone of a patch that may hide that much",
        copies=(0.60, 1.0),
        above=True,
    ),
    _photos(
        name="least_ground",
        value=0.50,
        unit="share of the patch",
        what="one tone of any patch",
        copies=(0.60, 1.0),
        above=True,
    ),
    _photos(name="patch_of_content", value=0.35, unit="share of what is not plain", what="a patch on a plain page"),
    _forms(
        name="exchanged",
        value=5,
        unit="pixels in 24 x 24",
        what="ink that one place of a page exchanged",
        strangers=(12, 300),
    ),
    _forms(name="added_plain", value=0.06, unit="share of ink", what="ink added to a mostly plain page"),
    _forms(name="plain", value=0.55, unit="share of the picture", what="one even tone: it is a page"),
    _forms(
        name="half_plain", value=0.40, unit="share of the picture", what="one even tone: a card with a photograph on it"
    ),
    _forms(name="exchanged_many", value=60, unit="pixels in 24 x 24", what="ink exchanged in one place of such a card"),
    _forms(
        name="replaced_half_plain",
        value=0.04,
        unit="share of ink",
        what="exchanged ink on such a card",
        copies=(0.0, 0.030),
        strangers=(0.064, 0.104),
    ),
    _forms(name="related", value=0.50, unit="share of structure", what="explained: one layout or scene", above=True),
    _photos(
        name="shared", value=0.5, unit="share of a picture", what="of one of the two lies in the other", above=True
    ),
    _windows(
        name="strange",
        value=0.08,
        unit="share of blocks",
        what="blocks that have nothing in common",
        copies=(0.0, 0.06),
        strangers=(0.15, 1.0),
    ),
    _windows(
        name="strange_patch", value=0.20, unit="share of blocks", what="the same under a patch", copies=(0.0, 0.15)
    ),
    _photos(
        name="patch_photo",
        value=0.60,
        unit="share of structure",
        what="explained under a sticker or bar on a photograph",
        above=True,
    ),
    _forms(name="patch_plain", value=0.78, unit="share of structure", what="the same on a plain page", above=True),
    _photos(name="beside_patch", value=0.80, unit="share of structure", what="explained beside a patch", above=True),
    _photos(
        name="no_document",
        value=0.20,
        unit="share of what is drawn",
        what="calm places: a photograph, no document",
        copies=(0.27, 1.0),
        strangers=(0.0, 0.05),
        above=True,
    ),
    _photos(
        name="explained_object",
        value=0.60,
        unit="share of structure",
        what="explained of an object on a plain ground",
        above=True,
    ),
    _photos(name="other_sharpness", value=1.06, unit="factor", what="by how much one of two is sharper"),
    _photos(name="drawn_over_object", value=0.33, unit="share of ink", what="ink added to an object on a plain ground"),
    _windows(
        name="exchanged_object",
        value=50,
        unit="pixels in 24 x 24",
        what="ink exchanged in one place of such an object",
        copies=(0, 48),
        strangers=(59, 300),
    ),
    _chosen(
        name="least_texture",
        value=20,
        unit="of 100",
        what="texture of either picture: with less, only equal pixels count",
        above=True,
    ),
    _chosen(name="trimmed", value=0.1, unit="share of a side", what="by which a side may have been trimmed"),
    _chosen(name="equal_tone", value=0.75, unit="levels", what="mean change of tone beyond which pixels are not equal"),
    _chosen(name="equal_ink", value=0.002, unit="share of ink", what="differing beyond which pixels are not equal"),
    _chosen(name="stored_bits", value=16, unit="bits of 256", what="distance of two of which a file is gone"),
    _chosen(
        name="stored_structure",
        value=0.9,
        unit="share of structure",
        what="explained by stored thumbnails, where a file is gone",
        above=True,
    ),
    _chosen(
        name="stored_plain",
        value=0.3,
        unit="share of the picture",
        what="one even tone of thumbnails that tell nothing",
    ),
)
