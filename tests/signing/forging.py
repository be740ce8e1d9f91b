"""Revisions written by hand, as a forger writes them: what one reader passes over and another one shows."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from .material import seal_identity

FORGED = "FORGED PAGE"

#: Numbers that no report of the tests uses.
STREAM, PAGE, CATALOG = 900, 901, 902


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the last revision of a report says."""

    root: int
    info: bytes
    size: int
    previous: int
    identifiers: bytes
    catalog: bytes
    pages: int


def read_places(pdf: bytes) -> Places:
    root = int(_last(pdf, rb"/Root (\d+) 0 R")[1])
    catalog = _last(pdf, rb"(?<!\d)%d 0 obj\n(<<.*?\n>>)\nendobj" % root)[1]
    return Places(
        root=root,
        info=_last(pdf, rb"/Info (\d+ 0 R)")[1],
        size=int(_last(pdf, rb"/Size (\d+)")[1]),
        previous=int(_last(pdf, rb"startxref\n(\d+)")[1]),
        identifiers=_last(pdf, rb"/ID \[.*?\]")[0],
        catalog=catalog,
        pages=int(_last(catalog, rb"/Pages (\d+) 0 R")[1]),
    )


def an_object(number: int, content: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, content)


def hidden_pages(pages: int) -> bytes:
    """Another page tree under the number of the true one."""
    text = b"BT /F1 40 Tf 60 700 Td (%s) Tj ET" % FORGED.encode()
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
        b"/Resources << /Font << /F1 %s >> >> >>" % (pages, STREAM, font)
    )
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)
    tree = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % PAGE
    return an_object(STREAM, stream) + an_object(PAGE, page) + an_object(pages, tree)


def append_store(
    pdf: bytes, *, hidden: bytes = b"", root: bool = True, material: bytes = b"", listed_as: bytes = b"/Certs"
) -> bytes:
    """A revision that only adds validation material; ``hidden`` stands between its stream and the next object.

    Without ``root`` its trailer leads nowhere: one reader takes the earlier one, another looks through the file.
    """
    said = read_places(pdf)
    content = material or seal_identity("Somebody").certificate.public_bytes(Encoding.DER)
    out, places = bytearray(pdf), {}
    places[said.root] = len(out)
    out += an_object(said.root, said.catalog[:-2] + b"/DSS %d 0 R\n>>" % (said.size + 1))
    places[said.size] = len(out)
    out += an_object(said.size, b"<<\n/Length %d\n>>\nstream\n%s\nendstream" % (len(content), content)) + hidden
    places[said.size + 1] = len(out)
    out += an_object(said.size + 1, b"<<\n%s [ %d 0 R ]\n>>" % (listed_as, said.size))
    return bytes(out) + write_table(said, places, len(out), said.size + 2, root=root)


def write_table(said: Places, places: dict[int, int], start: int, number: int, *, root: bool) -> bytes:
    """The table of a revision, and what follows it."""
    places = dict(sorted({**places, number: start}.items()))
    rows = [b"\0" * 9 + b"\xff\xff", *(struct.pack(">BQH", 1, place, 0) for place in places.values())]
    packed = zlib.compress(b"".join(rows))
    index = b" ".join(b"%d 1" % one for one in [0, *places])
    leads = b"/Root %d 0 R\n" % said.root if root else b""
    head = (
        b"<<\n/W [ 1 8 2 ]\n/Type /XRef\n/Filter /FlateDecode\n/Info %s\n%s/Size %d\n%s\n/Prev %d\n/Index [ %s ]\n"
        b"/Length %d\n>>"
    ) % (said.info, leads, number + 1, said.identifiers, said.previous, index, len(packed))
    return an_object(number, head + b"\nstream\n" + packed + b"\nendstream") + b"\nstartxref\n%d\n%%%%EOF\n" % start


def a_trailer(root: int) -> bytes:
    return b"trailer\n<< /Root %d 0 R /Size 1000 >>\n" % root


def _last(pdf: bytes, pattern: bytes) -> re.Match[bytes]:
    return list(re.finditer(pattern, pdf, re.DOTALL))[-1]
