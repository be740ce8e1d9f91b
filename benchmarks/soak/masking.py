"""Are masked pictures without people for other detectors too, and untouched elsewhere? dlib, YuNet and our own pass.

    .venv/bin/python benchmarks/soak/masking.py ../shared/corpora [--pictures 98] [--animations 12]

Photographs of `faces/` at their size and reduced, as JPEG, PNG and WebP, animations made of them, and JPEG files with
second pictures inside. Judges are dlib's HOG detector, which is asked about results while masking, too, where it is
installed; YuNet at its usual cut, which had no part in it; and a new look of our own pass. Whatever they find counts,
on people or not.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from benchmarks.recording import Run, recorded
from pdpo_audit.disposition.altering.jobs import judges_here
from pdpo_audit.disposition.altering.masking import mask
from pdpo_audit.disposition.altering.results import Refused
from pdpo_audit.imaging import Limits, load_upright, open_picture
from pdpo_audit.imaging.beyond.inner import inner_pictures
from pdpo_audit.model.people import Grade
from pdpo_audit.people.detectors.dlib_process import DlibEngine
from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector

Pixels = NDArray[np.uint8]
WATCHED = (
    "pdpo_audit/disposition/altering/**/*.py", "pdpo_audit/people/**/*.py", "pdpo_audit/imaging/decoding.py",
    "benchmarks/soak/masking.py",
)  # fmt: skip
#: YuNet's own default, and a lower cut that is only told.
_USUAL, _LOW = 0.9, 0.6
_DLIB_LONGEST = 1600
_SIDES = (0, 480, 240)


class Judges:
    """Three looks at one picture: how many faces each finds."""

    def __init__(self, yunet: Path) -> None:
        self._yunet = cv2.FaceDetectorYN.create(str(yunet), "", (320, 320), _LOW)
        self._dlib = DlibEngine("hog")
        self._own = open_detector(DetectorSpec())

    def look(self, picture: Pixels) -> dict[str, int]:
        """Faces by judge; ``own`` counts what counts as a recognisable person."""
        height, width = picture.shape[:2]
        self._yunet.setInputSize((width, height))
        found = self._yunet.detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1]
        scores = [float(one[14]) for one in np.atleast_2d(found)] if np.size(found) > 1 else []
        scale = min(1.0, _DLIB_LONGEST / max(height, width))
        reduced = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
        graded = self._own.examine(picture).faces
        return {
            "yunet": sum(score >= _USUAL for score in scores),
            "yunet at 0.6": len(scores),
            "dlib": len(self._dlib.find(np.asarray(reduced, np.uint8), 0.5).scores),
            "own": sum(face.grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE) for face in graded),
        }


def stills(folder: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """Every photograph as it is, and every fourth reduced and in another format."""
    for number, path in enumerate(sorted(folder.glob("*.jpg"))[:most]):
        data = path.read_bytes()
        yield f"jpeg/{path.stem}", data
        if number % 4 == 0:
            side = _SIDES[1 + number // 4 % 2]
            picture = Image.open(BytesIO(data)).convert("RGB")
            picture.thumbnail((side, side))
            format = ("PNG", "WEBP", "JPEG")[number // 4 % 3]
            yield f"{format.lower()} {side}/{path.stem}", _coded(picture, format)


def _coded(picture: Image.Image, format: str, **options: object) -> bytes:
    written = BytesIO()
    picture.save(written, format, **options)
    return written.getvalue()


def animations(folder: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """A camera that moves over a photograph, five frames of it, and a slide show of three."""
    paths = sorted(folder.glob("*.jpg"))
    for number in range(most):
        format = ("GIF", "PNG", "WEBP")[number % 3]
        whole = Image.open(paths[number * 7 % len(paths)]).convert("RGB")
        whole.thumbnail((420, 420))
        width, height = whole.size[0] - 40, whole.size[1] - 20
        frames = [whole.crop((10 * n, 5 * n, 10 * n + width, 5 * n + height)) for n in range(5)]
        if number % 2:
            others = [Image.open(paths[(number * 7 + n) % len(paths)]).convert("RGB") for n in (11, 23)]
            frames = [frames[0], *(one.resize((width, height)) for one in others)]
        frames = [one.quantize(256) for one in frames] if format == "GIF" else frames
        yield (
            f"animated {format.lower()}/{number}",
            _coded(frames[0], format, save_all=True, append_images=frames[1:], duration=120, loop=0),
        )


def with_pictures_inside(folder: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """A photograph with two further pictures behind it, as phones and stereo cameras write them."""
    for number, path in enumerate(sorted(folder.glob("*.jpg"))[1 : 1 + most]):
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((640, 640))
        small = picture.copy()
        small.thumbnail((320, 320))
        further = [picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), small]
        yield f"several/{number}", _coded(picture, "MPO", save_all=True, append_images=further)


def frames_of(data: bytes) -> list[Pixels]:
    """Every frame of a file, and every picture inside it, upright."""
    with Image.open(BytesIO(data)) as image:
        if getattr(image, "is_animated", False) and image.format != "MPO":
            return [np.asarray(one.convert("RGB")) for one in ImageSequence.Iterator(image)]
    picture = open_picture(data, Limits())
    shown = load_upright(data, max_side=None, limits=Limits())
    return [shown, *(one.pixels(shown) for one in inner_pictures(data, picture))]


def measure(run: Run, samples: Iterator[tuple[str, bytes]], judges: Judges) -> None:
    """Mask each sample, and hold the result to the bars."""
    own, hog = open_detector(DetectorSpec()), [open_detector(one) for one in judges_here(DetectorSpec())]
    before, after, refused = Counter[str](), Counter[str](), Counter[str]()
    groups: dict[str, int] = defaultdict(int)
    furthest, seconds = 0, 0.0
    for name, data in samples:
        clock = time.process_time()
        result = mask(data, [], own, Limits(), hog)
        seconds += time.process_time() - clock
        if isinstance(result, Refused):
            refused[result.cause.value] += 1
            print(f"{name}: {result.said()}", flush=True)
            continue
        groups[name.partition("/")[0]] += 1
        furthest = max(furthest, result.furthest)
        for frame in frames_of(data):
            before.update(judges.look(frame))
        for number, frame in enumerate(frames_of(result.data)):
            found = judges.look(frame)
            after.update(found)
            if any(found.values()):
                print(f"{name} frame {number}: {found}", flush=True)
    for group, count in sorted(groups.items()):
        run.tell(f"masked, {group}", count)
    for judge in ("own", "dlib", "yunet"):
        run.tell(f"faces before, {judge}", before[judge])
        run.equal(f"faces found afterwards, {judge}", after[judge], 0)
    run.tell("faces before, yunet at 0.6", before["yunet at 0.6"])
    run.tell("faces found afterwards, yunet at 0.6", after["yunet at 0.6"])
    run.at_most("largest difference outside the fields", furthest, 2, "levels")
    run.tell("without a face to cover", refused.pop("nothing_there", 0))
    run.equal("refused", str(dict(refused)), "{}")
    run.tell("CPU seconds a file, looks included", round(seconds / max(1, sum(groups.values())), 2))


def truth(folder: Path) -> Counter[str]:
    """Labelled faces that count, by picture."""
    with (folder / "truth.csv").open(encoding="utf-8") as rows:
        return Counter(row["image"] for row in csv.DictReader(rows) if row.get("invalid") != "1")


def main() -> None:
    """Measure, and write the result beside those of the long runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path, nargs="?", default=Path("../shared/corpora"))
    parser.add_argument("--pictures", type=int, default=98)
    parser.add_argument("--animations", type=int, default=12)
    given = parser.parse_args()
    folder = given.corpora / "faces"
    judges = Judges(given.corpora / "models" / "face_detection_yunet_2023mar.onnx")

    def samples() -> Iterator[tuple[str, bytes]]:
        yield from stills(folder / "images", given.pictures)
        yield from animations(folder / "images", given.animations)
        yield from with_pictures_inside(folder / "images", given.animations)

    with recorded("masking", 0, WATCHED) as run:
        run.tell("labelled faces in the photographs", sum(truth(folder).values()))
        measure(run, samples(), judges)


if __name__ == "__main__":
    main()
