"""Metadata through ExifTool where it is installed: more formats (PSD, RAW, video), mapped to the same facts.

One long-lived process answers many requests (``-stay_open``). The file's bytes are handed over in an anonymous file
in memory, so that ExifTool opens no file of a source: no access time changes, and members of containers work too.
"""

from __future__ import annotations

import ctypes
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from pdpo_audit.metadata import facts
from pdpo_audit.metadata.facts import clean, cleaned, moment, of_xmp
from pdpo_audit.metadata.texts import decode
from pdpo_audit.metadata.xmp import Value
from pdpo_audit.model.pictures import Metadata

#: What ExifTool answers.
Json = dict[str, Any] | list[Any] | str | int | float | bool | None

#: Linux's prctl, loaded before any process is started: between fork and exec nothing may be loaded.
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
_ON_PARENTS_DEATH = 1

_QUESTION = "-j\n-struct\n-n\n-G1\n-m\n-XMP:all\n-IPTC:all\n-IFD0:all\n-ExifIFD:all\n-GPS:GPSLatitude\n-Error\n"
_READY = b"{ready}"
_LARGEST_ANSWER = 16_000_000

#: ExifTool's names for the XMP properties that ``facts.of_xmp`` reads, and for the fields of their structures.
_PROPERTIES = {
    "XMP-exif:DateTimeOriginal": facts.EXIF + "DateTimeOriginal",
    "XMP-exif:GPSLatitude": facts.EXIF + "GPSLatitude",
    "XMP-photoshop:DateCreated": facts.PHOTOSHOP + "DateCreated",
    "XMP-photoshop:Credit": facts.PHOTOSHOP + "Credit",
    "XMP-dc:Creator": facts.DC + "creator",
    "XMP-dc:Rights": facts.DC + "rights",
    "XMP-dc:Description": facts.DC + "description",
    "XMP-dc:Subject": facts.DC + "subject",
    "XMP-xmpRights:UsageTerms": facts.XMP_RIGHTS + "UsageTerms",
    "XMP-iptcExt:PersonInImage": facts.IPTC_EXTENSION + "PersonInImage",
    "XMP-iptcExt:PersonInImageWDetails": facts.IPTC_EXTENSION + "PersonInImageWDetails",
    "XMP-iptcExt:DigitalSourceType": facts.IPTC_EXTENSION + "DigitalSourceType",
    "XMP-plus:ModelReleaseStatus": facts.PLUS + "ModelReleaseStatus",
    "XMP-plus:MinorModelAgeDisclosure": facts.PLUS + "MinorModelAgeDisclosure",
    "XMP-plus:PropertyReleaseStatus": facts.PLUS + "PropertyReleaseStatus",
    "XMP-plus:LicenseEndDate": facts.PLUS + "LicenseEndDate",
    "XMP-mwg-rs:RegionInfo": facts.MWG_REGIONS + "Regions",
    "XMP-MP:RegionInfoMP": facts.MICROSOFT + "RegionInfo",
}
_FIELDS = {
    "PersonName": facts.IPTC_EXTENSION + "PersonName",
    "RegionList": facts.MWG_REGIONS + "RegionList",
    "Area": facts.MWG_REGIONS + "Area",
    "Type": facts.MWG_REGIONS + "Type",
    "Name": facts.MWG_REGIONS + "Name",
    "X": facts.AREA + "x",
    "Y": facts.AREA + "y",
    "W": facts.AREA + "w",
    "H": facts.AREA + "h",
    "Regions": facts.MICROSOFT_INFO + "Regions",
    "Rectangle": facts.MICROSOFT_REGION + "Rectangle",
    "PersonDisplayName": facts.MICROSOFT_REGION + "PersonDisplayName",
}


def find_exiftool() -> str:
    """The program's path, empty where it is not installed."""
    return shutil.which("exiftool") or ""


