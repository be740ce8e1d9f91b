"""The cuts that tell which picture of a pair the other was made from, by size and sharpness (``origin/``).

``copies`` is what was measured where the trace is not, ``strangers`` where it is.
"""

from __future__ import annotations

from functools import partial

from pdpo_audit.similarity.cuts.table import Cut

_DAY = "2026-11-20"
_CHOSEN = "chosen on the recall corpus of that day; neither side was measured"
_SHARPNESS = "144 pictures: sharpened, blurred, with noise, coded, lettered"
_chosen = partial(Cut, corpus=_CHOSEN, measured=_DAY)
_sharpness = partial(Cut, corpus=_SHARPNESS, measured=_DAY)

ORIGINS = (
    _chosen(
        name="other_size",
        value=0.02,
        unit="share of a side",
        what="difference of widths or heights that is another size; by less, one frame and grid",
    ),
    _chosen(name="one_scale", value=0.004, unit="difference from 1", what="scale or stretch that is none"),
    _chosen(name="larger", value=1.45, unit="times the sides", what="a picture that much larger was enlarged"),
    _chosen(
        name="thumbnail",
        value=128,
        unit="pixels of the shorter side",
        what="a smaller lossless picture was not the source of a larger one",
        above=True,
    ),
    Cut(
        name="coded_thumbnail",
        value=48,
        unit="pixels of the shorter side",
        what="a smaller JPEG was not the source of a larger picture",
        corpus="26 photographs, sharp and blurred by 2 to 9 pixels, as JPEG beside JPEG thumbnails of 60, 100, 140"
        " pixels: 3 of 306 originals taken for the reverse, all of them beside 140",
        measured="2026-12-01",
        above=True,
    ),
    _chosen(name="all_detail", value=0.9, unit="share of frequencies", what="detail of a sharp picture"),
    _chosen(name="noise_only", value=5.0, unit="levels", what="change of colours by noise alone"),
    _chosen(name="fine_coding", value=60, unit="JPEG quality", what="coding that leaves noise and sharpness"),
    _chosen(
        name="rough_coding", value=35, unit="JPEG quality", what="coding whose blocks and ringing do not look like ink"
    ),
    _chosen(name="straight", value=0.1, unit="degrees", what="turn, or hundredth of a stretch, of one frame"),
    _sharpness(
        name="sharper",
        value=1.22,
        unit="times",
        what="high frequencies are stronger than low ones after sharpening",
        copies=(1.0, 1.19),
        strangers=(1.15, 1.72),
    ),
    _sharpness(
        name="sharpest",
        value=1.75,
        unit="times",
        what="they are stronger than any sharpening makes them",
        copies=(1.15, 1.72),
    ),
    _sharpness(
        name="blurry",
        value=2.5,
        unit="times",
        what="high frequencies are weaker than low ones after blur",
        strangers=(1.5, 15.0),
    ),
    _chosen(
        name="strong_blocks", value=40, unit="blocks", what="with detail that are needed to tell sharpness", above=True
    ),
    _sharpness(
        name="blurry_patched",
        value=1.6,
        unit="times",
        what="as blurry, where something was laid over one of them",
        copies=(1.0, 1.5),
        strangers=(1.4, 4.2),
    ),
    Cut(
        name="softer_everywhere",
        value=1.06,
        unit="times",
        what="high frequencies are weaker than low ones in three quarters of the blocks after blur",
        copies=None,
        strangers=(1.08, 4.0),
        corpus="20 photographs blurred by 1.2 and 2.5 pixels",
        measured="2026-11-30",
    ),
    _sharpness(
        name="lettered",
        value=1.25,
        unit="times",
        what="difference in sharpness that lettering makes",
        copies=(1.0, 1.1),
    ),
    _chosen(
        name="noisier", value=3.5, unit="levels, root mean square", what="noise moves coefficients in nearly all blocks"
    ),
    _chosen(
        name="all_alike",
        value=5.0,
        unit="times",
        what="noise moves coefficients of some blocks more than those of others",
    ),
    _sharpness(
        name="added_least",
        value=0.4,
        unit="share of the power moved",
        what="noise adds power",
        copies=(0.0, 0.35),
        strangers=(0.5, 1.1),
    ),
    _sharpness(
        name="added_most",
        value=1.12,
        unit="share of the power moved",
        what="blur adds more power than noise",
        copies=(0.5, 1.1),
        strangers=(1.16, 2.0),
    ),
)
