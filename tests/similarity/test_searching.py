"""One picture is found among many: turned, cropped or framed."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps
from skimage import data

from pdpo_audit.imaging.hashes import perceptual_hash
from pdpo_audit.imaging.regions import describe_regions
from pdpo_audit.similarity.candidates.neighbours import distances
from pdpo_audit.similarity.candidates.searching import hash_hits, region_hits


def grey(name: str) -> Image.Image:
    return Image.fromarray(getattr(data, name)()).convert("L")


def test_near_hashes_in_any_orientation_nearest_first() -> None:
    query = grey("astronaut")
    others = [grey("coffee"), query.resize((24, 24)), ImageOps.mirror(query).rotate(90), grey("camera"), query]
    table = np.stack([np.frombuffer(perceptual_hash(np.asarray(one)), np.uint8) for one in others])
    found = hash_hits(perceptual_hash(np.asarray(query)), table).tolist()
    assert sorted(found) == [1, 2, 4]
    own = np.frombuffer(perceptual_hash(np.asarray(query)), np.uint8)
    apart = [int(distances(own.tobytes(), table[row].tobytes()).min()) for row in found]
    assert apart == sorted(apart)
    assert apart[-1] > 0


def test_crops_share_regions() -> None:
    query = grey("astronaut")
    stored = [grey("coffee"), query.crop((100, 10, 400, 310)), grey("camera"), ImageOps.mirror(query), query]
    shards = [(10 * number + 10, describe_regions(np.asarray(one))) for number, one in enumerate(stored)]
    own = describe_regions(np.asarray(query))
    assert region_hits(own, shards) == [20, 40, 50]
    assert region_hits(own, shards[::-1]) == [20, 40, 50]
    assert region_hits(b"", shards) == []
