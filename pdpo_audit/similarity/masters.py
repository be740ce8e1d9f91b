"""Which of several contents that show the same picture is proposed as the authoritative version, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pdpo_audit.model.clusters import VerifiedPair
from pdpo_audit.similarity.facts import ContentFacts, Preferences

#: Formats that keep every pixel, and are what a picture is delivered or archived in.
_LOSSLESS = frozenset(("TIFF", "PNG", "BMP"))

_Key = tuple[float | int | str | bytes, ...]


def propose(
    contents: Sequence[ContentFacts],
    preferences: Preferences,
    star: Mapping[int, VerifiedPair] | None = None,
    centre: int | None = None,
) -> tuple[int, str]:
    """The content proposed as master, with the reason in words.

    ``star`` holds the verified pairs between ``centre`` and the others: with it, contents that were made from another
    one (cropped, captioned, enlarged, saved again) stand back. Decided from content alone, whatever the order.
    """
    derived = _derived(star, centre) if star and centre is not None else frozenset()
    best = min(contents, key=lambda one: _rank(one, preferences, one.content in derived))
    return best.content, _reason(best, contents, preferences)


def _derived(star: Mapping[int, VerifiedPair], centre: int) -> frozenset[int]:
    """Contents that the star shows to be made from another: the pair's evidence ``made_from`` names the older one."""
    made = set()
    for other, pair in star.items():
        source = pair.evidence.get("made_from")
        if source in (centre, other):
            made.add(other if source == centre else centre)
    return frozenset(made)


def _rank(one: ContentFacts, preferences: Preferences, derived: bool) -> _Key:
    return (
        derived,
        -one.width * one.height,
        -_fidelity(one),
        -one.metadata_fields,
        one.captured_at.isoformat() if one.captured_at else "~",
        one.oldest or "~",
        _place(one, preferences),
        one.sha256,
        one.content,
    )


def _fidelity(one: ContentFacts) -> int:
    """How little the coding took away, 1 to 101."""
    return 101 if one.format in _LOSSLESS else one.quality or 50


def _place(one: ContentFacts, preferences: Preferences) -> int:
    wanted = [preferences.sources.index(source) for source in one.sources if source in preferences.sources]
    rank = min(wanted, default=len(preferences.sources))
    abroad = bool(preferences.jurisdiction) and preferences.jurisdiction not in one.jurisdictions
    return 2 * rank + abroad


def _reason(best: ContentFacts, contents: Sequence[ContentFacts], preferences: Preferences) -> str:
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
