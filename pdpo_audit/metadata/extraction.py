"""Who reads a file's metadata: Pillow's floor for every picture, ExifTool where it sees more.

ExifTool costs 25 ms of CPU a file, several times what reading with Pillow costs, and tells the same of an ordinary
JPEG (docs/decisions/0007). So by default it is asked only where Pillow cannot look: formats it does not open, and files
that carry a packet which its reading did not meet.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from pdpo_audit.errors import MachineError
from pdpo_audit.metadata.embedded import packet_of, read_metadata
from pdpo_audit.metadata.exiftool import ExifTool, find_exiftool
from pdpo_audit.metadata.iim import block_of
from pdpo_audit.model.pictures import Metadata

#: Packets lie before or after the pixels; so much of either end is searched for them.
_ENDS = 256 * 1024
_XMP, _EXTENDED_XMP, _IIM = (b"<x:xmpmeta", b"<rdf:RDF"), b"http://ns.adobe.com/xmp/extension/\x00", b"8BIM\x04\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSpec:
    """The ExifTool to ask (``program``, empty for none), and whether it is asked of every file (``always``)."""

    program: str = ""
    always: bool = False


#: No other program is asked.
PILLOW = ReaderSpec()


def reader_of(name: str) -> ReaderSpec:
    """What the setting ``auto``, ``pillow`` or ``exiftool`` means here; MachineError where exiftool is asked for and is
    not installed."""
    if name == "pillow":
        return PILLOW
    program = find_exiftool()
    if name == "exiftool" and not program:
        raise MachineError(
            "The settings ask for ExifTool, and it is not installed.",
            advice='apt-get install libimage-exiftool-perl, or set [metadata] reader = "auto"',
        )
    return ReaderSpec(program=program, always=name == "exiftool")


def facts_of(data: bytes, image: Image.Image | None, tool: ExifTool | None = None, *, always: bool = False) -> Metadata:
    """The facts in a file's bytes. ``image`` is its picture as Pillow opened it, ``None`` where no decoder does.

    With ``always`` ExifTool's word counts; else it is asked where Pillow could not look, and counts if it saw more.
    Where it is missing or fails, Pillow's reading stands.
    """
    floor = Metadata() if image is None else read_metadata(image)
    if tool is None or not data or not (always or image is None or _overlooked(data, image)):
        return floor
    told = tool.read(data)
    if told is None or not (always or told.filled() > floor.filled()):
        return floor
    return told


def _overlooked(data: bytes, image: Image.Image) -> bool:
    """Whether the file carries a packet that Pillow's reading did not meet."""
    ends = data[:_ENDS], data[max(_ENDS, len(data) - _ENDS) :]

    def carries(*marks: bytes) -> bool:
        return any(mark in end for mark in marks for end in ends)

    return (
        (not packet_of(image) and carries(*_XMP)) or (not block_of(image) and carries(_IIM)) or carries(_EXTENDED_XMP)
    )
