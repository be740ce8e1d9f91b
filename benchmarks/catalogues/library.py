"""Folders, files and what was read of them: copies that lie together where they were made and scattered elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.catalogues.shape import (
    NEAR_SHARE,
    SOURCES,
    UNREADABLE_SHARE,
    VANISHED_SHARE,
    Whole,
    draw_copies,
    draw_folders,
    draw_named,
)
from benchmarks.catalogues.writing import write
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import index_key
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.locations.holdings import SkipReason

#: 2026-01-01 in nanoseconds, and a year of them.
NEW_YEAR, YEAR = 1_767_225_600 * 10**9, 365 * 86_400 * 10**9

_WORDS = (
    "harbour-lights",
    "spring",
    "open-day",
    "product",
    "annual-dinner",
    "recruitment",
    "museum",
    "運動日",
    "street-food",
)
_LEAVES = ("originals", "selects", "web", "print", "final", "to-partner", "舊檔")
_PREFIXES = ("IMG_", "DSC_", "scan", "P10", "photo-", "相片")
_FORMATS = {"JPEG": 0.86, "PNG": 0.07, "TIFF": 0.03, "HEIF": 0.02, "WEBP": 0.02}
_UNREADABLE = {SkipReason.TRUNCATED: 0.4, SkipReason.FORMAT_NOT_DECODED: 0.4, SkipReason.NOT_AN_IMAGE: 0.2}
_SIDES = ((6000, 4000), (4032, 3024), (4000, 3000), (1920, 1280), (1200, 800), (512, 512))


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Holdings in the order of their ids (the first is 1), and contents in the order in which they were met.

    ``folder``, ``content``, ``source`` and ``picture`` count from 0; a picture is what copies are copies of.
    """

    folder: Whole
    content: Whole
    picture: Whole
    source: Whole
    present: NDArray[np.bool_]
    folders: list[str]
    names: list[str]
    digests: list[bytes]
    sizes: Whole
    reasons: list[str]

    @property
    def holdings(self) -> int:
        return len(self.folder)

    @property
    def contents(self) -> int:
        return len(self.digests)

    def paths(self, holdings: Whole) -> list[str]:
        """The paths of holdings as the tables write them."""
        folders = self.folder[holdings].tolist()
        names = (self.names[one] for one in holdings.tolist())
        return [f"{self.folders[folder]}/{name}" for folder, name in zip(folders, names, strict=True)]


def draw_library(random: np.random.Generator, holdings: int) -> Library:
    """A library of so many files."""
    copies = draw_copies(random, holdings)
    rooms = draw_folders(random, holdings)
    picture = np.repeat(np.arange(len(copies)), copies)
    rank = np.arange(holdings) - np.repeat(np.cumsum(copies) - copies, copies)
    near = (rank == 0) | (random.random(holdings) < NEAR_SHARE)
    # Pictures of one occasion were filed one after the other; their copies went anywhere, mostly to large folders.
    first = np.searchsorted(np.cumsum(rooms), np.arange(len(copies)) * (int(rooms.sum()) / len(copies)), side="right")
    elsewhere = random.choice(len(rooms), size=holdings, p=rooms / rooms.sum())
    folder = np.where(rank == 0, np.minimum(first[picture], len(rooms) - 1), elsewhere)
    raw = np.cumsum(near) - 1
    order = np.lexsort((rank, picture, folder))
    folder, picture, raw = folder[order], picture[order], raw[order]
    content = _in_order_of_meeting(raw)
    contents = int(content.max()) + 1
    alone = np.flatnonzero(copies[picture] == 1)
    unreadable = random.choice(alone, size=min(len(alone), int(holdings * UNREADABLE_SHARE)), replace=False)
    reasons = np.full(contents, "", dtype=object)
    reasons[content[unreadable]] = draw_named(
        random, {str(k.value): v for k, v in _UNREADABLE.items()}, len(unreadable)
    )
    return Library(
        folder=folder,
        content=content,
        picture=picture,
        source=_sources(len(rooms))[folder],
        present=random.random(holdings) >= VANISHED_SHARE,
        folders=_folders(random, len(rooms)),
        names=_names(random, folder),
        digests=[random.bytes(32) for _ in range(contents)],
        sizes=np.exp(random.normal(14.3, 1.1, contents)).astype(np.int64) + 1_000,
        reasons=reasons.tolist(),
    )


