"""XMP packets with only what is known to name nobody in the picture: a list of what stays, not of what goes."""

from __future__ import annotations

from lxml import etree

from pdpo_audit.metadata.xmp import LARGEST_PACKET, RDF

#: Names ``{namespace}name`` that stay; ``{namespace}*`` for all of a namespace.
Kept = frozenset[str]

_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_EXTENSION = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_TIFF = "{http://ns.adobe.com/tiff/1.0/}"

#: Who made it and who owns it, when, by what: what stays in a masked copy.
MASKED: Kept = frozenset(
    (
        *(_DC + name for name in ("creator", "rights", "format")),
        *(_XMP + name for name in ("CreateDate", "ModifyDate", "MetadataDate", "CreatorTool", "Rating")),
        *(_RIGHTS + name for name in ("Marked", "Owner", "UsageTerms", "WebStatement")),
        *(_PHOTOSHOP + name for name in ("Credit", "DateCreated", "ICCProfile", "ColorMode", "Source")),
        *(_PLUS + name for name in ("LicenseStartDate", "LicenseEndDate", "CreditLineRequired", "CopyrightOwner")),
        _EXTENSION + "DigitalSourceType",
        _EXIF + "*",
        _TIFF + "*",
    )
)
#: What a stripped file keeps besides, for its pictures stay: where they lie in it, how bright, how they are shown.
STRIPPED: Kept = MASKED | frozenset(
    f"{{{namespace}}}*"
    for namespace in (
        "http://ns.adobe.com/hdr-gain-map/1.0/",
        "http://ns.apple.com/HDRGainMap/1.0/",
        "http://ns.google.com/photos/1.0/container/",
        "http://ns.google.com/photos/1.0/camera/",
        "http://ns.google.com/photos/1.0/panorama/",
    )
)
#: Texts in namespaces that stay otherwise.
_TEXTS = frozenset((_EXIF + "UserComment", _TIFF + "ImageDescription", _EXIF + "GPSAreaInformation"))
_HEAD, _TAIL = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode(), b'\n<?xpacket end="w"?>'


def cleaned_packet(packet: bytes, kept: Kept) -> bytes:
    """The packet with what stays; empty where that is nothing, or where it is no well-formed XMP."""
    body = packet[:LARGEST_PACKET].strip(b"\0 \t\r\n")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return b""
    if b"<!DOCTYPE" in body:
        return b""
    left = 0
    for description in list(root.iterfind(f".//{RDF}RDF/{RDF}Description")):
        for name in list(description.attrib):
            if not str(name).startswith(RDF) and not _stays(str(name), kept):
                del description.attrib[name]
        for child in list(description):
            if not isinstance(child.tag, str) or not _stays(child.tag, kept):
                description.remove(child)
        left += len(description) + sum(not str(name).startswith(RDF) for name in description.attrib)
    if not left:
        return b""
    etree.cleanup_namespaces(root)
    return _HEAD + etree.tostring(root, encoding="UTF-8") + _TAIL


def fitted_packet(packet: bytes, kept: Kept) -> bytes:
    """The same in exactly as many bytes as the old one; empty where it does not fit."""
    new = cleaned_packet(packet, kept)
    room = len(packet) - len(new)
    if not new or room < 0:
        return b""
    return new.removesuffix(_TAIL) + b" " * room + _TAIL


def _stays(name: str, kept: Kept) -> bool:
    namespace = name.partition("}")[0] + "}"
    return name not in _TEXTS and (name in kept or f"{namespace}*" in kept)
