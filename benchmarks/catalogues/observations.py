"""What stages found in a made library: faces and people levels of every content, pairs, duplicate clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.catalogues.library import Library
from benchmarks.catalogues.shape import CONFIRMED_SHARE, LEVELS, Whole, draw_named
from benchmarks.catalogues.writing import write
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.clusters import Relation, Verdict
from pdpo_audit.model.methods import COMPARISON, FINGERPRINTS
from pdpo_audit.model.people import LEVEL_WORDS, Grade, PeopleLevel

#: The method that the face readings are keyed by.
DETECTOR = "made"
#: How copies differ from the master where they are not byte-identical.
_RELATIONS = {
    Relation.RECOMPRESSED: 0.34,
    Relation.RESIZED: 0.33,
    Relation.CROPPED: 0.1,
    Relation.RECOLOURED: 0.08,
    Relation.METADATA_ONLY: 0.08,
    Relation.EDITED: 0.07,
}
#: Regions of a photograph in the crop index, of 16 bytes each.
_REGIONS = 120
_BATCH = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """``number`` of each holding's cluster (-1 where it is held once), with the ids and the masters' holdings."""

    number: Whole
    ids: list[str]
    masters: Whole


def draw_levels(random: np.random.Generator, library: Library) -> NDArray[np.object_]:
    """The people level of each content; all copies of a picture show the same."""
    levels = draw_named(random, LEVELS, int(library.picture.max()) + 1)
    of_content = np.empty(library.contents, dtype=object)
    of_content[library.content] = levels[library.picture]
    of_content[np.array([bool(reason) for reason in library.reasons])] = PeopleLevel.UNKNOWN.value
    return of_content


def write_people(store: Store, random: np.random.Generator, library: Library, levels: NDArray[np.object_]) -> None:
    """Face readings, faces and levels of every content that could be examined."""
    readable = np.flatnonzero([not reason for reason in library.reasons])
    shown = levels[readable].astype(str)
    seen = np.isin(shown, ["P1", "P2", "P3"])
    count = np.where(seen, np.minimum(random.geometric(0.55, len(readable)), 40), 0)
    heights = np.where(seen, random.integers(20, 400, len(readable)), 0)
    readings = {
        "content_id": readable + 1, "detector": DETECTOR, "width": 1600, "height": 1200,
        "crowd": (count > 20).astype(int), "faces": count, "largest": heights, "dropped": 0,
        "reason": "", "detail": "", "thumbnail": b"",
    }  # fmt: skip
    write(store, schema.face_readings, readings, len(readable))
    owner = np.repeat(readable + 1, count)
    grade = np.where(np.repeat(shown, count) == "P1", Grade.NOT_IDENTIFIABLE.value, Grade.IDENTIFIABLE.value)
    side = np.maximum(12, (np.repeat(heights, count) * random.uniform(0.6, 1.0, len(owner))).astype(int))
    faces = {
        "content_id": owner, "detector": DETECTOR, "x": random.integers(0, 1200, len(owner)),
        "y": random.integers(0, 800, len(owner)), "width": side * 4 // 5, "height": side,
        "score": random.uniform(0.5, 1.0, len(owner)).round(3), "eye_distance_px": (side / 2.6).round(1),
        "sharpness": random.lognormal(5.0, 1.0, len(owner)).round(1), "grade": grade, "reason": "",
    }  # fmt: skip
    write(store, schema.faces, faces, len(owner))
    reasons = {level.value: words for level, words in LEVEL_WORDS.items()}
    said = {
        "content_id": readable + 1,
        "level": shown,
        "reason": [reasons[level] for level in shown.tolist()],
        "sensitivity": [None] * len(readable),
        "named": (shown == "P3").astype(int),
    }
    write(store, schema.levels, said, len(readable))


def draw_clusters(library: Library) -> Clusters:
    """A duplicate cluster for every picture that is present twice or more; its master is the copy met first."""
    present = np.flatnonzero(library.present)
    pictures, first, back, counts = np.unique(
        library.picture[present], return_index=True, return_inverse=True, return_counts=True
    )
    grouped = counts > 1
    number = np.full(len(pictures), -1)
    number[grouped] = np.arange(int(grouped.sum()))
    of_holding = np.full(library.holdings, -1)
    of_holding[present] = number[back]
    masters = present[first[grouped]]
    ids = [f"DC-{library.digests[content].hex()[:12].upper()}" for content in library.content[masters].tolist()]
    return Clusters(number=of_holding, ids=ids, masters=masters)


def write_clusters(store: Store, random: np.random.Generator, library: Library, clusters: Clusters) -> None:
    """Clusters, their contents with the relation to the master's, and the pairs that were verified for it."""
    count = len(clusters.ids)
    confirmed = random.random(count) < CONFIRMED_SHARE
    rows = {
        "id": clusters.ids, "master_id": clusters.masters + 1, "master_reason": "4000 x 3000 pixels, JPEG quality 92",
        "confirmed_by": np.where(confirmed, "Mei Chan", ""), "first_found": "2026-01-15",
    }  # fmt: skip
    write(store, schema.clusters, rows, count)
    inside = clusters.number >= 0
    contents, first = np.unique(library.content[inside], return_index=True)
    cluster = clusters.number[inside][first]
    master = library.content[clusters.masters][cluster]
    other = contents != master
    relation = np.where(other, draw_named(random, {str(k.value): v for k, v in _RELATIONS.items()}, len(contents)), "")
    relation[~other] = Relation.MASTER.value
    similarity = np.where(other, random.uniform(0.82, 1.0, len(contents)).round(4), 1.0)
    members = {
        "content_id": contents + 1, "cluster_id": [clusters.ids[one] for one in cluster.tolist()],
        "relation": relation, "similarity": similarity, "evidence": "{}",
    }  # fmt: skip
    write(store, schema.cluster_contents, members, len(contents))
    pairs = {
        "left_id": np.minimum(contents, master)[other] + 1, "right_id": np.maximum(contents, master)[other] + 1,
        "method": COMPARISON, "verdict": Verdict.DUPLICATE.value, "relation": relation[other],
        "reverse": relation[other], "similarity": similarity[other], "evidence": "{}",
    }  # fmt: skip
    write(store, schema.pairs, pairs, int(other.sum()))


def write_fingerprints(store: Store, random: np.random.Generator, library: Library) -> None:
    """Fingerprints that resemble nothing: 3 KB for each content, which only some measurements need."""
    readable = np.flatnonzero([not reason for reason in library.reasons])
    for start in range(0, len(readable), _BATCH):
        part = readable[start : start + _BATCH]
        rows = {
            "content_id": part + 1, "method": FINGERPRINTS, "perceptual": [random.bytes(32) for _ in part],
            "phash": [random.bytes(8) for _ in part], "texture": 50, "thumbnail": [random.bytes(1024) for _ in part],
            "keypoints": b"", "regions": [random.bytes(16 * _REGIONS) for _ in part], "quality": 85, "detail": 1.0,
        }  # fmt: skip
        write(store, schema.fingerprints, rows, len(part))
