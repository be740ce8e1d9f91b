"""Doctor: what this machine can do, and what to install for the rest."""

from __future__ import annotations

import ctypes.util
import importlib.util
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import features

from pdpo_audit.catalogue.queries.totals import unread_formats
from pdpo_audit.errors import AuditError
from pdpo_audit.imaging.formats.table import FAMILIES, Family, advice
from pdpo_audit.people.detectors import weights
from pdpo_audit.people.detectors.blazeface import BlazeFace
from pdpo_audit.people.detectors.engines import DetectorSpec, describe
from pdpo_audit.text.engines import opening
from pdpo_audit.text.engines import weights as text_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One thing that the program needs or could use; ``remedy`` is a command, empty where all is well."""

    subject: str
    well: bool
    needed: bool
    finding: str
    remedy: str = ""
    #: Whether the remedy is a command that installs something.
    installs: bool = True


#: Adds face_recognition without its dependencies: it asks for ``dlib`` by name, which would be compiled.
_RECOGNITION = 'pip install "pdpo-audit[recognition]" && pip install --no-deps face_recognition'
_QUICK = 'pip install "pdpo-audit[quick-faces]"'


#: What reads stores without a mount, and the logins of them that a keyring keeps; mailboxes need nothing more.
_STORES = (
    ("WebDAV stores", "httpx2", "webdav"),
    ("S3 buckets", "boto3", "s3"),
    ("SFTP servers", "asyncssh", "sftp"),
    ("SMB shares without a mount", "smbprotocol", "smb"),
    ("logins from a keyring", "keyring", "keyring"),
)


def examine_machine() -> list[Symptom]:
    """Look at everything that the program relies on."""
    return [
        *_decoders(),
        *_detectors(),
        _text_engine(),
        _module("face detection in half the time", ("onnx", "onnxruntime"), _QUICK),
        _module("recognition", ("dlib", "face_recognition_models", "face_recognition"), _RECOGNITION),
        _module("parquet export", ("pyarrow",), "pip install pyarrow"),
        *_readers(),
        _module("7z archives", ("py7zr",), 'pip install "pdpo-audit[sevenzip]"'),
        _module("lists of RAR archives", ("rarfile",), 'pip install "pdpo-audit[rar]"'),
        *(_module(what, (name,), f'pip install "pdpo-audit[{extra}]"') for what, name, extra in _STORES),
        _library("libturbojpeg (faces covered in JPEG files)", "turbojpeg", "apt-get install libturbojpeg0"),
        _library("Pango (PDF layout)", "pango-1.0", "apt-get install libpango-1.0-0 libpangoft2-1.0-0", needed=True),
        _library(
            "HarfBuzz subsetting (PDFs 30 times faster)", "harfbuzz-subset", "apt-get install libharfbuzz-subset0"
        ),
        _chinese_font(),
        _program("exiftool", "reads the names in files that are not decoded", "apt-get install libimage-exiftool-perl"),
        _program("pdfsig", "checks PDF signatures independently", "apt-get install poppler-utils"),
        _program("openssl", "checks seals independently", "apt-get install openssl"),
        _database(),
    ]


def examine_workspace(place: Path) -> list[Symptom]:
    """What to look after in the workspace around ``place``: certificates, timestamps, keys; nothing where none is."""
    from pdpo_audit.workspace.project import Project, find_workspace
    from pdpo_audit.workspace.setup.warnings import warnings_of

    home = find_workspace(place)
    if home is None:
        return []
    try:
        project = Project(home)
        warnings = warnings_of(project)
    except AuditError as error:
        return [Symptom(subject="workspace", well=False, needed=False, finding=error.message, installs=False)]
    unread = list(_unread(unread_formats(project.store)))
    if not warnings:
        return [Symptom(subject="keys and certificates", well=True, needed=False, finding="none ends soon"), *unread]
    told = [Symptom(subject="look after", well=False, needed=False, finding=one, installs=False) for one in warnings]
    return told + unread


def _readers() -> Iterator[Symptom]:
    """The extras that read further formats."""
    extras: dict[str, list[Family]] = {}
    for family in FAMILIES:
        if family.extra:
            extras.setdefault(family.extra, []).append(family)
    for extra, families in extras.items():
        modules = tuple(dict.fromkeys(module for one in families for module in one.modules))
        names = " and ".join(one.name if not one.always else f"more of {one.name}" for one in families)
        yield _module(f"{names} pictures", modules, f'pip install "pdpo-audit[{extra}]"')


def _unread(counts: Mapping[str, int]) -> Iterator[Symptom]:
    """Which files of this library could be read, and with what."""
    wanted = dict[str, list[str]]()
    for format, count in sorted(counts.items(), key=lambda one: -one[1]):
        wanted.setdefault(advice(format), []).append(f"{count:,} {format or 'without a known format'}")
    for remedy, files in sorted(wanted.items(), reverse=True):
        if remedy:
            yield Symptom(
                subject="pictures of this library", well=False, needed=False, remedy=f'pip install "{remedy}"',
                finding=f"install {remedy} to read {', '.join(files)}",
            )  # fmt: skip
        else:
            yield Symptom(
                subject="pictures of this library", well=False, needed=False, installs=False,
                finding=f"{', '.join(files)} cannot be read; nothing that may be installed helps",
            )  # fmt: skip


def _decoders() -> Iterator[Symptom]:
    for name, feature in (("JPEG", "jpg"), ("PNG", "zlib"), ("TIFF", "libtiff"), ("WebP", "webp"), ("AVIF", "avif")):
        well = bool(features.check(feature))
        yield Symptom(
            subject=f"{name} pictures", well=well, needed=True, finding="decoded" if well else "this Pillow lacks them",
            remedy="" if well else "pip install --force-reinstall pillow",
        )  # fmt: skip
    yield _module("HEIC pictures", ("pi_heif",), "pip install pi-heif", needed=True)


def _detectors() -> Iterator[Symptom]:
    try:
        record = describe(DetectorSpec())
    except AuditError as error:
        yield Symptom(subject="face detector", well=False, needed=True, finding=error.message, remedy=weights.INSTALL)
        return
    finding = f"{record.name} {record.version}, weights {record.weights_sha256[:12]}"
    yield Symptom(subject="face detector", well=True, needed=True, finding=finding)
    covered = BlazeFace.name in record.name.split("+")
    told = "BlazeFace judges faces behind masks" if covered else "BlazeFace is missing: more masked faces stay doubtful"
    remedy = "" if covered else weights.INSTALL
    yield Symptom(subject="covered faces", well=covered, needed=False, finding=told, remedy=remedy)


def _text_engine() -> Symptom:
    """Whether identity numbers can be looked for: needed by nobody who does not want to."""
    subject = "identity numbers in pictures"
    try:
        record = opening.describe(opening.TextSpec())
    except AuditError as error:
        return Symptom(subject=subject, well=False, needed=False, finding=error.message, remedy=text_weights.INSTALL)
    digests = "+".join(one[:12] for one in record.weights_sha256.split("+"))
    return Symptom(
        subject=subject, well=True, needed=False, finding=f"{record.name} {record.version}, weights {digests}"
    )


def _module(subject: str, names: tuple[str, ...], remedy: str, *, needed: bool = False) -> Symptom:
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    finding = f"{', '.join(missing)} not installed" if missing else "installed"
    return Symptom(subject=subject, well=not missing, needed=needed, finding=finding, remedy=remedy if missing else "")


def _library(subject: str, name: str, remedy: str, *, needed: bool = False) -> Symptom:
    well = ctypes.util.find_library(name) is not None
    return Symptom(
        subject=subject,
        well=well,
        needed=needed,
        finding="found" if well else "not found",
        remedy="" if well else remedy,
    )


def _program(name: str, use: str, remedy: str) -> Symptom:
    well = shutil.which(name) is not None
    return Symptom(subject=name, well=well, needed=False, finding=use, remedy="" if well else remedy)


def _chinese_font() -> Symptom:
    remedy = "apt-get install fonts-noto-cjk"
    if shutil.which("fc-list") is None:
        return Symptom(subject="Chinese font", well=False, needed=True, finding="fontconfig is missing", remedy=remedy)
    listed = subprocess.run(["fc-list", ":lang=zh-hk", "family"], capture_output=True, text=True, check=False).stdout
    family = next((line for line in listed.splitlines() if "HK" in line), listed.partition("\n")[0])
    return Symptom(
        subject="Chinese font", well=bool(family), needed=True, finding=family or "none found",
        remedy="" if family else remedy,
    )  # fmt: skip


def _database() -> Symptom:
    well = sqlite3.sqlite_version_info >= (3, 35)
    return Symptom(
        subject="SQLite", well=well, needed=True, finding=sqlite3.sqlite_version,
        remedy="" if well else "use a Python with SQLite 3.35 or newer",
    )  # fmt: skip
