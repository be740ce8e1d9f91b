"""The cuts that find what is compared (``candidates/``): they cost time where they are wide and copies where they are
narrow, and decide about no pair."""

from __future__ import annotations

from functools import partial

from pdpo_audit.similarity.cuts.table import Cut

_DAY = "2026-11-20"
_CHOSEN = "chosen on the recall corpus of that day; neither side was measured"
_WRITTEN = "forms, chats and letters of one look each with 12 copies (benchmarks/pages_scale.py)"
_RECALL = (
    "recall of 12 to 48 photographs in 70 variants (benchmarks/duplicates_recall.py); strangers are told apart later"
)
_recall = partial(Cut, corpus=_RECALL, measured=_DAY)
_chosen = partial(Cut, corpus=_CHOSEN, measured=_DAY)
_written = partial(Cut, corpus=_WRITTEN, measured="2026-11-30")
_chance = partial(
    Cut, corpus="one pair in seventy of those 60 bits apart lies beyond it; by chance 32 +- 4", measured=_DAY
)

CANDIDATES = (
    _recall(name="hash_radius", value=60, unit="bits of 256", what="distance of hashes that are compared at all"),
    _recall(name="hash_radius_thorough", value=75, unit="bits of 256", what="the same of a thorough scan"),
    _chosen(
        name="hash_radius_pixel",
        value=8,
        unit="bits of 256",
        what="the same of equal pixels that are coded differently",
    ),
    _chance(
        name="even_bits",
        value=22,
        unit="bits of 64",
        what="of even frequencies that candidates may differ by",
        strangers=(28.0, 36.0),
    ),
    _chosen(
        name="document_radius",
        value=31,
        unit="bits of 256",
        what="distance of pages of one layout that may be one filling of it",
    ),
    _chosen(
        name="neighbour_bits",
        value=40,
        unit="bits of 256",
        what="hashes that count as neighbours when the centre of a group is looked for",
    ),
    _recall(name="region_bits", value=8, unit="bits of 63", what="distance of regions that match"),
    _chosen(
        name="region_bits_many",
        value=6,
        unit="bits of 63",
        what="the same above a million pictures, where chance matches take over",
    ),
    _chosen(name="common_region", value=400, unit="regions", what="that share a key: mirrored, it is left out then"),
    _chosen(name="regions_met", value=24, unit="regions", what="with its key that a region meets, in the order of ids"),
    _recall(name="votes", value=3, unit="regions in agreeing positions", what="that make a candidate", above=True),
    _recall(
        name="votes_thorough",
        value=2,
        unit="regions in agreeing positions",
        what="the same of a thorough scan and of a search",
        above=True,
    ),
    _chosen(
        name="vote_place",
        value=1.0,
        unit="sizes of the region",
        what="within which two matches put each other's centre",
    ),
    _chosen(name="vote_scale", value=0.3, unit="logarithm of the scale", what="by which agreeing matches differ"),
    _chosen(name="vote_turn", value=0.4, unit="radians", what="by which agreeing matches differ"),
    _written(
        name="piece_bits",
        value=12,
        unit="bits of 64",
        what="distance of pieces of lines that match",
    ),
    _written(
        name="common_piece",
        value=256,
        unit="pieces",
        what="that share a key which stands for something common",
    ),
    _written(
        name="written_shared",
        value=0.3,
        unit="share of the weight of the rarest pieces",
        what="that two pages have in common to be compared",
        above=True,
    ),
    _written(
        name="written_same",
        value=0.3,
        unit="share of the weight of all pieces of the first page of a template",
        what="that another page of it has and may be a copy",
        above=True,
    ),
    _written(
        name="page_neighbours",
        value=6,
        unit="pages",
        what="that a page is compared with for their hashes or parts alone",
    ),
    _written(
        name="template_pages",
        value=8,
        unit="pages",
        what="that have a piece which belongs to their template",
    ),
    _written(
        name="template_bits",
        value=16,
        unit="bits of 64",
        what="distance of a piece from that of its template",
    ),
    _written(
        name="of_template",
        value=0.3,
        unit="share of the pieces of a page",
        what="that its template has, too",
        above=True,
    ),
)
