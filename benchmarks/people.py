"""Does the face pass find the people? Measured against the bars of docs/people.md, on labelled photographs.

    python benchmarks/people.py --corpora FOLDER [--detector NAME] [--yunet FILE] [--thorough] [--only crowd,photos]
        [--every N]

``--every N`` takes every Nth photograph. Sections: crowd, photos, covered, portraits, cpu, memory, thumbnails. Ratios
come from one run in one process, one thread; re-identification has a script of its own (people_reidentification.py).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging import Limits, load_upright
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.people import Face, FaceReading, Grade, PeopleLevel
from pdpo_audit.model.pictures import Metadata
from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector
from pdpo_audit.people.detectors.hits import overlaps
from pdpo_audit.people.face_pass import FaceJob, read_faces
from pdpo_audit.people.levels import level_of
from pdpo_audit.ports import FaceDetector
from pdpo_audit.sampling.intervals import wilson

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
SIZES = {
    "10-20": (10, 20),
    "20-40": (20, 40),
    "40-80": (40, 80),
    "80+": (80, 10**6),
    ">=20": (20, 10**6),
    ">=40": (40, 10**6),
}
PORTRAIT_HEIGHTS = (150, 300, 450, 600, 900, 1200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A labelled face: box (left, top, right, bottom), WIDER FACE's attributes, and whether it is to be ignored."""

    box: Floats
    height: float
    blur: int
    occlusion: int
    invalid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of the table."""

    what: str
    measured: str
    bar: str
    held: bool | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=os.environ.get("PDPO_AUDIT_CORPORA", "corpora"))
    parser.add_argument("--detector", default="auto", help="auto, centerface, yunet, hog, cnn")
    parser.add_argument("--yunet", default="", help="a YuNet ONNX file: measures the united detector")
    parser.add_argument("--thorough", action="store_true", help="tiles at full size, mirrored and turned passes")
    parser.add_argument("--only", default=",".join(SECTIONS))
    parser.add_argument("--every", type=int, default=1)
    told = parser.parse_args()
    detector = open_detector(DetectorSpec(name=told.detector, yunet=told.yunet, thorough=told.thorough))
    print(f"{detector.name} {detector.version}; every {told.every}. photograph\n", flush=True)
    print("| what | measured | bar | |\n|---|---|---|---|")
    for name in told.only.split(","):
        for bar in SECTIONS[name](detector, told.corpora, told.every):
            print(f"| {bar.what} | {bar.measured} | {bar.bar} | {verdict(bar.held)} |", flush=True)


def verdict(held: bool | None) -> str:
    return "" if held is None else "held" if held else "MISSED"


def crowd(detector: FaceDetector, corpora: Path, every: int) -> Iterator[Bar]:
    """Recall by face height, unmatched boxes, and what whole photographs reach, on crowds at 583 x 416."""
    united = "yunet" in detector.name
    truth = read_truth(corpora / "faces" / "truth.csv")
    found, all_faces, unmatched = Counter[str](), Counter[str](), 0
    reached = defaultdict[str, list[bool]](list)
    names = sorted(truth)[::every]
    for name in names:
        faces = detector.examine(picture(corpora / "faces" / "images" / name)).faces
        labels = truth[name]
        hit, extra = matched(boxes_of(faces), labels)
        unmatched += extra
        count_by_size(labels, hit, found, all_faces)
        level = level_of(faces, Metadata()).level
        if any(not face.invalid and face.height >= 40 for face in labels):
            reached["P1"].append(level in (PeopleLevel.P1, PeopleLevel.P2))
        if any(not face.invalid and face.height >= 80 and not face.blur and not face.occlusion for face in labels):
            reached["P2"].append(level is PeopleLevel.P2)
    recall = {size: found[size] / max(1, all_faces[size]) for size in SIZES}
    bars = {">=20": 0.88 if united else 0.85, ">=40": 0.93}
    for size in SIZES:
        bar = bars.get(size)
        shown = f"{recall[size]:.3f} {interval(found[size], all_faces[size])} (n {all_faces[size]})"
        yield Bar(
            what=f"recall of faces {size} px",
            measured=shown,
            bar=f">= {bar}" if bar else "",
            held=recall[size] >= bar if bar else None,
        )
    limit = 1.4 if united else 1.2
    rate = unmatched / len(names)
    yield Bar(
        what="unmatched boxes an image", measured=f"{rate:.2f} (n {len(names)})", bar=f"<= {limit}", held=rate <= limit
    )
    yield share("photographs with a sharp, uncovered face >= 80 px that reach P2", reached["P2"], 0.99)
    yield share("photographs with a face >= 40 px that reach P1 or higher", reached["P1"], 0.98)


def share(what: str, held: Sequence[bool], bar: float) -> Bar:
    rate = sum(held) / max(1, len(held))
    return Bar(what=what, measured=f"{rate:.3f} (n {len(held)})", bar=f">= {bar}", held=rate >= bar)


def interval(hits: int, total: int) -> str:
    """Wilson's 95 % interval."""
    if not total:
        return ""
    found = wilson(hits / total, total)
    return f"[{found.low:.2f}-{found.high:.2f}]"


