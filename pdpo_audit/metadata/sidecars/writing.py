"""An XMP sidecar written: captions, rights, releases and names as properties that other software reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from pdpo_audit.metadata.facts import DC, IPTC_EXTENSION, PHOTOSHOP, PLUS, XMP_RIGHTS
from pdpo_audit.metadata.xmp import RDF, XML

_PREFIXES = {
    "rdf": RDF, "dc": DC, "Iptc4xmpExt": IPTC_EXTENSION, "photoshop": PHOTOSHOP, "plus": PLUS, "xmpRights": XMP_RIGHTS,
    "x": "{adobe:ns:meta/}", "xmpMM": "{http://ns.adobe.com/xap/1.0/mm/}",
}  # fmt: skip
#: Each field: its property, and how RDF writes it (several texts in one language alternative are joined by lines).
_FIELDS = {
    "caption": (DC + "description", "Alt"),
    "rights": (DC + "rights", "Alt"),
    "usage_terms": (XMP_RIGHTS + "UsageTerms", "Alt"),
    "remarks": (DC + "title", "Alt"),
    "artist": (DC + "creator", "Seq"),
    "keywords": (DC + "subject", "Bag"),
    "persons": (IPTC_EXTENSION + "PersonInImage", "Bag"),
    "credit": (PHOTOSHOP + "Credit", ""),
    "model_release": (PLUS + "ModelReleaseStatus", ""),
    "minor_age": (PLUS + "MinorModelAgeDisclosure", ""),
    "property_release": (PLUS + "PropertyReleaseStatus", ""),
    "licence_ends_on": (PLUS + "LicenseEndDate", ""),
    "names": ("{http://ns.adobe.com/xap/1.0/mm/}PreservedFileName", ""),
}

#: What a sidecar can hold.
FIELDS = tuple(_FIELDS)


def write_sidecar(values: Mapping[str, Sequence[str]]) -> bytes:
    """A packet with the values of each field of ``FIELDS``; the same for the same values."""
    for prefix, space in _PREFIXES.items():
        register_namespace(prefix, space.strip("{}"))
    root = Element(_PREFIXES["x"] + "xmpmeta")
    described = SubElement(SubElement(root, RDF + "RDF"), RDF + "Description", {RDF + "about": ""})
    for field, (name, container) in _FIELDS.items():
        texts = [cleaned for text in values.get(field, ()) if (cleaned := _storable(text))]
        if texts:
            _put(SubElement(described, name), container, texts)
    return tostring(root, encoding="unicode").encode() + b"\n"


def _put(element: Element, container: str, texts: Sequence[str]) -> None:
    if not container:
        element.text = "\n".join(texts)
        return
    listed = SubElement(element, RDF + container)
    if container == "Alt":
        SubElement(listed, RDF + "li", {XML + "lang": "x-default"}).text = "\n".join(texts)
        return
    for text in texts:
        SubElement(listed, RDF + "li").text = text


def _storable(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(
        char
        for char in text
        if char in "\t\n" or (char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff")
    )
