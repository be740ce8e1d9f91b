"""Sorting by metadata alone, as a person with a spreadsheet of the files would: quick, and blind to what is shown."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.printed import printed

#: What people and programs add to the name of a copy; taken off again and again, from the end and from the start.
_ADDED = re.compile(
    r"^(?:copy|copies|kopie|副本)(?: of)?[\s_-]+"
    r"|[\s_-]*\(\d{1,3}\)$"
    r"|[\s_-]+(?:copy|kopie|副本)(?:[\s_-]*\d{1,3})?$"
    r"|[\s_-]+(?:edit|edited|final|web|small|large|thumb|thumbnail|preview|lowres|hires|scaled|resized|export)$"
    r"|[\s_-]+v?\d{1,2}$"
    r"|[\s_-]+\d{2,5}x\d{2,5}$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a listing tells of one file, with what its header says of camera and capture time."""

    ref: ImageRef
    bytes: int
    modified_ns: int
    camera: str = ""
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How sorting by metadata compares with verified clusters, over all pairs of holdings.

    ``found`` pairs share a duplicate cluster and are sorted together, ``missed`` share one and are not, ``wrong`` are
    sorted together and share none.
    """

    found: int
    missed: int
    wrong: int


def stem(name: bytes) -> str:
    """A file's name as a person sorts by it: without folder and suffix, in one case, without the marks of a copy."""
    text = unicodedata.normalize("NFKC", printed(name.rpartition(b"/")[2])).casefold()
    text = (text.rpartition(".")[0] or text).strip()
    while (shorter := _ADDED.sub("", text).strip()) and shorter != text:
        text = shorter
    return text


def keys(one: Listed) -> Iterator[tuple[object, ...]]:
    """The keys under which a spreadsheet would show ``one`` beside its copies; any one of them is enough.

    Name with size, name with capture time, camera with capture time to the second, size with time of change.
    """
    name = stem(one.ref.locator)
    yield "name and size", name, one.bytes
    if one.captured_at is not None:
        yield "name and capture time", name, one.captured_at
        if one.camera:
            yield "camera and capture time", one.camera.casefold(), one.captured_at
    yield "size and time of change", one.bytes, one.modified_ns


def sort(listed: Sequence[Listed]) -> list[list[int]]:
    """Groups of places in ``listed`` that share a key, directly or through others; the order of input does not matter.

    A file that shares no key is in no group. Nothing is verified: a group is a guess.
    """
    parent = list(range(len(listed)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first: dict[tuple[object, ...], int] = {}
    for place, one in enumerate(listed):
        for key in keys(one):
            other = root(first.setdefault(key, place))
            mine = root(place)
            parent[max(other, mine)] = min(other, mine)
    groups: dict[int, list[int]] = {}
    for place in range(len(listed)):
        groups.setdefault(root(place), []).append(place)
    return [sorted(group, key=lambda k: listed[k].ref) for group in groups.values() if len(group) > 1]


def compare_with(sorted_as: Sequence[int], verified_as: Sequence[str]) -> Scale:
    """Compare for each holding the group it was sorted into (0 for none) with its cluster (empty for none)."""

    def pairs(counts: Counter[object]) -> int:
        return sum(count * (count - 1) // 2 for count in counts.values())

    both = pairs(Counter((a, b) for a, b in zip(sorted_as, verified_as, strict=True) if a and b))
    joined = pairs(Counter(group for group in sorted_as if group))
    verified = pairs(Counter(cluster for cluster in verified_as if cluster))
    return Scale(found=both, missed=verified - both, wrong=joined - both)