def photos(detector: FaceDetector, corpora: Path, every: int) -> Iterator[Bar]:
    """Everyday photographs: those labelled free of people must not reach P2, labelled faces should be found."""
    people = defaultdict[str, list[Floats]](list)
    for row in csv.DictReader((corpora / "photos_people.csv").open(encoding="utf-8")):
        if row["kind"] == "hum":
            people[row["image"]].append(box_of(row))
    free, high, seen, total = 0, [], 0, 0
    for path in sorted((corpora / "photos").iterdir())[::every]:
        faces = detector.examine(picture(path)).faces
        if path.name in people:
            for box in people[path.name]:
                total += 1
                seen += bool(faces) and float(overlaps(box, boxes_of(faces))[0].max()) >= 0.3
            continue
        free += 1
        if level_of(faces, Metadata()).level is PeopleLevel.P2:
            high.append(path.stem)
    rate = len(high) / max(1, free)
    yield Bar(
        what="people-free photographs that reach P2",
        measured=f"{rate:.3f} (n {free}: {' '.join(high)})",
        bar="<= 0.010",
        held=rate <= 0.01,
    )
    yield Bar(
        what="labelled people in everyday photographs found",
        measured=f"{seen / max(1, total):.3f} (n {total})",
        bar="",
        held=None,
    )


def covered(detector: FaceDetector, corpora: Path, every: int) -> Iterator[Bar]:
    """Portraits with and without a mask, by halves of their digests: the odd one chose the cuts, the even one verifies.

    A picture counts where its largest face is 60 px or more; one in which nothing is found counts where it could be.
    """
    reached = defaultdict[tuple[str, str], list[PeopleLevel]](list)
    said = defaultdict[str, list[bool]](list)
    for row in list(csv.DictReader((corpora / "covered.csv").open(encoding="utf-8")))[::every]:
        path = corpora / "covered" / row["file"]
        faces = detector.examine(picture(path)).faces
        if (faces[0].height if faces else min(int(row["width"]), int(row["height"]))) < 60:
            continue
        kind = "masked" if row["mask"] == "1" else "uncovered"
        half = "chosen by" if hashlib.sha256(path.read_bytes()).digest()[0] % 2 else "verifying"
        level = level_of(faces, Metadata()).level
        reached[kind, half].append(level)
        reached[kind, "all"].append(level)
        said[kind].append(any(face.covered for face in faces))
    for (kind, half), levels in sorted(reached.items()):
        high = sum(level is PeopleLevel.P2 for level in levels)
        bar = 0.97 if kind == "masked" else 0.99
        yield Bar(
            what=f"{kind} faces of 60 px that reach P2, {half}",
            measured=f"{high / len(levels):.3f} {interval(high, len(levels))} ({high} of {len(levels)})",
            bar=f">= {bar}",
            held=high / len(levels) >= bar,
        )
    masked = reached["masked", "all"]
    yield share("masked faces of 60 px at P1 or above", [level is not PeopleLevel.P0 for level in masked], 0.995)
    for kind, found in said.items():
        rate = sum(found) / len(found)
        yield Bar(what=f"said to be covered, {kind}", measured=f"{rate:.3f} (n {len(found)})", bar="", held=None)


