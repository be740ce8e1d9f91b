"""What a sidecar says: its bytes, in whichever form, to sayings on pictures. What is hostile costs itself alone."""

from __future__ import annotations

import re

from pdpo_audit.metadata.facts import clean, of_xmp
from pdpo_audit.metadata.sidecars import ini, json_files
from pdpo_audit.metadata.sidecars.forms import Form, form_of
from pdpo_audit.metadata.texts import decode
from pdpo_audit.metadata.xmp import LARGEST_PACKET, parse_packet
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.pictures import Metadata, Saying, Sidecar
from pdpo_audit.ports import StoredFile

#: Sidecars hold a few thousand bytes, those with many regions a hundred thousand.
LARGEST = LARGEST_PACKET


def read_sidecar(file: StoredFile, ref: ImageRef) -> Sidecar | None:
    """What an open file says of the pictures beside it; ``None`` where it is no sidecar after all.

    Raises ``ImageProblem`` where the file cannot be read.
    """
    form = form_of(ref.locator)
    if form is None:
        return None
    if form is Form.UNREAD:
        return Sidecar(ref=ref, problem="nothing is read of this kind of file")
    if file.stat.size > LARGEST:
        return Sidecar(ref=ref, problem=f"larger than {LARGEST // 1_000_000} MB", evident=form is not Form.JSON)
    return _parse(form, file.whole(), ref)


def _parse(form: Form, data: bytes, ref: ImageRef) -> Sidecar | None:
    match form:
        case Form.XMP:
            properties = parse_packet(data) or parse_packet(_without_declaration(data))
            if not properties:
                return Sidecar(ref=ref, problem="no well-formed XMP" if data.strip() else "empty")
            return Sidecar(ref=ref, said=(Saying(metadata=of_xmp(properties)),))
        case Form.JSON:
            return json_files.read_json(data, ref)
        case Form.TEXT:
            return Sidecar(ref=ref, said=(Saying(metadata=Metadata(caption=clean(decode(data)))),))
        case Form.PICASA:
            return Sidecar(ref=ref, said=tuple(ini.read_picasa(_text(data))))
        case Form.DESCRIPTIONS:
            return Sidecar(ref=ref, said=tuple(ini.read_descriptions(_text(data))))
        case Form.RAWTHERAPEE:
            return Sidecar(ref=ref, said=(Saying(metadata=ini.read_rawtherapee(_text(data))),))
        case Form.UNREAD:
            raise AssertionError("nothing is read of it")


def _without_declaration(data: bytes) -> bytes:
    """XML in UTF-8 without what it says of its character set: that is wrong, or one that the parser does not know."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", _text(data)).encode("utf-8", "replace")


def _text(data: bytes) -> str:
    """Lists in UTF-8 or UTF-16 with a mark, else line by line as whoever wrote them had it."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(name, "replace")
    return "\n".join(decode(line) for line in data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
