"""One read of a file gives digests, fingerprint and metadata; whatever cannot be examined says why."""

from __future__ import annotations

import hashlib
import os
import socket
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin
from skimage import data

from pdpo_audit.fingerprints import examine_file
from pdpo_audit.imaging import Limits
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason
from pdpo_audit.model.methods import FINGERPRINTS
from pdpo_audit.model.pictures import Examination
from pdpo_audit.sources.files import open_file


def photo(name: str) -> Image.Image:
    """A public-domain picture of scikit-image."""
    return Image.fromarray(getattr(data, name)())


def encoded(image: Image.Image, name: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def cat() -> Image.Image:
    return photo("chelsea")


def examine(path: Path, *, decode: bool = True, limits: Limits | None = None) -> list[Examination | Skipped]:
    ref = ImageRef(source="here", locator=os.fsencode(path.name))
    known = () if decode else (hashlib.sha256(path.read_bytes()).digest(),)
    return examine_file(partial(open_file, os.fsencode(path)), ref, limits or Limits(), known=known)


def one(path: Path, content: bytes) -> Examination:
    path.write_bytes(content)
    (result,) = examine(path)
    assert isinstance(result, Examination)
    return result


def skipped(path: Path) -> SkipReason:
    (result,) = examine(path)
    assert isinstance(result, Skipped)
    return result.reason


def test_a_jpeg(tmp_path: Path) -> None:
    content = encoded(cat(), "JPEG", quality=83)
    result = one(tmp_path / "cat.jpg", content)
    assert (result.format, result.width, result.height, result.pages) == ("JPEG", 451, 300, 1)
    assert result.stat.size == len(content)
    assert result.fingerprint is not None
    assert result.fingerprint.method == FINGERPRINTS
    assert result.fingerprint.quality == 83
    assert len(result.fingerprint.perceptual) == 32
    assert len(result.fingerprint.thumbnail) == 1024
    assert len(result.fingerprint.regions) > 20 * 16


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(encoded(cat(), "PNG"))
    os.utime(path, ns=(10**18, 10**18))
    examine(path)
    state = path.stat()
    assert (state.st_atime_ns, state.st_mtime_ns) == (10**18, 10**18)


def test_pages_of_a_tiff_are_pictures_of_their_own(tmp_path: Path) -> None:
    pages = [cat(), photo("astronaut"), cat()]
    path = tmp_path / "scan.tif"
    path.write_bytes(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    results = examine(path)
    examined = [result for result in results if isinstance(result, Examination)]
    assert [result.ref.path for result in examined] == [f"scan.tif!/page/{page}" for page in (1, 2, 3)]
    assert [result.pages for result in examined] == [3, 3, 3]
    assert len({result.sha256 for result in examined}) == 1
    assert examined[0].image_sha256 == examined[2].image_sha256 != examined[1].image_sha256
    assert examined[0].fingerprint == examined[2].fingerprint != examined[1].fingerprint


def test_digest_only(tmp_path: Path) -> None:
    path = tmp_path / "cat.jpg"
    whole = one(path, encoded(cat(), "JPEG"))
    (quick,) = examine(path, decode=False)
    assert isinstance(quick, Examination)
    assert quick.fingerprint is None
    assert (quick.sha256, quick.image_sha256) == (whole.sha256, whole.image_sha256)


def test_images_that_cannot_be_decoded_keep_their_digest(tmp_path: Path) -> None:
    raw = one(tmp_path / "x.cr2", b"II*\0\x10\0\0\0CR\x02\0" + bytes(99))
    assert raw.sha256
    assert raw.skipped is not None
    assert raw.skipped.reason is SkipReason.FORMAT_NOT_DECODED
    cut = one(tmp_path / "cut.jpg", encoded(cat(), "JPEG")[:9000])
    assert cut.skipped is not None
    assert cut.skipped.reason is SkipReason.TRUNCATED
    text = one(tmp_path / "note.jpg", b"Dear all, ")
    assert text.skipped is not None
    assert text.skipped.reason is SkipReason.NOT_AN_IMAGE
    empty = one(tmp_path / "empty.jpg", b"")
    assert empty.skipped is not None
    assert empty.skipped.reason is SkipReason.EMPTY


def test_what_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(b"PK\x03\x04" + bytes(99))
    assert skipped(tmp_path / "deck.pptx") is SkipReason.CONTAINER_NOT_OPENED
    (tmp_path / "note.txt").write_bytes(b"hello")
    assert skipped(tmp_path / "note.txt") is SkipReason.OTHER_FILE
    assert skipped(tmp_path / "gone.jpg") is SkipReason.VANISHED
    (tmp_path / "link.jpg").symlink_to(tmp_path / "note.txt")
    assert skipped(tmp_path / "link.jpg") is SkipReason.SYMBOLIC_LINK
    os.mkfifo(tmp_path / "pipe.jpg")
    assert skipped(tmp_path / "pipe.jpg") is SkipReason.SPECIAL_FILE
    (tmp_path / "folder.jpg").mkdir()
    assert skipped(tmp_path / "folder.jpg") is SkipReason.SPECIAL_FILE


def test_a_socket_is_a_special_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("talk.jpg")
        assert skipped(tmp_path / "talk.jpg") is SkipReason.SPECIAL_FILE


def test_names_of_any_bytes_and_any_length(tmp_path: Path) -> None:
    name = b"line\nbreak \xff\xfe.jpg"
    path = os.fsencode(tmp_path) + b"/" + name
    with open(path, "wb") as file:  # noqa: PTH123  # the name is not text
        file.write(encoded(cat(), "JPEG"))
    (result,) = examine_file(partial(open_file, path), ImageRef(source="here", locator=name), Limits())
    assert isinstance(result, Examination)
    assert result.ref.path == "line\nbreak %FF%FE.jpg"


def test_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "cat.jpg"
    path.write_bytes(encoded(cat(), "JPEG"))
    (result,) = examine(path, limits=Limits(max_file_bytes=100))
    assert isinstance(result, Skipped)
    assert result.reason is SkipReason.TOO_LARGE


def test_stale_embedded_thumbnail(tmp_path: Path) -> None:
    full = photo("astronaut")
    thumbnail = encoded(full.resize((160, 160)), "JPEG")
    header = b"Exif\0\0II*\0\x08\0\0\0\0\0\x0e\0\0\0\x02\0" + b"\x01\x02\x04\0\x01\0\0\0\x2c\0\0\0"
    header += b"\x02\x02\x04\0\x01\0\0\0" + len(thumbnail).to_bytes(4, "little") + bytes(4)
    block = header + bytes(6 + 0x2C - len(header)) + thumbnail
    cropped = full.crop((100, 20, 400, 320))
    kept = one(tmp_path / "kept.jpg", encoded(full, "JPEG", exif=block))
    stale = one(tmp_path / "stale.jpg", encoded(cropped, "JPEG", exif=block))
    assert (kept.metadata.stale_thumbnail, stale.metadata.stale_thumbnail) == (False, True)


def test_reduced_decode_keeps_the_hash(tmp_path: Path) -> None:
    small = photo("astronaut")
    large = small.resize((2048, 2048), Image.Resampling.LANCZOS)
    prints = [one(tmp_path / f"{side.width}.jpg", encoded(side, "JPEG")).fingerprint for side in (small, large)]
    assert prints[0] is not None
    assert prints[1] is not None
    bits = [np.unpackbits(np.frombuffer(p.perceptual, np.uint8)) for p in prints if p is not None]
    assert int((bits[0] != bits[1]).sum()) <= 6


def test_a_jpeg_without_its_last_two_bytes_is_examined_with_a_note(tmp_path: Path) -> None:
    content = encoded(cat(), "JPEG", quality=83)
    whole, cut = one(tmp_path / "whole.jpg", content), one(tmp_path / "cut.jpg", content[:-2])
    assert cut.skipped is None and cut.fingerprint == whole.fingerprint and cut.image_sha256 == whole.image_sha256
    assert (len(cut.notes), whole.notes) == (1, ()) and "end marker" in cut.notes[0]


def test_what_lies_under_transparent_parts_is_told(tmp_path: Path) -> None:
    picture = cat().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 40, 40))  # a flat colour under a transparent part is nothing
    plain = one(tmp_path / "plain.png", encoded(picture, "PNG"))
    picture = cat().convert("RGBA")
    mask = Image.new("L", picture.size, 255)
    mask.paste(0, (0, 0, picture.width // 2, picture.height))
    picture.putalpha(mask)
    hiding = one(tmp_path / "hiding.png", encoded(picture, "PNG"))
    assert plain.notes == ()
    said = "something lies under its transparent parts (50 % of it): not shown; people are looked for in it"
    assert hiding.notes == (said,)


def tiff(*pages: tuple[int, int]) -> bytes:
    """A TIFF of pages given as width and NewSubfileType."""
    buffer = BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer, new=True) as writer:
        for width, kind in pages:
            cat().resize((width, width)).save(writer, "TIFF", tiffinfo={254: kind})
            writer.newFrame()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("pages", "members", "notes"),
    [
        ([(160, 0), (80, 1)], [""], ["a smaller version of a page in the file is no holding"]),
        (
            [(160, 0), (80, 1), (160, 2), (80, 1)],
            ["page/1", "page/3"],
            ["2 smaller versions of its pages in the file are no holdings"] * 2,
        ),
        ([(80, 1), (160, 0)], ["page/2"], ["a smaller version of a page in the file is no holding"]),
        ([(160, 0), (80, 4)], [""], ["a smaller version of a page in the file is no holding"]),
        # As large as a page: it is one, whatever it is called.
        ([(160, 0), (160, 1)], ["page/1", "page/2"], ["", ""]),
        ([(160, 1), (80, 1)], ["page/1", "page/2"], ["", ""]),
    ],
)
def test_smaller_versions_in_a_tiff_are_no_holdings(
    tmp_path: Path, pages: list[tuple[int, int]], members: list[str], notes: list[str]
) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(tiff(*pages))
    found = [result for result in examine(path) if isinstance(result, Examination)]
    assert [result.ref.member for result in found] == members
    assert ["; ".join(result.notes) for result in found] == notes
    assert [result.width for result in found] == [pages[result.ref.page][0] for result in found]
