"""The cuts that name what a copy is to another one (``comparison/relations``), and whose coding came first
(``comparison/codings``).

``copies`` is what was measured where the trait is not, ``strangers`` where it is; of a share that tells what is whole
or was kept, the other way round.
"""

from __future__ import annotations

from functools import partial

from pdpo_audit.similarity.cuts.table import MORE, Cut

_DAY = "2026-11-20"
_photos = partial(Cut, corpus="48 photographs in 70 variants", measured=_DAY)
_codings = partial(Cut, corpus="300 to 360 pairs of photographs coded twice", measured=_DAY)
_chosen = partial(Cut, corpus="chosen on the recall corpus of that day; neither side was measured", measured=_DAY)

RELATIONS = (
    _chosen(
        name="turned", value=0.8, unit="degrees", what="turn that is one: two pictures can be laid no more exactly"
    ),
    _photos(
        name="whole",
        value=0.955,
        unit="share of a picture",
        what="in the other: it is whole",
        strangers=(0.0, 0.90),
        above=True,
    ),
    _photos(
        name="tone", value=1.3, unit="levels", what="mean change of colour that is a change of tone", copies=(0.0, 0.65)
    ),
    _photos(
        name="tone_of_small",
        value=100.0,
        unit="levels by pixels of the shorter side",
        what="by how much the mean of a thumbnail is less certain",
    ),
    _photos(name="overlay", value=0.012, unit="share of ink", what="differing: something was laid over or taken out"),
    _photos(name="overlay_rough", value=0.06, unit="share of ink", what="the same after rough coding"),
    _photos(name="lettering", value=14, unit="pixels", what="of differing ink in one place: something was laid over"),
    _photos(
        name="drawn_over",
        value=0.4,
        unit="structure of an average place",
        what="missing in one place: it was drawn over, or all was blurred",
        copies=(0.0, 0.3),
        strangers=(0.3, MORE),
    ),
    _photos(
        name="drawn_over_recoloured",
        value=0.7,
        unit="structure of an average place",
        what="the same where tones changed",
        copies=(0.0, 1.2),
        strangers=(0.8, MORE),
    ),
    _photos(
        name="sharpened",
        value=1.08,
        unit="factor",
        what="by which structure is stronger or weaker after sharpening and blur",
        copies=(0.96, 1.09),
        strangers=(1.05, 1.47),
    ),
    _chosen(name="strange_tone", value=36.0, unit="levels", what="by which a block misses the change of tone"),
    _chosen(name="tone_patch", value=0.008, unit="share of blocks", what="that miss it: a patch"),
    _chosen(
        name="patch_side",
        value=96,
        unit="pixels of the shorter side",
        what="below which patches are not looked for",
        above=True,
    ),
    _chosen(name="resized", value=0.005, unit="share of a side", what="change of width or height that is another size"),
    _codings(
        name="gathered",
        value=0.22,
        unit="from chance (0) to the file that has the step (1)",
        what="coefficients gather at multiples of an older step",
        above=True,
    ),
    _codings(
        name="one_value",
        value=0.8,
        unit="share of coefficients",
        what="at one multiple: anything that has one value seems to gather there",
    ),
    _codings(
        name="steps_alike",
        value=0.8,
        unit="share of the larger step",
        what="steps that gather each other's coefficients, whichever came first",
    ),
    _codings(name="steps_apart", value=2.0, unit="levels", what="by which steps must differ to tell", above=True),
    _codings(name="least_contrast", value=0.6, unit="factor", what="contrast that may have been taken"),
    _codings(name="most_contrast", value=1.6, unit="factor", what="contrast that may have been given"),
    _codings(name="least_coefficients", value=200, unit="coefficients", what="that are not zero, to tell", above=True),
    _codings(
        name="telling",
        value=0.10,
        unit="share of coefficients",
        what="expected beyond half a fine step, to tell",
        above=True,
    ),
    _codings(
        name="strange_coefficients",
        value=0.06,
        unit="share of coefficients",
        what="beyond half a coarse step: neither was made from the other",
        copies=(0.0, 0.036),
    ),
    _codings(
        name="saved_anew",
        value=0.40,
        unit="share of those expected",
        what="coefficients beyond half a fine step: the finer was made from the coarser",
        copies=(0.002, 0.29),
        strangers=(0.79, MORE),
    ),
    _codings(
        name="saved_from",
        value=0.60,
        unit="share of those expected",
        what="the other way round",
        copies=(0.79, MORE),
        strangers=(0.002, 0.29),
        above=True,
    ),
    _codings(
        name="enough_carried",
        value=100,
        unit="coefficients",
        what="that are needed to tell an enlarged coding",
        above=True,
    ),
    _codings(
        name="coarse", value=82, unit="JPEG quality", what="up to which block edges can be told from those of the scene"
    ),
    _codings(
        name="finer",
        value=6,
        unit="JPEG quality",
        what="between two files, for block edges to tell whose they are",
        above=True,
    ),
    _codings(
        name="blocky", value=0.05, unit="strength above 1", what="of the block edges of the coarser file", above=True
    ),
    _codings(
        name="kept_edges",
        value=0.65,
        unit="share of that strength",
        what="that the finer file shows: it was made from the coarser",
        copies=(0.8, 1.2),
        strangers=(0.1, 0.3),
        above=True,
    ),
)
