"""Pictures for the tests, and both sides of a pair made from them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from skimage import data

from pdpo_audit.fingerprints import examine_file
from pdpo_audit.imaging import Limits
from pdpo_audit.model.clusters import VerifiedPair
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Examination
from pdpo_audit.similarity.clusters import Pair
from pdpo_audit.similarity.comparison.pictures import Pictures
from pdpo_audit.similarity.components import Component, Settled, settle
from pdpo_audit.similarity.facts import ContentFacts
from pdpo_audit.similarity.verification import VerifySide, hold_election, verify_pair
from pdpo_audit.sources.files import open_file
from pdpo_audit.workers.opening import Contents

LIMITS = Limits()


def photo(name: str) -> Image.Image:
    """A public-domain picture of scikit-image, in colour."""
    return Image.fromarray(getattr(data, name)()).convert("RGB")


def jpeg(image: Image.Image, quality: int = 88) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def form(name: str, number: str) -> Image.Image:
    """A page of one template, filled in."""
    page = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(page)
    for line, label in enumerate(["Name", "Staff number", "Address", "Telephone", "Position", "Bank account"]):
        top = 100 + line * 90
        pen.text((40, top), label, fill="black", font_size=20)
        pen.rectangle((230, top - 10, 580, top + 34), outline="black")
        pen.text((245, top), (name, number)[line % 2] + str(line), fill=(20, 20, 120), font_size=20)
    return page


def examined(folder: Path, name: str, content: bytes) -> Examination:
    path = folder / name
    path.write_bytes(content)
    ref = ImageRef(source="here", locator=os.fsencode(name))
    (one,) = examine_file(partial(open_file, os.fsencode(path)), ref, LIMITS)
    assert isinstance(one, Examination)
    return one


def side(folder: Path, number: int, content: bytes, suffix: str = "jpg") -> VerifySide:
    one = examined(folder, f"{number}.{suffix}", content)
    assert one.fingerprint is not None
    return VerifySide(
        content=number,
        ref=one.ref,
        places=(Place.of_file(os.fsencode(folder / f"{number}.{suffix}")),),
        sha256=one.sha256,
        image_sha256=one.image_sha256,
        format=one.format,
        width=one.width,
        height=one.height,
        fingerprint=one.fingerprint,
    )


def readable() -> Pictures:
    """Pictures read from where their sides say."""
    contents = Contents(LIMITS)
    return Pictures(LIMITS, lambda one: contents.read(one.places, one.sha256))


def facts(one: VerifySide, size: int = 1000) -> ContentFacts:
    return ContentFacts(
        content=one.content,
        sha256=one.sha256,
        image_sha256=one.image_sha256,
        format=one.format,
        width=one.width,
        height=one.height,
        bytes=size,
        texture=one.fingerprint.texture,
        perceptual=one.fingerprint.perceptual,
        quality=one.fingerprint.quality,
        detail=one.fingerprint.detail,
    )


def settled(sides: Mapping[int, VerifySide], components: Sequence[Component]) -> Iterator[Settled]:
    """What becomes of components of these pictures, compared here."""
    pictures = readable()

    def verify(wanted: Mapping[Pair, int | None]) -> list[VerifiedPair]:
        return [verify_pair(sides[left], sides[right], pictures, source) for (left, right), source in wanted.items()]

    return settle(components, verify, lambda voters: hold_election(voters, sides, pictures))


def verified(folder: Path, left: bytes, right: bytes) -> VerifiedPair:
    return verify_pair(side(folder, 1, left), side(folder, 2, right), readable())
