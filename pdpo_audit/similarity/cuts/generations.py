"""The cuts that tell which picture of a pair the other was made from, by what was added and by witnesses (``origin/``).

``copies`` is what was measured where the trace is not, ``strangers`` where it is.
"""

from __future__ import annotations

from functools import partial

from pdpo_audit.similarity.cuts.table import Cut

_DAY = "2026-11-20"
_CHOSEN = "chosen on the recall corpus of that day; neither side was measured"
_FRAMED = "96 pictures with a border, bars, a caption or a page around them, and 384 crops"
_DRAWS = "1,900 draws of 4 to 20 copies of 96 photographs"
_framed = partial(Cut, corpus=_FRAMED, measured=_DAY)
_chosen = partial(Cut, corpus=_CHOSEN, measured=_DAY)
_bars = partial(Cut, corpus="48 stickers and bars", measured=_DAY)
_draws = partial(Cut, corpus=_DRAWS, measured=_DAY)

GENERATIONS = (
    _framed(
        name="ground_step", value=10, unit="levels", what="difference from the ground beyond that is something else"
    ),
    _framed(name="stops", value=0.1, unit="share of the edges", what="at which the picture stops beside a frame"),
    _framed(name="goes_on", value=0.03, unit="share of the edges", what="at which it may go on beyond them"),
    _framed(name="goes_on_of_stops", value=0.25, unit="share of what stops", what="that may go on"),
    _framed(name="even_tone", value=3, unit="levels", what="within which a drawn frame has one tone"),
    _framed(
        name="even_share", value=0.6, unit="share of an edge", what="along which a drawn frame has one tone", above=True
    ),
    _chosen(name="grey_colours", value=1.5, unit="levels", what="mean colourfulness of a grey picture"),
    _chosen(name="colours", value=4.0, unit="levels", what="mean colourfulness of a picture in colour", above=True),
    _chosen(name="clipped", value=0.004, unit="share of pixels", what="that ran into black or white by no chance"),
    _chosen(
        name="clipped_tones",
        value=10.0,
        unit="levels of the middle 80 %",
        what="tones that the other picture has there",
        above=True,
    ),
    _chosen(name="patch_levels", value=16, unit="levels", what="by which a patch differs"),
    _chosen(name="least_patch", value=100, unit="pixels", what="area of a patch", above=True),
    _bars(
        name="outlined",
        value=12.0,
        unit="times",
        what="the picture that a patch was laid over is steeper across its outline",
        strangers=(28.0, 498.0),
    ),
    _draws(name="drowned", value=2.0, unit="quantisation steps", what="that drown an order of coefficients"),
    _chosen(
        name="equal_pixels",
        value=0.001,
        unit="share of the distance",
        what="of pictures with equal pixels, give or take rounding",
    ),
    _chosen(name="no_witness", value=0.75, unit="share of the distance", what="beyond which a picture is no witness"),
    _draws(
        name="lead",
        value=2.0,
        unit="share of the most possible, times the witnesses",
        what="by which they must be nearer to who is elected",
        above=True,
    ),
    _chosen(
        name="least_lead",
        value=0.15,
        unit="share of the most possible",
        what="by which many witnesses must be nearer",
        above=True,
    ),
    _chosen(name="against", value=3, unit="traces", what="for a content that weigh as much as one against it"),
)