def write_library(store: Store, random: np.random.Generator, library: Library) -> None:
    """Sources, folders, contents and holdings."""
    numbers = np.arange(1, len(SOURCES) + 1)
    write(store, schema.sources, {"id": numbers, "name": [one.name for one in SOURCES]}, len(SOURCES))
    paths = [path.encode() for path in library.folders]
    folders = {
        "id": np.arange(1, len(paths) + 1),
        "source_id": _sources(len(paths)) + 1,
        "path": paths,
        "key": [index_key(path) for path in paths],
        "listing": [random.bytes(16) for _ in paths],
    }
    write(store, schema.folders, folders, len(paths))
    write(store, schema.contents, _contents(random, library), library.contents)
    write(store, schema.holdings, _holdings(random, library), library.holdings)


def _contents(random: np.random.Generator, library: Library) -> dict[str, object]:
    count = library.contents
    readable = np.array([not reason for reason in library.reasons])
    side = random.integers(0, len(_SIDES), count)
    sides = np.array(_SIDES)[side] * readable[:, None]
    taken = NEW_YEAR - (random.beta(1.2, 3.0, count) * 15 * YEAR).astype(np.int64)
    days = np.datetime_as_string(taken.astype("datetime64[ns]"), unit="s")
    known = readable & (random.random(count) < 0.6)
    formats = draw_named(random, _FORMATS, count)
    return {
        "id": np.arange(1, count + 1),
        "digest": library.digests,
        "sha256": library.digests,
        "member": "",
        "image_sha256": [random.bytes(32) if one else b"" for one in readable.tolist()],
        "bytes": library.sizes,
        "format": [name if one else "" for name, one in zip(formats.tolist(), readable.tolist(), strict=True)],
        "width": sides[:, 0],
        "height": sides[:, 1],
        "pages": readable.astype(int),
        "captured_at": [day if one else "" for day, one in zip(days.tolist(), known.tolist(), strict=True)],
        "metadata": "{}",
        "reason": library.reasons,
        "detail": "",
        "examined": 1,
    }


def _holdings(random: np.random.Generator, library: Library) -> dict[str, object]:
    count = library.holdings
    return {
        "id": np.arange(1, count + 1),
        "folder_id": library.folder + 1,
        "name": [name.encode() for name in library.names],
        "member": "",
        "size": library.sizes[library.content],
        "modified_ns": NEW_YEAR - (random.beta(1.2, 3.0, count) * 12 * YEAR).astype(np.int64),
        "inode": random.permutation(count) + 10**7,
        "content_id": library.content + 1,
        "reason": "",
        "detail": "",
        "image": 1,
        "first_seen": "2026-01-15",
        "vanished_on": np.where(library.present, "", "2026-06-30"),
    }


def _in_order_of_meeting(raw: Whole) -> Whole:
    """Numbers from 0 in the order in which each one is met first."""
    _, first, place = np.unique(raw, return_index=True, return_inverse=True)
    renamed = np.empty(len(first), dtype=np.int64)
    renamed[np.argsort(first)] = np.arange(len(first))
    return renamed[place]


def _sources(folders: int) -> Whole:
    """The source of each folder: each has a block of them."""
    bounds = np.cumsum([one.share for one in SOURCES])
    return np.minimum(np.searchsorted(bounds, np.arange(folders) / folders, side="right"), len(SOURCES) - 1)


def _folders(random: np.random.Generator, count: int) -> list[str]:
    years = random.integers(2012, 2026, count).tolist()
    words = random.integers(0, len(_WORDS), count).tolist()
    leaves = random.integers(0, len(_LEAVES), count).tolist()
    return [
        f"{year}/{_WORDS[word]}-{number:05}/{_LEAVES[leaf]}"
        for number, (year, word, leaf) in enumerate(zip(years, words, leaves, strict=True))
    ]


def _names(random: np.random.Generator, folder: Whole) -> list[str]:
    """The files of a folder, numbered as cameras and scanners do."""
    starts = np.flatnonzero(np.diff(folder, prepend=-1))
    names: list[str] = []
    bounds: Sequence[int] = [*starts.tolist(), len(folder)]
    for start, end in pairwise(bounds):
        prefix = _PREFIXES[int(random.integers(0, len(_PREFIXES)))]
        offset = int(random.integers(1, 5_000))
        names += [f"{prefix}{offset + number:04}.jpg" for number in range(end - start)]
    return names
