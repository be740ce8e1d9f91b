"""Does everything that was erased ring when it comes back, and nothing else? 600 erased pictures, 1,800 that are not.

Every erased picture comes back once: its very bytes under its own or another name, or its pixels in another file
without loss (PNG written anew, BMP, TIFF, lossless WebP, PNM, turned with an orientation; a JPEG's pixels as PNG, a
JPEG with other metadata). The others are pictures of their own, and altered versions of erased ones: one pixel changed
by one level, resized, coded with loss. Then the clock goes past the stated end, and everything comes back once more.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.recording import Run, recorded
from pdpo_audit.catalogue.disposition.returns import came_back
from pdpo_audit.workspace.acts.undoing import finish
from pdpo_audit.workspace.returning.keys import FOLDER
from tests.disposition.material import House
from tests.workspace.library import picture

WATCHED = (
    "pdpo_audit/model/disposition/returns.py", "pdpo_audit/fingerprints/exact.py",
    "pdpo_audit/catalogue/disposition/returns.py", "pdpo_audit/pipeline/returning/*.py",
    "pdpo_audit/workspace/returning/*.py", "pdpo_audit/workers/digesting.py",
)  # fmt: skip
_TURNED = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 2: Image.Transpose.FLIP_LEFT_RIGHT}


def coded(image: Image.Image, format: str, **options: object) -> bytes:
    """A file of a picture."""
    written = BytesIO()
    image.save(written, format, **options)
    return written.getvalue()


def original(number: int) -> tuple[str, bytes]:
    """What is erased: every third one a JPEG, some in other sizes."""
    image = picture(number, (160, 120) if number % 5 else (121 + number % 7, 90))
    if number % 3 == 0:
        return f"p{number}.jpg", coded(image, "JPEG", quality=88)
    return f"p{number}.png", coded(image, "PNG")


def returned(number: int, name: str, data: bytes) -> tuple[str, str, bytes]:
    """How it comes back: the way, the place below the source, and the bytes."""
    image = Image.open(BytesIO(data)).convert("RGB")
    with_other_metadata = data[:2] + b"\xff\xfe\x00\x09scanned" + data[2:]
    ways: list[tuple[str, str, bytes]] = [
        ("same bytes, same place", f"due/{name}", data),
        ("same bytes, other name", f"kept/a/{number} copy{Path(name).suffix}", data),
        ("same pixels, PNG", f"kept/b/{number}.png", coded(image, "PNG", compress_level=1)),
        ("same pixels, BMP", f"kept/b/{number}.bmp", coded(image, "BMP")),
        ("same pixels, TIFF", f"kept/b/{number}.tif", coded(image, "TIFF", compression="tiff_lzw")),
        ("same pixels, WebP", f"kept/b/{number}.webp", coded(image, "WEBP", lossless=True)),
        ("same pixels, PNM", f"kept/b/{number}.ppm", coded(image, "PPM")),
        ("same pixels, turned", f"kept/c/{number}.png", turned(image, (3, 6, 2)[number % 3])),
    ]
    if name.endswith(".jpg"):
        ways.append(("JPEG with other metadata", f"kept/c/{number}.jpg", with_other_metadata))
    return ways[number // 3 % len(ways)]


def turned(image: Image.Image, orientation: int) -> bytes:
    """The same upright picture, stored turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return coded(image.transpose(_TURNED[orientation]), "PNG", exif=exif.tobytes())


def others(number: int, data: bytes) -> list[tuple[str, str, bytes]]:
    """A picture of its own, and two that were made from an erased one and are not it."""
    image = Image.open(BytesIO(data)).convert("RGB")
    values = np.array(image)
    values[number % values.shape[0], 7, number % 3] ^= 1
    lossy = coded(image, "JPEG", quality=70) if number % 2 else coded(image.resize((80, 60)), "PNG")
    return [
        ("another picture", f"kept/o/{number}.png", coded(picture(100_000 + number), "PNG")),
        ("one level of one pixel", f"kept/o/{number}b.png", coded(Image.fromarray(values), "PNG")),
        ("coded with loss or smaller", f"kept/o/{number}c.{'jpg' if number % 2 else 'png'}", lossy),
    ]


def lay(house: House, files: list[tuple[str, str, bytes]]) -> None:
    """Put files into the source."""
    for _, place, data in files:
        file = house.share / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def erased(base: Path, count: int) -> tuple[House, dict[int, tuple[str, bytes]]]:
    """A house in which so many pictures were erased under an approved plan."""
    house, made = House(base, pictures=0), {}
    for number in range(count):
        made[number] = original(number)
        (house.share / "due" / made[number][0]).write_bytes(made[number][1])
    house.scan()
    plan = house.approved(places=("due/**",))
    house.run(plan)
    states = finish(house.project, plan.plan_id, early=True).states
    assert states == {"done": count}, states
    house.scan()
    return house, made


def measure(run: Run, base: Path, count: int) -> None:
    """Lay what comes back and what does not, and look what is told."""
    house, made = erased(base, count)
    back = [returned(number, *one) for number, one in made.items()]
    rest = [other for number, (_, data) in made.items() for other in others(number, data)]
    clock = time.process_time()
    lay(house, [*back, *rest])
    house.scan()
    run.tell("CPU seconds of the scan", round(time.process_time() - clock, 1))
    told = {one.path for one in came_back(house.project.store, house.day.date().isoformat())}
    missed = Counter(way for way, place, _ in back if place not in told)
    false = Counter(way for way, place, _ in rest if place in told)
    run.tell("came back, by way", str(dict(Counter(way for way, _, _ in back))))
    run.equal(
        "came back and told",
        f"{len(back) - missed.total()} of {len(back)} {dict(missed) or ''}".strip(),
        f"{len(back)} of {len(back)}",
    )
    run.equal("others told", f"{false.total()} of {len(rest)} {dict(false) or ''}".strip(), f"0 of {len(rest)}")
    run.equal("told besides", len(told) - len(back) + missed.total() - false.total(), 0)
    house.later(3 * 366)
    lay(
        house,
        [
            (way, place.replace("kept/", "kept/late/").replace("due/", "kept/late/due/"), data)
            for way, place, data in back
        ],
    )
    house.scan()
    run.equal("told after the end", len(came_back(house.project.store, house.day.date().isoformat())), 0)
    run.equal("keys left after the end", len(list((house.project.folder / FOLDER).iterdir())), 0)


def main() -> None:
    """Measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=600)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, recorded("returning", 0, WATCHED) as run:
        measure(run, Path(folder), given.pictures)


if __name__ == "__main__":
    main()
