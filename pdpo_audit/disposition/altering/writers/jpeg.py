"""A JPEG with black fields: whole units of its coding become black, every other coefficient stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from pdpo_audit.disposition.altering.cleaning.directories import cleaned_exif
from pdpo_audit.disposition.altering.cleaning.packets import MASKED, cleaned_packet
from pdpo_audit.disposition.altering.cleaning.resources import cleaned_resources
from pdpo_audit.disposition.altering.fields import Field, grown, in_units, of_units, shrunk, stored
from pdpo_audit.disposition.altering.segments import (
    ADOBE,
    APP0,
    APP1,
    APP2,
    APP13,
    APP14,
    EXIF,
    ICC,
    JFIF,
    PHOTOSHOP,
    SEVERAL,
    XMP,
    Component,
    Segment,
    components,
    first_steps,
    is_progressive,
    packed,
    segments,
    stores_light,
    with_sayings,
)
from pdpo_audit.disposition.altering.writers.coefficients import with_blocks
from pdpo_audit.disposition.altering.writers.written import Written
from pdpo_audit.imaging.beyond.extras import extra_of
from pdpo_audit.imaging.endings import complete_jpeg

#: Pixels beyond a unit that a decoder mixes with it where colours are stored at half size.
_SEAM = 2
#: Bytes of a JFIF segment before its thumbnail.
_JFIF_BYTES = 12
#: What a block's quantised mean times its step must reach for black: 128 levels below the middle, times eight.
_BLACK = 1024


def write_jpeg(data: bytes, field: Field, orientation: int) -> Written:
    """The first picture of the file with ``field`` (of the upright picture) black; what lies behind it is left out.

    Raises ``Stopped``.
    """
    whole = complete_jpeg(data)
    found = list(segments(whole))
    planes = components(found)
    lying = stored(field, orientation)
    height, width = _unit(planes)
    units = in_units(lying, height, width)
    blocks = [_blocks(units, plane, planes) for plane in planes]
    picture = with_blocks(whole, blocks, _means(found, planes), progressive=is_progressive(found))
    black = of_units(units, height, width, (lying.shape[0], lying.shape[1]))
    mixed = any((plane.across, plane.down) != (planes[0].across, planes[0].down) for plane in planes)
    seam = _SEAM if mixed else 0
    return Written(
        data=with_sayings(picture, _kept(found)),
        format="JPEG",
        apart=(_upright(grown(black, seam), orientation),),
        solid=(_upright(shrunk(black, seam), orientation),),
        notes=tuple(_left_out(whole, found)),
    )


def _upright(field: Field, orientation: int) -> Field:
    """A stored field as viewers turn it: quarter turns undo each other, all other turns themselves."""
    return stored(field, {6: 8, 8: 6}.get(orientation, orientation))


def _unit(planes: Sequence[Component]) -> tuple[int, int]:
    """Height and width in pixels of what is coded together; a single plane is coded block by block."""
    if len(planes) == 1:
        return 8, 8
    return 8 * max(plane.down for plane in planes), 8 * max(plane.across for plane in planes)


def _blocks(units: Field, plane: Component, planes: Sequence[Component]) -> Field:
    return units if len(planes) == 1 else of_units(units, plane.down, plane.across, _size(units, plane))


def _size(units: Field, plane: Component) -> tuple[int, int]:
    return units.shape[0] * plane.down, units.shape[1] * plane.across


def _means(found: Sequence[Segment], planes: tuple[Component, ...]) -> list[int]:
    steps, light = first_steps(found), stores_light(found, planes)
    return [
        -ceil(_BLACK / max(1, steps.get(plane.table, 1))) if is_light else 0
        for plane, is_light in zip(planes, light, strict=True)
    ]


def _kept(found: Sequence[Segment]) -> Iterator[bytes]:
    """What the new file says: how its colours and sizes are meant, when and by whom it was taken, and who owns it."""
    for segment in found:
        body = segment.payload
        match segment.marker:
            case marker if marker == APP0 and body.startswith(JFIF):
                yield packed(marker, body[:_JFIF_BYTES].ljust(_JFIF_BYTES, b"\0") + b"\0\0")
            case marker if marker == APP14 and body.startswith(ADOBE):
                yield packed(marker, body)
            case marker if marker == APP2 and body.startswith(ICC):
                yield packed(marker, body)
            case marker if marker == APP1 and body.startswith(EXIF):
                yield packed(marker, EXIF + cleaned_exif(body.removeprefix(EXIF), previews=False))
            case marker if marker == APP1 and body.startswith(XMP):
                if packet := cleaned_packet(body.removeprefix(XMP), kept=MASKED):
                    yield packed(marker, XMP + packet)
            case marker if marker == APP13 and body.startswith(PHOTOSHOP):
                if resources := cleaned_resources(body.removeprefix(PHOTOSHOP), previews=False):
                    yield packed(marker, PHOTOSHOP + resources)


def _left_out(data: bytes, found: Sequence[Segment]) -> Iterator[str]:
    if any(one.marker == APP2 and one.payload.startswith(SEVERAL) for one in found):
        yield "the further pictures of the file (previews, second views, gain maps) were left out"
    if behind := extra_of(data, "JPEG"):
        yield f"{behind.size:,} bytes behind the end of the picture were left out: {behind.kind}"
    if any(one.marker == APP1 and one.payload.startswith(EXIF) for one in found):
        yield "previews, texts and the maker's own notes were left out of its EXIF data"
