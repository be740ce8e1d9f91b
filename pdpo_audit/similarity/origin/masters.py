"""Which of several contents that show the same picture is proposed as the authoritative version, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pdpo_audit.imaging.formats.table import DERIVED, LOSSLESS
from pdpo_audit.imaging.hashes import ORIENTATIONS, oriented_hashes
from pdpo_audit.model.clusters import VerifiedPair
from pdpo_audit.similarity.comparison.relations import WHOLE
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.facts import ContentFacts, Preferences
from pdpo_audit.similarity.origin.ancestry import STORED_TURNED

#: Hashes this near count as neighbours; of large groups so many (by digest) are compared.
_NEAR, _COMPARED = cut("neighbour_bits"), 256

_Key = tuple[float | int | str | bytes, ...]


def propose(contents: Sequence[ContentFacts], preferences: Preferences) -> tuple[int, str]:
    """The content that would be master by itself, with the reason in words. From content alone, whatever the order."""
    central = _central(contents)
    best = min(contents, key=lambda one: _rank(one, preferences, central))
    return best.content, explain(contents, best, preferences)


def seed_rank(one: ContentFacts) -> tuple[bool, bool, int, bytes, int]:
    """Where to start in a set of unsorted contents: likely masters first, by what the content alone says."""
    return one.spare, one.captured_at is None, -one.width * one.height, one.sha256, one.content


def credible(pair: VerifiedPair, facts: Mapping[int, ContentFacts]) -> VerifiedPair:
    """The pair without its trace of which was made from which, where the capture dates speak against it.

    A copy may lose its capture date and does not gain one; what was cut out of a larger picture shows all the same.
    A camera stores its pictures turned too, and dates them.
    """
    source = made_from(pair)
    if source is None or by_frame(pair) or not {pair.left, pair.right} <= facts.keys():
        return pair
    made = pair.right if source == pair.left else pair.left
    turned = pair.evidence["trace"] == STORED_TURNED
    if facts[made].captured_at is None or (facts[source].captured_at is not None and not turned):
        return pair
    return replace(pair, evidence={key: value for key, value in pair.evidence.items() if key not in _TRACES})


def made_from(pair: VerifiedPair) -> int | None:
    """The content of a pair that the other one was made from, as far as the traces on the two of them tell."""
    match pair.evidence.get("made_from"):
        case "left":
            return pair.left
        case "right":
            return pair.right
    return None


def by_frame(pair: VerifiedPair) -> bool:
    """Whether that shows by their frames: a crop of the source is a crop of every recoloured copy as well."""
    return pair.evidence.get("trace") == "frame"


def of_one_frame(pair: VerifiedPair) -> bool:
    """Whether each of two pictures lies in the other as a whole."""
    return min(float(pair.evidence.get(side, 1.0)) for side in ("left_in_right", "right_in_left")) >= WHOLE


def standing(centre: int, star: Mapping[int, VerifiedPair], source: Callable[[VerifiedPair], int | None]) -> float:
    """How well the centre of a star stands as its source: a half with no trace at all, 0 to 1 by what they say.

    A share, not a difference: an edited copy passes for the source of many of its siblings, but the source and its
    other copies all speak against it. What was made from the centre counts by coding, colour and size only.
    """
    found = [(source(pair), pair) for pair in star.values()]
    made = sum(one == centre and not by_frame(pair) for one, pair in found)
    against = sum(one not in (None, centre) for one, _ in found)
    return (made + 1) / (made + 2 + _AGAINST * against)


#: One trace against a content weighs as much as so many for it.
_AGAINST = cut("against")
_TRACES = ("made_from", "trace")


def _rank(one: ContentFacts, preferences: Preferences, central: tuple[frozenset[int], frozenset[int]]) -> _Key:
    return (
        one.spare,
        one.content not in central[0],
        one.format not in DERIVED,
        # An export or an edit loses the capture date and hardly ever gains one.
        one.captured_at is None,
        -one.width * one.height,
        one.content not in central[1],
        -_fidelity(one),
        -one.metadata_fields,
        one.captured_at.isoformat() if one.captured_at else "~",
        one.oldest or "~",
        _place(one, preferences),
        # Turning a JPEG without loss leaves out edges that do not fill a block.
        -one.bytes,
        one.sha256,
        one.content,
    )


def _central(contents: Sequence[ContentFacts]) -> tuple[frozenset[int], frozenset[int]]:
    """Contents with at least half as many near hashes as the one with most: crops and framed copies have few.

    First those near in any orientation, then those near as they hang: a turned copy of many has few of these.
    """
    if len(contents) < 4:
        every = frozenset(one.content for one in contents)
        return every, every
    ranked = sorted(contents, key=lambda one: one.sha256)[:_COMPARED]
    hashes = np.frombuffer(b"".join(one.perceptual for one in ranked), np.uint8).reshape(-1, 32)
    turned = [oriented_hashes(hashes, orientation) for orientation in range(ORIENTATIONS)]
    near, upright = {}, {}
    for one in contents:
        own = np.frombuffer(one.perceptual, np.uint8)
        apart = [np.bitwise_count(side ^ own).sum(axis=1) for side in turned]
        near[one.content] = int((np.minimum.reduce(apart) <= _NEAR).sum())
        upright[one.content] = int((apart[0] <= _NEAR).sum())
    return _most(near), _most(upright)


def _most(counts: Mapping[int, int]) -> frozenset[int]:
    most = max(counts.values())
    return frozenset(content for content, count in counts.items() if 2 * count >= most)


def _fidelity(one: ContentFacts) -> int:
    """How little the coding took away, 1 to 101. A lossless file that was made from a JPEG has its very pixels, which
    shows; of other pixels the lossless file comes first."""
    if one.format == "JPEG2000":
        return 100  # what archives keep, with and without loss; nobody delivers pictures in it
    return 101 if one.format in LOSSLESS else one.quality or 50


def _place(one: ContentFacts, preferences: Preferences) -> int:
    wanted = [preferences.sources.index(source) for source in one.sources if source in preferences.sources]
    rank = min(wanted, default=len(preferences.sources))
    abroad = bool(preferences.jurisdiction) and preferences.jurisdiction not in one.jurisdictions
    return 2 * rank + abroad


def explain(contents: Sequence[ContentFacts], best: ContentFacts, preferences: Preferences) -> str:
    """Why ``best`` of these contents is proposed, in words."""
    words = [f"{best.width} x {best.height} pixels"]
    if best.quality:
        words.append(f"JPEG quality {best.quality}")
    elif best.format:
        words.append(best.format)
    if best.captured_at is not None:
        words.append(f"taken {best.captured_at.date().isoformat()}")
    if best.metadata_fields and best.metadata_fields == max(one.metadata_fields for one in contents):
        words.append("most complete metadata")
    if any(source in preferences.sources for source in best.sources):
        words.append("in a preferred source")
    return ", ".join(words)
