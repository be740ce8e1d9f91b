"""An XMP packet to nested values, whichever of RDF's several spellings it uses.

Only what XMP allows of RDF is read (ISO 16684-1:2019, section 7): simple values, arrays, language alternatives and
structures. Document type declarations and entities are refused by defusedxml.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XML = "{http://www.w3.org/XML/1998/namespace}"
_CONTAINERS = (RDF + "Bag", RDF + "Seq", RDF + "Alt")
#: Real packets nest structures three or four deep; deeper ones are cut off, not followed into a stack overflow.
_DEEPEST = 24
#: A packet in one JPEG segment holds 64 KB; larger ones hold masks and history that say nothing of people.
LARGEST_PACKET = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A simple value (``text``), an array (``items``) or a structure (``fields``, keyed ``{namespace}name``)."""

    text: str = ""
    items: tuple[Value, ...] = ()
    fields: dict[str, Value] = field(default_factory=dict)

    def texts(self) -> tuple[str, ...]:
        """The simple values in it: its own text, or those of its items, without empty ones and without repeats."""
        found = [self.text, *(item.text for item in self.items)]
        return tuple(dict.fromkeys(text for text in found if text))


def parse_packet(packet: bytes) -> dict[str, Value]:
    """The properties of a packet, keyed ``{namespace}name``; empty where it is no well-formed XMP."""
    body = packet[:LARGEST_PACKET].strip(b"\x00 \t\r\n")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    properties: dict[str, Value] = {}
    for description in _top_descriptions(root):
        for name, value in _fields(description, 0).items():
            properties.setdefault(name, value)
    return properties


def _top_descriptions(root: Element) -> Iterator[Element]:
    for rdf in root.iter(RDF + "RDF"):
        yield from rdf.findall(RDF + "Description")


def _fields(element: Element, depth: int) -> dict[str, Value]:
    """The properties that an element carries as attributes and as child elements."""
    found = {name: Value(text=text.strip()) for name, text in element.attrib.items() if _is_property(name)}
    for child in element:
        if _is_property(child.tag):
            found.setdefault(child.tag, _value(child, depth + 1))
    return found


def _is_property(name: str) -> bool:
    return name.startswith("{") and not name.startswith((RDF, XML))


def _value(element: Element, depth: int) -> Value:
    if depth > _DEEPEST:
        return Value()
    for child in element:
        if child.tag in _CONTAINERS:
            return _array(child, depth)
    inner = element.find(RDF + "Description")
    fields = _fields(element, depth) | (_fields(inner, depth) if inner is not None else {})
    if fields:
        # rdf:value holds the value proper of a value with qualifiers.
        proper = (inner if inner is not None else element).find(RDF + "value")
        return Value(text=(proper.text or "").strip() if proper is not None else "", fields=fields)
    return Value(text=(element.text or "").strip() or element.get(RDF + "resource", ""))


def _array(container: Element, depth: int) -> Value:
    entries = container.findall(RDF + "li")
    items = tuple(_value(entry, depth + 1) for entry in entries)
    if container.tag != RDF + "Alt":
        return Value(items=items)
    default = next((i for i, entry in enumerate(entries) if entry.get(XML + "lang") == "x-default"), 0)
    return items[default] if items else Value()
