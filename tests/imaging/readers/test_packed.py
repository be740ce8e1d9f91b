"""JPEG XL, JPEG XR and DICOM, read by the libraries of their extras."""

from __future__ import annotations

import hashlib
from io import BytesIO

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset

from pdpo_audit.imaging import open_picture
from pdpo_audit.imaging.beyond.frames import frame_count, new_frames, read_animation
from pdpo_audit.imaging.formats import table
from pdpo_audit.imaging.formats.told import told_of
from pdpo_audit.model.locations.holdings import SkipReason
from tests.imaging.readers.makers import LIMITS, is_close, notes, picture, problem, saved, shown

PIXELS = np.asarray(picture())


def test_jpeg_xl() -> None:
    assert np.array_equal(shown(bytes(imagecodecs.jpegxl_encode(PIXELS, lossless=True))), PIXELS)
    deep = bytes(imagecodecs.jpegxl_encode(PIXELS.astype(np.uint16) * 257, lossless=True))
    assert np.array_equal(shown(deep), PIXELS)


def test_every_frame_of_an_animation() -> None:
    frames = np.stack([PIXELS, PIXELS[::-1], PIXELS])
    opened = open_picture(bytes(imagecodecs.jpegxl_encode(frames, lossless=True)), LIMITS)
    assert frame_count(opened) == 3
    found = read_animation(opened, LIMITS)
    assert found is not None and len(found.keys) == 3
    assert new_frames(opened, LIMITS, 40).looked == (1,)
    with pytest.raises(EOFError):
        opened.seek(3)


def test_a_jpeg_packed_without_loss_comes_back() -> None:
    jpeg = saved(picture(), "JPEG", quality=85)
    packed = bytes(imagecodecs.jpegxl_encode_jpeg(jpeg, numthreads=1))
    told = told_of(open_picture(packed, LIMITS))
    assert hashlib.sha256(told.coded).digest() == hashlib.sha256(jpeg).digest()
    assert np.array_equal(shown(packed), shown(jpeg))


def test_limits_and_cuts() -> None:
    data = bytes(imagecodecs.jpegxl_encode(PIXELS))
    assert problem(data[: len(data) // 2]).reason in (SkipReason.DAMAGED, SkipReason.TRUNCATED)
    huge = b"\xff\x0a" + ((3 << 1) | ((1 << 30) - 1) << 3 | 1 << 33).to_bytes(60, "little")
    assert problem(huge).reason is SkipReason.TOO_LARGE


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_is_installed", lambda _module: False)
    assert problem(b"\xff\x0a" + bytes(60)).detail == "JXL: install pdpo-audit[jxl] to read it"


def test_jpeg_xr() -> None:
    assert is_close(shown(bytes(imagecodecs.jpegxr_encode(PIXELS, level=0.95))), PIXELS)


def test_dicom() -> None:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = pydicom.uid.SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = pydicom.uid.UID("1.2.3")
    made = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    made.Rows, made.Columns, made.SamplesPerPixel, made.PhotometricInterpretation = 320, 480, 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    grey = np.asarray(picture().convert("L")).astype(np.uint16) * 16
    made.PixelData = grey.tobytes()
    buffer = BytesIO()
    made.save_as(buffer, enforce_file_format=True)
    found = shown(buffer.getvalue())[..., 0].astype(int)
    assert (found.min(), found.max()) == (0, 255)
    assert np.corrcoef(found.ravel(), grey.ravel())[0, 1] > 0.999
    assert "may name the patient" in notes(buffer.getvalue())[0]
