"""Face detectors by name: what the settings ask for, opened once per process, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.model.audits import DetectorRecord
from pdpo_audit.people.detectors import weights
from pdpo_audit.people.detectors.blazeface import BlazeFace
from pdpo_audit.people.detectors.centerface import CenterFace
from pdpo_audit.people.detectors.dlib_process import DlibEngine
from pdpo_audit.people.detectors.graded import GradedDetector
from pdpo_audit.people.detectors.recipe import CENTERFACE, DLIB, YUNET, Recipe
from pdpo_audit.people.detectors.yunet import YuNet
from pdpo_audit.people.grading import measured
from pdpo_audit.ports.detectors import ENTRY_POINTS, FaceDetector
from pdpo_audit.ports.registered import load_engine

NAMES = ("auto", "centerface", "yunet", "hog", "cnn")
#: Long side of the one pass of dlib's detectors; cnn takes seconds and gigabytes above 800.
_DLIB_LONGEST = {"hog": 1600, "cnn": 800}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSpec:
    """Which detector, as the settings say it.

    ``auto`` is CenterFace with BlazeFace as its judge (where installed), joined by YuNet where ``yunet`` names an ONNX
    file. ``thorough`` adds tiles at full size and looks at every picture turned as well.
    """

    name: str = "auto"
    yunet: str = ""
    thorough: bool = False


def open_detector(spec: DetectorSpec) -> FaceDetector:
    """The detector, ready to use in this process; MachineError where its engine is missing or unknown."""
    match spec.name:
        case "auto":
            second = YuNet(Path(spec.yunet)) if spec.yunet else None
            found = weights.blazeface()
            return GradedDetector(_recipe(spec, second, BlazeFace(found) if found else None))
        case "centerface":
            return GradedDetector(_recipe(spec, None, None))
        case "yunet":
            return GradedDetector(Recipe(engine=_yunet(spec), judgement=YUNET, thorough=spec.thorough))
        case "hog" | "cnn":
            return GradedDetector(
                Recipe(engine=DlibEngine(spec.name), judgement=DLIB, longest=_DLIB_LONGEST[spec.name])
            )
        case _:
            return _registered(spec)


def _recipe(spec: DetectorSpec, second: YuNet | None, judge: BlazeFace | None) -> Recipe:
    engine = CenterFace(weights.centerface())
    return Recipe(engine=engine, judgement=CENTERFACE, second=second, judge=judge, covered=True, thorough=spec.thorough)


def _yunet(spec: DetectorSpec) -> YuNet:
    if not spec.yunet:
        raise MachineError(
            "The detector yunet needs its weight file.",
            advice="Name face_detection_yunet_2023mar.onnx in the settings.",
        )
    return YuNet(Path(spec.yunet))


def _registered(spec: DetectorSpec) -> FaceDetector:
    detector: FaceDetector = load_engine(ENTRY_POINTS, spec.name, what="face detector", ours=NAMES)(spec)
    return detector


def describe(spec: DetectorSpec) -> DetectorRecord:
    """Name, version, digest of the weights and measured recall, for the report; MachineError as ``open_detector``.

    The recall is that of the very recipe described; where none was measured it is empty, and the report must say so.
    """
    detector = open_detector(spec)
    recall = measured.RECALL.get((detector.name, detector.version), {})
    return DetectorRecord(
        name=detector.name,
        version=detector.version,
        weights_sha256=detector.weights_sha256,
        recall=dict(recall),
        measured_on=measured.MEASURED_ON if recall else "",
        certain=dict(measured.CERTAIN.get((detector.name, detector.version), {})),
    )
