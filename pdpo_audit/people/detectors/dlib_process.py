"""dlib behind a pipe: the detectors of face_recognition, and descriptions for a person search, in their own process."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from pdpo_audit.errors import MachineError
from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.hits import Hits, no_hits
from pdpo_audit.people.detectors.passes import EngineFailed
from pdpo_audit.people.detectors.weights import digest

_INSTALL = "install the extra: pip install 'pdpo-audit[recognition]'"
_DEADLINE_S = 300.0
#: dlib's square against the box of the other engines, fitted on 427 faces (docs/people.md): side as a share of the
#: box's height, and its centre's offset; a box's width is 0.77 of its height.
_SQUARE, _RIGHT, _DOWN, _WIDTH = 0.835, -0.01, 0.046, 0.77


class DlibProcess:
    """The running child; use it as a context manager or ``close`` it. A child that died is replaced, without memory."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, "-I", str(Path(__file__).with_name("dlib_child.py")), str(models_folder())]

    def ask(self, request: dict[str, Any], image: Pixels | None = None) -> dict[str, Any]:
        """Send one request and wait; EngineFailed where the child dies, complains, or takes longer than 300 s."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        shape = {} if image is None else {"height": image.shape[0], "width": image.shape[1]}
        try:
            process.stdin.write(json.dumps(request | shape).encode() + b"\n")
            if image is not None:
                process.stdin.write(np.ascontiguousarray(image).tobytes())
            process.stdin.flush()
            told: dict[str, Any] = json.loads(_line(process.stdout.fileno()))
        except (OSError, ValueError) as error:
            self.close()
            raise EngineFailed("the dlib process gave no answer") from error
        if "error" in told:
            raise EngineFailed(told["error"])
        return told

    def close(self) -> None:
        """End the child and with it everything it remembers."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            quiet = {**os.environ, "OMP_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=quiet
            )
        return self._process


def models_folder() -> Path:
    """Where the model files of face_recognition lie; MachineError where dlib or they are not installed."""
    if find_spec("dlib") is None:
        raise MachineError("dlib is not installed.", advice=_INSTALL)
    found = find_spec("face_recognition_models")
    for folder in (found.submodule_search_locations or []) if found else []:
        if (path := Path(folder) / "models").is_dir():
            return path
    raise MachineError("The model files of face_recognition are not installed.", advice=_INSTALL)


def _line(descriptor: int) -> bytes:
    ends, received = time.monotonic() + _DEADLINE_S, bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while (left := ends - time.monotonic()) > 0 and selector.select(left):
            part = os.read(descriptor, 1 << 16)
            received += part
            if not part or received.endswith(b"\n"):
                break
    return bytes(received)


class DlibEngine:
    """``hog`` or ``cnn`` as face_recognition runs them: one upsampling, its default threshold."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.version = "face_recognition-models-0.3"
        self._process = DlibProcess()
        files = {"hog": "shape_predictor_5_face_landmarks.dat", "cnn": "mmod_human_face_detector.dat"}
        self.weights_sha256 = digest(models_folder() / files[name])

    def find(self, image: Pixels, threshold: float) -> Hits:
        """Candidates; dlib's margin above its threshold becomes a score from 0.5 towards 1."""
        told = self._process.ask({"do": self.name, "upsample": 1, "threshold": 0.0}, image)
        if not told["faces"]:
            return no_hits()
        squares, margins, marks = (np.array(column, np.float32) for column in zip(*told["faces"], strict=True))
        scores = (1 / (1 + np.exp(-margins))).astype(np.float32)
        hits = Hits(boxes=boxes_of(squares), scores=scores, points=_points(marks))
        return hits.taken(hits.scores >= threshold)


def boxes_of(squares: Floats) -> Floats:
    """dlib's squares as boxes from forehead to chin, n x 4."""
    height = (squares[:, 2] - squares[:, 0]) / _SQUARE
    middle_x = (squares[:, 0] + squares[:, 2]) / 2 - _RIGHT * height
    middle_y = (squares[:, 1] + squares[:, 3]) / 2 - _DOWN * height
    half_width, half = _WIDTH * height / 2, height / 2
    boxes = [middle_x - half_width, middle_y - half, middle_x + half_width, middle_y + half]
    return np.clip(np.stack(boxes, axis=1), 0, None).astype(np.float32)


def square_of(box: Floats) -> list[int]:
    """The square that dlib's landmark predictors expect for a box."""
    height = float(box[3] - box[1])
    middle_x, middle_y = float(box[0] + box[2]) / 2 + _RIGHT * height, float(box[1] + box[3]) / 2 + _DOWN * height
    half = _SQUARE * height / 2
    return [round(middle_x - half), round(middle_y - half), round(middle_x + half), round(middle_y + half)]


def _points(marks: Floats) -> Floats:
    """The five-point predictor gives the corners of the left eye, of the right eye, and the nose."""
    unknown = np.full((len(marks), 2), np.nan, np.float32)
    right, left = marks[:, 2:4].mean(axis=1), marks[:, 0:2].mean(axis=1)
    return np.stack([right, left, marks[:, 4], unknown, unknown], axis=1).astype(np.float32)
