"""Grouping: by verified pairs only, around a master, the same whatever the order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from pdpo_audit.model.clusters import LinkKind, Relation, Verdict, VerifiedPair
from pdpo_audit.similarity.components import Component, Settled, Verify, settle
from pdpo_audit.similarity.facts import ContentFacts, Preferences
from pdpo_audit.similarity.resolution import Resolution, resolve
from pdpo_audit.similarity.verification import VerifySide
from tests.similarity.pairs import facts, form, jpeg, photo, png, settled, side

Pair = tuple[int, int]


def synthetic(content: int, shade: int) -> ContentFacts:
    """A content whose hash is the first ``shade`` bits set: distances are differences of shades."""
    bits = np.zeros(256, np.uint8)
    bits[:shade] = 1
    return ContentFacts(
        content=content,
        sha256=bytes([shade]) * 32,
        image_sha256=bytes([shade]) * 32,
        format="JPEG",
        width=1000 - shade,
        height=800,
        bytes=1000,
        texture=90,
        perceptual=np.packbits(bits).tobytes(),
    )


def by_shade(contents: Sequence[ContentFacts], limit: int) -> dict[Pair, VerifiedPair]:
    """Every pair, a duplicate when the shades (widths) differ by no more than ``limit``."""
    pairs = {}
    for one in contents:
        for other in contents:
            if one.content < other.content:
                same = abs(one.width - other.width) <= limit
                pairs[one.content, other.content] = VerifiedPair(
                    left=one.content,
                    right=other.content,
                    verdict=Verdict.DUPLICATE if same else Verdict.DIFFERENT,
                    relation=Relation.RESIZED if same else None,
                    reverse=Relation.RESIZED if same else None,
                    similarity=1 - abs(one.width - other.width) / 1000,
                )
    return pairs


def by(verify: Verify) -> Callable[[Sequence[Component]], Iterator[Settled]]:
    """Settles components by these comparisons, without elections."""
    return lambda components: settle(components, verify, lambda _: None)


def run(
    contents: Sequence[ContentFacts], pairs: dict[Pair, VerifiedPair], rejected: set[Pair] | None = None
) -> Resolution:
    asked: list[Pair] = []

    def verify(wanted: Mapping[Pair, int | None]) -> Iterable[VerifiedPair]:
        asked.extend(wanted)
        return [pairs[pair] for pair in wanted]

    resolution = resolve(contents, by(verify), Preferences(), rejected=rejected or set())
    assert len(asked) == len(set(asked))
    return resolution


def groups(resolution: Resolution) -> list[list[int]]:
    return sorted([member.content for member in cluster.members] for cluster in resolution.clusters)


def test_a_chain_does_not_join_its_ends() -> None:
    contents = [synthetic(content, shade) for content, shade in enumerate((0, 20, 40, 60), 1)]
    resolution = run(contents, by_shade(contents, 25))
    for cluster in resolution.clusters:
        for member in cluster.members:
            assert abs(contents[member.content - 1].width - contents[cluster.master - 1].width) <= 25
    assert groups(resolution) == [[1, 2], [3, 4]]


@given(st.lists(st.integers(0, 120), min_size=2, max_size=14, unique=True), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_neither_order_nor_numbers_matter_and_spread_is_capped(shades: list[int], draws: random.Random) -> None:
    def clusters(order: list[int]) -> set[frozenset[int]]:
        contents = [synthetic(content, shade) for content, shade in enumerate(order, 1)]
        resolution = run(contents, by_shade(contents, 25))
        shade = {one.content: 1000 - one.width for one in contents}
        for cluster in resolution.clusters:
            assert all(abs(shade[member.content] - shade[cluster.master]) <= 25 for member in cluster.members)
        return {frozenset(shade[member.content] for member in cluster.members) for cluster in resolution.clusters}

    shuffled = shades[:]
    draws.shuffle(shuffled)
    assert clusters(shades) == clusters(shuffled)


@given(st.lists(st.integers(0, 120), min_size=3, max_size=10, unique=True), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_incremental_equals_batch(shades: list[int], draws: random.Random) -> None:
    contents = [synthetic(content, shade) for content, shade in enumerate(shades, 1)]
    pairs = by_shade(contents, 25)
    batch = run(contents, pairs)
    first = run(contents[: draws.randint(1, len(contents))], pairs)
    known = {(pair.left, pair.right): pair for pair in first.pairs}

    def verify(wanted: Mapping[Pair, int | None]) -> Iterable[VerifiedPair]:
        assert not set(wanted) & set(known)
        return [pairs[pair] for pair in wanted]

    assert resolve(contents, by(verify), Preferences(), known=known).clusters == batch.clusters


def test_rejected_pairs_stay_apart() -> None:
    contents = [synthetic(content, shade) for content, shade in enumerate((0, 5, 10), 1)]
    pairs = by_shade(contents, 25)
    assert groups(run(contents, pairs)) == [[1, 2, 3]]
    for one, other in ((1, 2), (1, 3), (2, 3)):
        for members in groups(run(contents, pairs, {(one, other)})):
            assert not {one, other} <= set(members)


def pictures(folder: Path) -> dict[int, VerifySide]:
    original = photo("astronaut")
    coded = jpeg(original, 95)
    captioned = original.copy()
    ImageDraw.Draw(captioned).rectangle((0, 470, 512, 512), fill="black")
    ImageDraw.Draw(captioned).text((9, 478), "Annual dinner 2025", fill="white", font_size=26)
    made = [
        coded,
        coded[:2] + b"\xff\xfe\x00\x08hello!" + coded[2:],
        jpeg(Image.open(BytesIO(coded)).resize((1024, 1024), Image.Resampling.LANCZOS), 95),
        jpeg(original, 60),
        jpeg(ImageEnhance.Brightness(original).enhance(1.2), 92),
        jpeg(captioned, 95),
        jpeg(original.crop((60, 60, 460, 460)), 95),
        jpeg(ImageOps.expand(original, 40, "white"), 95),
        jpeg(photo("coffee"), 95),
        jpeg(form("Chan Tai Man", "A123")),
        jpeg(form("Wong Siu Ming", "B987")),
        png(Image.new("RGB", (300, 200), (200, 210, 255))),
        png(Image.new("RGB", (300, 200), (90, 40, 10))),
    ]
    return {number: side(folder, number, content) for number, content in enumerate(made, 1)}


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[int, VerifySide]:
    return pictures(tmp_path_factory.mktemp("pictures"))


def resolved(sides: dict[int, VerifySide], order: list[int]) -> Resolution:
    def regions(wanted: Sequence[int]) -> Iterable[tuple[int, bytes]]:
        return [(content, sides[content].fingerprint.regions) for content in wanted]

    return resolve([facts(sides[number]) for number in order], partial(settled, sides), Preferences(), regions=regions)


def test_real_pictures_end_to_end(sides: dict[int, VerifySide]) -> None:
    resolution = resolved(sides, sorted(sides))
    (cluster,) = resolution.clusters
    relations = {member.content: member.relation for member in cluster.members}
    assert cluster.master in (1, 2)
    assert relations[2 if cluster.master == 1 else 1] is Relation.METADATA_ONLY
    assert [relations[number] for number in (3, 4, 5, 6, 7, 8)] == [
        Relation.RESIZED,
        Relation.RECOMPRESSED,
        Relation.RECOLOURED,
        Relation.EDITED,
        Relation.CROPPED,
        Relation.EDITED,
    ]
    assert len(cluster.members) == 8
    assert "512 x 512 pixels" in cluster.master_reason
    (link,) = resolution.links
    assert (link.left, link.right, link.verdict.value) == (10, 11, LinkKind.SAME_LAYOUT.value)


def test_real_pictures_in_another_order(sides: dict[int, VerifySide]) -> None:
    order = sorted(sides)
    random.Random(5).shuffle(order)
    first, second = resolved(sides, sorted(sides)), resolved(sides, order)
    assert first.clusters == second.clusters
    assert first.links == second.links
