"""Every picture format that is known: what reads it, what has to be installed for that, how far it was tried."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache

from pdpo_audit.model.methods import READERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Formats with one reader.

    ``extra`` names what has to be installed besides (``pdpo-audit[raw]``), ``modules`` what that brings; without
    ``always`` no file of the family is read without it. ``experimental``: fewer than three whole real files were tried.
    ``derived``: what is compared is a preview or a rendering, so its pixels are never called identical. ``lossless``:
    archives and makers keep their originals in it.
    """

    name: str
    formats: tuple[str, ...]
    reader: str
    extra: str = ""
    modules: tuple[str, ...] = ()
    always: bool = True
    experimental: bool = False
    derived: bool = False
    lossless: bool = False
    remark: str = ""


_RAW = (
    *("3FR", "ARW", "CR2", "CR3", "CRW", "DCR", "DNG", "ERF", "FFF", "IIQ", "K25", "KDC", "MEF", "MOS", "MRW", "NEF"),
    *("NRW", "ORF", "PEF", "PTX", "RAF", "RAW", "RW2", "RWL", "SR2", "SRF", "SRW", "X3F"),
)

FAMILIES = (
    Family(name="JPEG", formats=("JPEG",), reader="Pillow", remark="MPO among them"),
    Family(name="PNG and APNG", formats=("PNG", "APNG"), reader="Pillow", lossless=True),
    Family(name="GIF", formats=("GIF",), reader="Pillow"),
    Family(name="WebP", formats=("WEBP",), reader="Pillow"),
    Family(name="AVIF", formats=("AVIF",), reader="Pillow"),
    Family(name="HEIC", formats=("HEIC",), reader="pi-heif", remark="each of several pictures is a holding"),
    Family(name="TIFF", formats=("TIFF",), reader="Pillow", lossless=True, remark="each page is a holding"),
    Family(name="BMP", formats=("BMP",), reader="Pillow", lossless=True),
    Family(
        name="JPEG 2000", formats=("JPEG2000",), reader="Pillow (OpenJPEG)",
        remark="HTJ2K (experimental) too; decoded reduced where that suffices",
    ),
    Family(
        name="JPEG XL", formats=("JXL",), reader="imagecodecs", extra="jxl", modules=("imagecodecs",), always=False,
        remark="animations too; one made from a JPEG gives that JPEG back",
    ),
    Family(
        name="JPEG XR", formats=("JXR",), reader="imagecodecs", extra="jxl", modules=("imagecodecs",), always=False,
        experimental=True,
    ),
    Family(name="Targa", formats=("TGA",), reader="Pillow", lossless=True),
    Family(name="PCX", formats=("PCX",), reader="Pillow", lossless=True),
    Family(
        name="PBM, PGM, PPM, PAM, PFM", formats=("PNM",), reader="Pillow; PAM and coloured PFM own", lossless=True,
        remark="PAM and PFM are experimental",
    ),
    Family(name="ICO", formats=("ICO",), reader="Pillow", remark="the largest size"),
    Family(name="CUR", formats=("CUR",), reader="Pillow", experimental=True, remark="the largest size"),
    Family(name="ICNS", formats=("ICNS",), reader="Pillow", experimental=True, remark="the largest size"),
    Family(name="SGI", formats=("SGI",), reader="Pillow", experimental=True, lossless=True),
    Family(name="DDS", formats=("DDS",), reader="Pillow"),
    Family(name="QOI", formats=("QOI",), reader="Pillow", experimental=True, lossless=True),
    Family(name="FITS", formats=("FITS",), reader="Pillow", experimental=True, lossless=True),
    Family(name="Radiance HDR", formats=("HDR",), reader="OpenCV", experimental=True, lossless=True),
    Family(
        name="Photoshop", formats=("PSD", "PSB"), reader="Pillow; psd-tools for what it cannot read", extra="psd",
        modules=("psd_tools",), lossless=True, remark="the merged picture that was saved with the layers",
    ),
    Family(
        name="Camera RAW", formats=_RAW, reader="the embedded preview; rawpy (LibRaw) where there is none", extra="raw",
        modules=("rawpy",), experimental=True, derived=True, lossless=True,
    ),
    Family(
        name="SVG", formats=("SVG",), reader="resvg", extra="vector", modules=("resvg_py",), always=False, derived=True,
        lossless=True, remark="SVGZ (experimental) too; drawn at 1,024 pixels, nothing outside the file is followed",
    ),
    Family(
        name="Illustrator", formats=("AI",), reader="pypdfium2", extra="vector", modules=("pypdfium2",), always=False,
        experimental=True, derived=True, lossless=True, remark="where it was saved with a PDF inside",
    ),
    Family(
        name="EPS", formats=("EPS",), reader="its preview", experimental=True, derived=True, lossless=True,
        remark="without a preview it is skipped: rendering would run a program in the file",
    ),
    Family(
        name="DICOM", formats=("DICOM",), reader="pydicom", extra="dicom", modules=("pydicom",), always=False,
        experimental=True, remark="all frames, as of an animation",
    ),
)  # fmt: skip

#: Known, and nothing that may be installed reads them.
UNREADABLE = ("EXR", "XCF", "WMF", "EMF", "INDD", "CDR", "OS2-ICON")

_BY_FORMAT = {format: family for family in FAMILIES for format in family.formats}
RAW_FORMATS = frozenset(_RAW)
EXPERIMENTAL = frozenset(format for format, family in _BY_FORMAT.items() if family.experimental)
#: What is drawn or developed anew: what other files show of it was made from it.
DERIVED = frozenset(format for format, family in _BY_FORMAT.items() if family.derived)

LOSSLESS = frozenset(format for format, family in _BY_FORMAT.items() if family.lossless)


def family_of(format: str) -> Family | None:
    """The family of a format; none for one that nothing reads."""
    return _BY_FORMAT.get(format)


def lacks(family: Family) -> bool:
    """Whether what the extra of a family brings is not installed here."""
    return not all(_is_installed(module) for module in family.modules)


def advice(format: str) -> str:
    """What to install so that files of a format can be read; empty where nothing is missing or nothing helps."""
    family = family_of(format)
    return f"pdpo-audit[{family.extra}]" if family is not None and family.extra and lacks(family) else ""


def unreadable(format: str) -> str:
    """What is said of a format that nothing reads."""
    return f"{format}: nothing that may be installed reads it"


def readable_formats() -> tuple[str, ...]:
    """The formats of which this machine reads at least some files."""
    return tuple(sorted(format for format, one in _BY_FORMAT.items() if one.always or not lacks(one)))


def readers_here() -> str:
    """What is read here, in a few words that change with it: the method, and the extras that are installed."""
    return " ".join((READERS, *sorted({one.extra for one in FAMILIES if one.extra and not lacks(one)})))


@cache
def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
