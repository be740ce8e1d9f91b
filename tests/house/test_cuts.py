"""No cut is forgotten: each is exercised by name on either side, or stands here with the reason why not alone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from pdpo_audit.similarity import cuts
from pdpo_audit.similarity.cuts import CUTS

ROOT = Path(__file__).parents[2]
#: Tests that take both sides of the cuts that they name.
TESTS = [
    ROOT / "tests" / "similarity" / name
    for name in (
        "test_cuts.py", "test_cuts_of_candidates.py", "test_cuts_of_drawings.py", "test_cuts_of_laying.py",
        "test_cuts_of_origins.py", "test_cuts_of_files_gone.py", "test_cuts_of_templates.py", "test_naming.py",
        "test_written_exact.py",
    )
]  # fmt: skip

_BLOCKS = (
    "a condition on blocks, of which a made picture has several at once: tests/similarity/test_structure.py and "
    "test_verification.py compare made pictures on which it decides together with the others"
)
_INK = "a step of measuring ink: what comes of it is held at `replaced_plain` and `exchanged`, and by made pages"
_CODINGS = (
    "needs coefficients of two codings of one photograph: tests/similarity/test_codings.py holds what comes of it"
)
_ORIGINS = (
    "a trace among many of one pair: tests/similarity/test_masters.py, test_elections.py and test_sample_library.py "
    "hold what wins"
)

#: Cuts that no test takes by itself on either side, with the reason.
NOT_ALONE = {
    **dict.fromkeys(
        (
            "nothing_missing", "missing_recoloured", "explained_at_once", "chance_blocks", "small_counts", "patch_edge",
            "patch_edge_share", "patch_sides", "block_inside", "faint_structure", "unlike", "least_blocks",
            "shows_through", "place_blocks", "strong_structure", "stroke_levels", "kept_within", "kept_least",
            "kept_most", "kept", "shows_through_place", "enough_beside", "nothing_small",
        ),
        _BLOCKS,
    ),
    **dict.fromkeys(("ink", "ink_again", "strong_places", "clean"), _INK),
    **dict.fromkeys(
        (
            "gathered", "one_value", "steps_alike", "steps_apart", "least_contrast", "most_contrast",
            "least_coefficients", "telling", "strange_coefficients", "saved_anew", "saved_from", "enough_carried",
            "coarse", "finer", "blocky", "kept_edges",
        ),
        _CODINGS,
    ),
    **dict.fromkeys(
        (
            "enlarged", "carried", "other_size", "one_scale", "larger", "thumbnail", "all_detail", "noise_only",
            "fine_coding", "rough_coding", "straight", "strong_blocks", "softer_everywhere", "noisier", "all_alike",
            "added_least", "added_most", "ground_step", "stops", "goes_on", "goes_on_of_stops", "even_tone",
            "even_share", "clipped", "clipped_tones", "patch_levels", "least_patch", "outlined", "drowned",
            "equal_pixels", "no_witness", "against", "coded_thumbnail",
        ),
        _ORIGINS,
    ),
    "common_piece": "which of hundreds of pieces with one key are left out; what many pages have is their template's",
    "held": "what it spares is a better way to lay two pictures, which by its definition changes no verdict",
    "trimmed": "what it spares is a better way to lay two pictures, which by its definition changes no verdict",
    "equal_tone": "what it spares is a full decode, which finds no equal pixels beyond it",
    "equal_ink": "what it spares is a full decode, which finds no equal pixels beyond it",
    "strange_tone": "a block that misses the change of tone: only `tone_patch`, the share of such blocks, is told",
    "patch_side": "the size from which `tone_patch` is looked for",
    "region_bits_many": "holds above a million pictures, more than a test can hold",
    "common_region": "which of hundreds of regions with one key are left out, not whether a pair is found",
    "regions_met": "which of hundreds of regions with one key are met, not whether a pair is found",
}  # fmt: skip


def exercised() -> set[str]:
    texts = "".join(file.read_text("utf-8") for file in TESTS)
    return set(re.findall(r'"([a-z_]+)"', texts)) | set(re.findall(r"``([a-z_]+)``", texts))


def test_every_cut_is_exercised_by_name_or_says_why_not() -> None:
    named = exercised() & CUTS.keys()
    assert CUTS.keys() - named - NOT_ALONE.keys() == set(), "a cut that no test names"
    assert named & NOT_ALONE.keys() == set(), "a cut that has a test by now"
    assert NOT_ALONE.keys() - CUTS.keys() == set(), "a cut that is gone"
    assert len(named) > 70


def test_no_two_cuts_have_one_name() -> None:
    """The later one would take the place of the earlier, unseen."""
    folder = Path(str(cuts.__file__)).parent
    names = re.findall(r'\bname="([a-z_]+)"', "".join(file.read_text("utf-8") for file in folder.glob("*.py")))
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert set(names) == CUTS.keys()
