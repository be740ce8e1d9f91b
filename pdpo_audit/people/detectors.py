"""Face detectors by name: what the settings ask for, opened once per process, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdpo_audit.errors import MachineError
from pdpo_audit.model.audits import DetectorRecord
from pdpo_audit.model.people import Face, Grade
from pdpo_audit.people import recipe, weights
from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.centerface import CenterFace
from pdpo_audit.people.identifiability import grade_face
from pdpo_audit.ports import FaceDetector

#: Changes whenever passes, thresholds or grading change: readings are keyed by it, old ones are never overwritten.
METHOD = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSpec:
    """Which detector, as the settings say it: ``auto`` is CenterFace, joined by YuNet where ``yunet`` names a file."""

    name: str = "auto"
    yunet: str = ""
    thorough: bool = False


class GradedDetector:
    """An engine, the recipe around it, and the grading of what it finds."""

    def __init__(self, engine: recipe.Engine, spec: DetectorSpec) -> None:
        self._engine = engine
        self._spec = spec
        self.name = engine.name
        self.version = f"{engine.version}+{METHOD}{'t' if spec.thorough else ''}"

    def detect(self, image: Pixels) -> list[Face]:
        """Every face found in an upright RGB picture, largest first."""
        found = recipe.look(self._engine, image)
        faces = [
            _face(image, box, points, float(score), sure=bool(sure))
            for box, points, score, sure in zip(
                found.hits.boxes, found.hits.points, found.hits.scores, found.sure, strict=True
            )
        ]
        return sorted(faces, key=lambda face: (-face.height * face.width, face.x, face.y))


def _face(image: Pixels, box: Floats, points: Floats, score: float, *, sure: bool) -> Face:
    measures, grade, reason = grade_face(image, box, points)
    if not sure:
        grade, reason = Grade.DOUBTFUL, "face-like, living person not certain"
    limits = np.array([image.shape[1], image.shape[0]] * 2)
    left, top, right, bottom = (int(edge) for edge in np.clip(np.round(box), 0, limits))
    return Face(
        x=left,
        y=top,
        width=max(1, right - left),
        height=max(1, bottom - top),
        score=round(min(1.0, max(0.0, score)), 4),
        eye_distance_px=round(measures.eye_distance, 2),
        sharpness=round(measures.sharpness, 2),
        grade=grade,
        reason=reason,
    )


def open_detector(spec: DetectorSpec) -> FaceDetector:
    """The detector, ready to use in this process; MachineError where its engine is missing or unknown."""
    match spec.name:
        case "auto" | "centerface":
            return GradedDetector(CenterFace(weights.centerface()), spec)
        case _:
            raise MachineError(
                f"There is no face detector named {spec.name!r}.", advice="Known detectors: auto, centerface."
            )


def describe(spec: DetectorSpec) -> DetectorRecord:
    """Name, version, digest of the weights and measured recall, for the report; MachineError as ``open_detector``."""
    detector = open_detector(spec)
    return DetectorRecord(
        name=detector.name,
        version=detector.version,
        weights_sha256=weights.CENTERFACE_SHA256,
        recall={},
        measured_on="",
    )