def portraits(detector: FaceDetector, corpora: Path, every: int) -> Iterator[Bar]:
    """Portraits of one person, enlarged or reduced so that the face has a given height."""
    found = Counter[int]()
    tried = Counter[int]()
    for path in sorted((corpora / "identities" / "images").iterdir())[::every]:
        image = picture(path)
        faces = [face for face in detector.examine(image).faces if face.grade is not Grade.DOUBTFUL]
        if not faces:
            print(f"  (no face at the original size: {path.name})")
            continue
        face = faces[0]
        for height in PORTRAIT_HEIGHTS:
            enlarged = rescaled(around(image, face), height / face.height)
            tried[height] += 1
            found[height] += any(
                one.height > 0.5 * height and one.grade is not Grade.DOUBTFUL
                for one in detector.examine(enlarged).faces
            )
    for height in PORTRAIT_HEIGHTS:
        rate = found[height] / max(1, tried[height])
        yield Bar(
            what=f"portraits, face {height} px",
            measured=f"{rate:.3f} (n {tried[height]})",
            bar=">= 1.0",
            held=rate >= 1,
        )


def around(image: Pixels, face: Face) -> Pixels:
    """The face with half its size of surround on each side: a portrait that fills the frame."""
    more = face.height // 2
    return image[
        max(0, face.y - more) : face.y + face.height + more, max(0, face.x - more) : face.x + face.width + more
    ]


def cpu(detector: FaceDetector, corpora: Path, every: int) -> Iterator[Bar]:
    """CPU of the whole pass against face_recognition's default, on the same pictures at 1600 x 1200."""
    import dlib

    hog = dlib.get_frontal_face_detector()
    folders = (corpora / "faces" / "images", corpora / "photos")
    paths = [path for folder in folders for path in sorted(folder.iterdir())[:: 16 * every]]
    warm = np.zeros((1200, 1600, 3), np.uint8)
    detector.examine(warm)
    hog(warm, 1)
    ours, theirs = [], []
    for path in paths:
        image = np.asarray(cv2.resize(picture(path), (1600, 1200), interpolation=cv2.INTER_CUBIC), np.uint8)
        ours.append(seconds(lambda shown=image: detector.examine(shown).faces))  # type: ignore[misc]
        theirs.append(seconds(lambda shown=image: hog(shown, 1)))  # type: ignore[misc]
    crowds = len(sorted(folders[0].iterdir())[:: 16 * every])
    for what, part in (
        ("everyday photographs", slice(crowds, None)),
        ("crowds", slice(0, crowds)),
        ("both", slice(None)),
    ):
        ratio = sum(ours[part]) / sum(theirs[part])
        yield Bar(
            what=f"CPU against HOG upsample 1 at 1600 x 1200, {what}",
            measured=f"{ratio:.2f} ({sum(ours[part]):.1f} s / {sum(theirs[part]):.1f} s, n {len(ours[part])})",
            bar="<= 1.6",
            held=ratio <= 1.6,
        )


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