class ExifTool:
    """A running ExifTool; use it as a context manager or ``close`` it. Not for several threads at once."""

    def __init__(self, program: str, *, deadline_s: float = 20.0) -> None:
        self._deadline_s = deadline_s
        # An empty -config keeps ExifTool from running a configuration script of the user's.
        self._program = [program, "-config", ""]
        self._process: subprocess.Popen[bytes] | None = None

    @cached_property
    def version(self) -> str:
        """What the program calls itself; empty where it does not say."""
        asked = subprocess.run([*self._program, "-ver"], capture_output=True, text=True, timeout=60, check=False)
        return asked.stdout.strip()

    def read(self, data: bytes) -> Metadata | None:
        """The facts in a file's bytes; ``None`` where ExifTool reads none, fails, or misses the deadline."""
        with _as_file(data) as path:
            answer = self._ask(_QUESTION + path + "\n-execute\n")
        try:
            told = json.loads(answer)
        except ValueError:
            return None
        if not isinstance(told, list) or not told or not isinstance(told[0], dict) or "ExifTool:Error" in told[0]:
            return None
        return replace(of_tags(told[0]), reader=f"exiftool {self.version}")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what was not yet written has no reader any more
                        pipe.close()
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, question: str) -> bytes:
        """Send one question and wait for its answer; a process that dies, hangs or floods is replaced next time."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [*self._program, "-stay_open", "True", "-@", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                preexec_fn=_die_with_parent if _PRCTL is not None else None,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(os.fsencode(question))
            self._process.stdin.flush()
            answer = _until_ready(self._process.stdout.fileno(), self._deadline_s)
        except OSError:
            answer = b""
        if not answer:
            self.close()
        return answer


def _die_with_parent() -> None:
    """With -stay_open ExifTool waits for more after its input ends: it would outlive a worker that is killed."""
    assert _PRCTL is not None
    _PRCTL(_ON_PARENTS_DEATH, signal.SIGKILL)


def _until_ready(descriptor: int, deadline_s: float) -> bytes:
    """What is written up to the ready mark, empty where it does not come in time."""
    ends, received = time.monotonic() + deadline_s, bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while (left := ends - time.monotonic()) > 0 and len(received) < _LARGEST_ANSWER and selector.select(left):
            part = os.read(descriptor, 1 << 16)
            if not part:
                break
            received += part
            if received.rstrip().endswith(_READY):
                return bytes(received.rstrip()[: -len(_READY)])
    return b""


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """A path under which another process can open these bytes, kept in memory where the system can."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("picture", os.MFD_CLOEXEC)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            file.write(data)
            yield f"/proc/{os.getpid()}/fd/{descriptor}"
    else:
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            yield file.name


def of_tags(tags: dict[str, Json]) -> Metadata:
    """The facts in one answer of ``exiftool -j -struct -n -G1``; the same precedence as the Pillow reader."""
    from_xmp = of_xmp({name: _value(tags[key]) for key, name in _PROPERTIES.items() if key in tags})

    def text(key: str) -> str:
        return clean(" ".join(_value(tags[key]).texts())) if key in tags else ""

    def iptc(key: str) -> tuple[str, ...]:
        found = _value(tags.get(f"IPTC:{key}", "")).texts()
        return found if tags.get("IPTC:CodedCharacterSet") else tuple(_redecoded(item) for item in found)

    def dated(name: str) -> str:
        return text(f"ExifIFD:{name}")

    taken = moment(dated("DateTimeOriginal"), dated("OffsetTimeOriginal"))
    digitised = moment(dated("CreateDate"), dated("OffsetTimeDigitized"))
    wired = moment(f"{' '.join(iptc('DateCreated'))} {' '.join(iptc('TimeCreated'))}".strip())
    make, model = text("IFD0:Make"), text("IFD0:Model")
    return replace(
        from_xmp,
        captured_at=taken or digitised or from_xmp.captured_at or wired,
        captured_in=from_xmp.captured_in,
        camera=model if model.lower().startswith(make.lower()) else f"{make} {model}".strip(),
        artist=from_xmp.artist or clean(" ".join(iptc("By-line"))) or text("IFD0:Artist"),
        rights=from_xmp.rights or clean(" ".join(iptc("CopyrightNotice"))) or text("IFD0:Copyright"),
        credit=from_xmp.credit or clean(" ".join(iptc("Credit"))),
        caption=from_xmp.caption or clean(" ".join(iptc("Caption-Abstract"))) or text("IFD0:ImageDescription"),
        keywords=cleaned(from_xmp.keywords + iptc("Keywords")),
        has_gps=from_xmp.has_gps or "GPS:GPSLatitude" in tags,
    )


def _value(told: Json) -> Value:
    if isinstance(told, dict):
        return Value(fields={_FIELDS.get(key, key): _value(item) for key, item in told.items()})
    if isinstance(told, list):
        return Value(items=tuple(_value(item) for item in told))
    return Value() if told is None or isinstance(told, bool) else Value(text=str(told))


def _redecoded(text: str) -> str:
    """IPTC text without a declared character set, which ExifTool took for Western European."""
    try:
        return decode(text.encode("cp1252"))
    except UnicodeEncodeError:
        return text
