"""Do the grades mean what they say? Faces are degraded, graded, and given to a recogniser that knows the originals.

    python benchmarks/people_reidentification.py --corpora ../shared/corpora [--faces 80] [--grade GRADE] [--rows FILE]

Gallery: the sharp, uncovered faces of the labelled photographs at their own size. Probes: the same faces made smaller,
blurred (with their photograph, or alone) or pixelated, as JPEG of quality 85. The recogniser (dlib's, from
face_recognition_models) gets the landmarks of the known box. Same-photograph probes flatter the attacker: pose, light
and background colour help. A probe counts as re-identified when its nearest gallery face is its own (or one of the same
person).
"""

from __future__ import annotations

import argparse
import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging import Limits, load_upright
from pdpo_audit.model.people import Grade
from pdpo_audit.people.detectors import weights
from pdpo_audit.people.detectors.centerface import CenterFace
from pdpo_audit.people.grading.identifiability import Measures, grade_face

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

EYES = (40, 26, 20, 18, 16, 15, 12, 10, 8, 6, 5, 4, 3.5, 3, 2.75, 2.5, 2.25)
#: Standard deviation over eye distance: of the whole photograph, and of the face alone as redaction does it.
BLURS = (0.03, 0.05, 0.07, 0.09, 0.12, 0.16, 0.20, 0.27, 0.35, 0.45)
VEILS = (0.12, 0.16, 0.20, 0.24, 0.27, 0.30, 0.35, 0.45)
BLOCKS = (32, 26, 24, 20, 16, 12, 9, 8, 7, 6, 5, 4)
#: Photographs must show the face at least this large between the eyes to enter the gallery.
LEAST_EYES = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A gallery face: a square part of its photograph around it, with box and landmarks in it."""

    label: str
    part: Pixels
    box: Floats
    points: Floats


class Recogniser:
    """dlib's ResNet on landmarks that are predicted inside the known box."""

    def __init__(self) -> None:
        import dlib

        found = find_spec("face_recognition_models")
        assert found is not None, "install face_recognition_models"
        models = Path(next(iter(found.submodule_search_locations or []))) / "models"
        self._dlib: Any = dlib
        self._marks = dlib.shape_predictor(str(models / "shape_predictor_68_face_landmarks.dat"))
        self._net = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))

    def describe(self, image: Pixels, box: Floats) -> NDArray[np.float64]:
        """The 128 numbers of the face in ``box``."""
        height = float(box[3] - box[1])
        x, y, half = (
            float(box[0] + box[2]) / 2 - 0.01 * height,
            float(box[1] + box[3]) / 2 + 0.046 * height,
            0.4175 * height,
        )
        square = self._dlib.rectangle(round(x - half), round(y - half), round(x + half), round(y + half))
        return np.array(self._net.compute_face_descriptor(image, self._marks(image, square)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=os.environ.get("PDPO_AUDIT_CORPORA", "corpora"))
    parser.add_argument("--faces", type=int, default=80, help="at most so many gallery faces")
    parser.add_argument("--grade", choices=[grade.value for grade in Grade], help="only the probes graded so")
    parser.add_argument("--rows", type=Path, help="write every probe's measures to this CSV")
    told = parser.parse_args()
    gallery = list(known_faces(told.corpora))[: told.faces]
    recogniser = Recogniser()
    originals = np.array([recogniser.describe(face.part, face.box) for face in gallery])
    print(
        f"gallery: {len(gallery)} faces, {len({face.label for face in gallery})} labels; chance {1 / len(gallery):.3f}"
    )
    wanted = [Grade(told.grade)] if told.grade else list(Grade)
    labels = [one.label for one in gallery]
    rows = [row for face in gallery for row in probes(face, recogniser, originals, labels, wanted)]
    if told.rows:
        write_rows(told.rows, rows)
    summarise(rows)


def known_faces(corpora: Path) -> Iterator[Known]:
    """Sharp, uncovered faces of the identity photographs and of the crowds, in the order of the files."""
    engine = CenterFace(weights.centerface())
    people = {row["image"]: row["person"] for row in csv.DictReader((corpora / "identities" / "truth.csv").open())}
    for name in sorted(people):
        image = load_upright((corpora / "identities" / "images" / name).read_bytes(), max_side=None, limits=Limits())
        hits = engine.find(image, 0.5)
        if len(hits):
            largest = int(np.argmax(hits.boxes[:, 3] - hits.boxes[:, 1]))
            yield from cut_out(image, hits.boxes[largest], hits.points[largest], people[name])
    labels = defaultdict[str, list[dict[str, str]]](list)
    for row in csv.DictReader((corpora / "faces" / "truth.csv").open()):
        if row["blur"] == row["occlusion"] == row["invalid"] == "0" and float(row["height"]) >= 45:
            labels[row["image"]].append(row)
    for name, rows in sorted(labels.items()):
        image = load_upright((corpora / "faces" / "images" / name).read_bytes(), max_side=None, limits=Limits())
        hits = engine.find(image, 0.5)
        for row in rows:
            middle = np.array([float(row["x"]) + float(row["width"]) / 2, float(row["y"]) + float(row["height"]) / 2])
            inside = np.all((hits.boxes[:, :2] < middle) & (middle < hits.boxes[:, 2:]), axis=1)
            for place in np.nonzero(inside)[0][:1]:
                yield from cut_out(image, hits.boxes[place], hits.points[place], f"{name}/{row['x']}")


def cut_out(image: Pixels, box: Floats, points: Floats, label: str) -> Iterator[Known]:
    if float(np.linalg.norm(points[0] - points[1])) < LEAST_EYES:
        return
    side = 1.2 * float(box[3] - box[1])
    corner = np.maximum((box[:2] + box[2:]) / 2 - side, 0).astype(int)
    part = image[corner[1] : corner[1] + int(2 * side), corner[0] : corner[0] + int(2 * side)]
    yield Known(label=label, part=np.ascontiguousarray(part), box=box - np.tile(corner, 2), points=points - corner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One degraded face: how, what was measured and graded, and whether it was re-identified."""

    kind: str
    amount: float
    label: str
    measures: Measures
    grade: Grade
    hit: bool


def probes(
    face: Known, recogniser: Recogniser, originals: NDArray[np.float64], labels: list[str], wanted: list[Grade]
) -> Iterator[Probe]:
    """Every degradation of one face that gets one of the wanted grades."""
    for kind, amount, image, scale in degraded(face):
        box, points = (face.box * scale).astype(np.float32), (face.points * scale).astype(np.float32)
        measures, grade, _ = grade_face(image, box, points)
        if grade not in wanted:
            continue
        distances = np.linalg.norm(originals - recogniser.describe(image, box), axis=1)
        hit = labels[int(np.argmin(distances))] == face.label
        yield Probe(kind=kind, amount=amount, label=face.label, measures=measures, grade=grade, hit=hit)


def degraded(face: Known) -> Iterator[tuple[str, float, Pixels, float]]:
    eyes = float(np.linalg.norm(face.points[0] - face.points[1]))
    for wanted in EYES:
        if wanted < eyes:
            size = (
                max(1, round(face.part.shape[1] * wanted / eyes)),
                max(1, round(face.part.shape[0] * wanted / eyes)),
            )
            yield "eyes", wanted, jpeg(cv2.resize(face.part, size, interpolation=cv2.INTER_AREA)), wanted / eyes
    for share in BLURS:
        yield "blur", share, jpeg(cv2.GaussianBlur(face.part, (0, 0), share * eyes)), 1.0
    for share in VEILS:
        yield "veil", share, jpeg(veiled(face, share * eyes)), 1.0
    for blocks in BLOCKS:
        block = float(face.box[2] - face.box[0]) / blocks
        if block >= 2:
            grid = (max(1, round(face.part.shape[1] / block)), max(1, round(face.part.shape[0] / block)))
            means = cv2.resize(face.part, grid, interpolation=cv2.INTER_AREA)
            size = (face.part.shape[1], face.part.shape[0])
            yield "blocks", blocks, jpeg(cv2.resize(means, size, interpolation=cv2.INTER_NEAREST)), 1.0


def veiled(face: Known, sigma: float) -> Pixels:
    """The photograph with the face alone blurred, out to a tenth of its box."""
    more = 0.1 * np.tile(face.box[2:] - face.box[:2], 2) * np.array([-1, -1, 1, 1])
    left, top, right, bottom = np.round(face.box + more).clip(0).astype(int)
    shown = face.part.copy()
    shown[top:bottom, left:right] = cv2.GaussianBlur(face.part, (0, 0), sigma)[top:bottom, left:right]
    return shown


def jpeg(image: NDArray[Any]) -> Pixels:
    """The picture after saving and reading it."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def write_rows(path: Path, rows: list[Probe]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(
            ["kind", "amount", "label", "eyes", "sharpness", "blocks", "flat", "redacted", "turned", "grade", "hit"]
        )
        for row in rows:
            seen = row.measures
            known = (row.kind, row.amount, row.label, seen.eye_distance, seen.sharpness, seen.blocks or "")
            table.writerow([*known, seen.flat, seen.redacted, seen.turned, row.grade.value, int(row.hit)])


def summarise(rows: list[Probe]) -> None:
    print("\n| degradation | amount | re-identified | n |\n|---|---|---|---|")
    for kind, amount in dict.fromkeys((row.kind, row.amount) for row in rows):
        hits = [row.hit for row in rows if (row.kind, row.amount) == (kind, amount)]
        print(f"| {kind} | {amount} | {np.mean(hits):.2f} | {len(hits)} |")
    print("\n| grade | re-identified | 95 % interval | n | bar |\n|---|---|---|---|---|")
    for grade, bar in ((Grade.NOT_IDENTIFIABLE, "<= 0.03"), (Grade.BORDERLINE, ""), (Grade.IDENTIFIABLE, ">= 0.95")):
        hits = [row.hit for row in rows if row.grade is grade]
        rate = sum(hits) / max(1, len(hits))
        print(f"| {grade.value} | {rate:.3f} | {interval(sum(hits), len(hits))} | {len(hits)} | {bar} |")


def interval(hits: int, total: int) -> str:
    """Wilson's 95 % interval."""
    if not total:
        return ""
    z, rate = 1.96, hits / total
    middle = (rate + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{middle - half:.3f}-{middle + half:.3f}"


if __name__ == "__main__":
    main()