_MEMORY = """
import resource, sys
from pdpo_audit.imaging import Limits
from pathlib import Path
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector
from pdpo_audit.people.face_pass import FaceJob, read_faces
detector = open_detector(DetectorSpec(yunet=sys.argv[2]))
ref = ImageRef(source="benchmark", locator=b"large.jpg")
read_faces(FaceJob(content=1, ref=ref, thumbnail=True), Path(sys.argv[1]).read_bytes, detector, Limits())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def memory(_detector: FaceDetector, corpora: Path, _every: int) -> Iterator[Bar]:
    """Peak resident memory of a fresh worker process on one photograph of 4000 x 3000."""
    scratch = Path(os.environ.get("TMPDIR", "/tmp")) / f"pdpo-audit-memory-{os.getpid()}.jpg"
    source = picture(sorted((corpora / "faces" / "images").iterdir())[0])
    cv2.imwrite(str(scratch), cv2.resize(source, (4000, 3000), interpolation=cv2.INTER_CUBIC))
    yunet = next((word for word in sys.argv if word.endswith(".onnx")), "")
    try:
        told = subprocess.run(
            [sys.executable, "-c", _MEMORY, str(scratch), yunet], capture_output=True, text=True, check=True
        )
    finally:
        scratch.unlink()
    peak = float(told.stdout.split()[-1]) / 1024
    yield Bar(
        what="peak memory of a worker at 12 megapixels", measured=f"{peak:.2f} GB", bar="<= 1.0", held=peak <= 1.0
    )


def thumbnails(detector: FaceDetector, corpora: Path, every: int) -> Iterator[Bar]:
    """Pixelated thumbnails through our own detector and grader."""
    grades, made = Counter[Grade](), 0
    for folder in (corpora / "faces" / "images", corpora / "identities" / "images"):
        for path in sorted(folder.iterdir())[:: 2 * every]:
            job = FaceJob(content=1, ref=ImageRef(source="b", locator=b"x"), thumbnail=True)
            reading = read_faces(job, path.read_bytes, detector, Limits())
            assert isinstance(reading, FaceReading)
            made += 1
            grades.update(
                face.grade
                for face in detector.examine(load_upright(reading.thumbnail, max_side=None, limits=Limits())).faces
            )
    told = ", ".join(f"{count} {grade}" for grade, count in sorted(grades.items()))
    yield Bar(
        what="faces graded identifiable in pixelated thumbnails",
        measured=f"{grades[Grade.IDENTIFIABLE]} in {made} ({told or 'no face found'})",
        bar="0",
        held=grades[Grade.IDENTIFIABLE] == 0,
    )


def read_truth(path: Path) -> dict[str, list[Labelled]]:
    """Labels by photograph."""
    truth = defaultdict[str, list[Labelled]](list)
    for row in csv.DictReader(path.open(encoding="utf-8")):
        truth[row["image"]].append(
            Labelled(
                box=box_of(row),
                height=float(row["height"]),
                blur=int(row["blur"]),
                occlusion=int(row["occlusion"]),
                invalid=row["invalid"] == "1",
            )
        )
    return truth


def box_of(row: dict[str, str]) -> Floats:
    x, y, width, height = (float(row[key]) for key in ("x", "y", "width", "height"))
    return np.array([x, y, x + width, y + height], np.float32)


def boxes_of(faces: Sequence[Face]) -> Floats:
    return np.array([[f.x, f.y, f.x + f.width, f.y + f.height] for f in faces], np.float32).reshape(-1, 4)


def matched(boxes: Floats, labels: Sequence[Labelled]) -> tuple[set[int], int]:
    """Which labels are found (IoU >= 0.3, or centre inside and IoU > 0.2), and how many boxes touch no label."""
    truth = np.array([label.box for label in labels], np.float32).reshape(-1, 4)
    middles = (truth[:, :2] + truth[:, 2:]) / 2
    hit, unmatched = set[int](), 0
    for box in boxes:
        union, _ = overlaps(box, truth)
        inside = np.all((middles >= box[:2]) & (middles <= box[2:]), axis=1)
        good = (union >= 0.3) | (inside & (union > 0.2))
        candidates = [int(place) for place in np.argsort(-union) if good[place] and int(place) not in hit]
        if candidates:
            hit.add(candidates[0])
        elif not len(union) or union.max() <= 0:
            unmatched += 1
    return hit, unmatched


def count_by_size(labels: Sequence[Labelled], hit: set[int], found: Counter[str], total: Counter[str]) -> None:
    for place, label in enumerate(labels):
        for size, (least, below) in SIZES.items():
            if not label.invalid and least <= label.height < below:
                total[size] += 1
                found[size] += place in hit


def picture(path: Path) -> Pixels:
    return load_upright(path.read_bytes(), max_side=None, limits=Limits())


def rescaled(image: Pixels, scale: float) -> Pixels:
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)


SECTIONS: dict[str, Callable[[FaceDetector, Path, int], Iterator[Bar]]] = {
    "crowd": crowd,
    "photos": photos,
    "covered": covered,
    "portraits": portraits,
    "cpu": cpu,
    "memory": memory,
    "thumbnails": thumbnails,
}

if __name__ == "__main__":
    main()
