"""Does the text pass find identity numbers, and only these? Measured against the bars of docs/text.md.

    python benchmarks/text.py [--only plain,hard,pages,pictures,graphics,cost,memory,same] [--each 43] [--seed 1]
        [--pictures FOLDER ...] [--graphics FOLDER ...]

Documents are invented: random names and numbers with right check digits. ``pages`` are timetables, invoices, adverts,
forms and prose with other numbers; ``--pictures`` and ``--graphics`` name folders on which nothing may be told. One
process, one thread.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.documents import scenes
from benchmarks.documents.others import OTHERS
from benchmarks.documents.papers import NUMBERED
from pdpo_audit.imaging import ImageProblem, Limits, load_upright
from pdpo_audit.model.text.marks import Kind, Mark, Tier
from pdpo_audit.networks import running
from pdpo_audit.ports.text import TextEngine
from pdpo_audit.sampling.intervals import wilson
from pdpo_audit.text.engines import recognition
from pdpo_audit.text.engines.opening import TextSpec, open_engine
from pdpo_audit.text.judging import told

Pixels = NDArray[np.uint8]
SECTIONS = ("plain", "hard", "pages", "pictures", "graphics", "cost", "memory", "same")
#: Kinds of sample by the kind that is to be told.
RIGHT = {"home_return_permit": Kind.TRAVEL_CARD, "payslip": Kind.HONG_KONG_CARD, "medical": Kind.HONG_KONG_CARD}


def documents(mode: str, each: int, seed: int) -> Iterator[tuple[str, Pixels]]:
    """Kind and picture of ``each`` documents of every kind that carries a number."""
    make: Callable[..., Pixels] = getattr(scenes, mode)
    for number in range(each):
        for kind, document in NUMBERED.items():
            dice = random.Random(f"{seed} {mode} {kind} {number}")
            yield kind, make(document(dice), dice)


def legible(marks: Sequence[Mark]) -> set[Kind]:
    """The kinds told by check digits."""
    return {mark.kind for mark in marks if mark.tier is Tier.LEGIBLE}


def recall(engine: TextEngine, mode: str, each: int, seed: int) -> None:
    """The share of documents whose number was told, by kind and by size."""
    by_kind, by_size, wrong = defaultdict[str, list[bool]](list), defaultdict[str, list[bool]](list), 0
    for kind, picture in documents(mode, each, seed):
        found = legible(told(engine.read(picture)))
        wanted = RIGHT.get(kind) or Kind(kind)
        by_kind[kind].append(wanted in found)
        wrong += bool(found - {wanted})
        long = max(picture.shape[:2])
        by_size["under 800 px" if long < 800 else "800 to 1,199 px" if long < 1200 else "1,200 px and more"].append(
            wanted in found
        )
    for name, hits in (*sorted(by_kind.items()), *sorted(by_size.items())):
        print(f"  {name:20} {said(hits)}")
    print(f"  {mode + ', together':20} {said([hit for hits in by_kind.values() for hit in hits])}; other kind: {wrong}")


def said(hits: Sequence[bool]) -> str:
    """A share with its interval."""
    share = wilson(sum(hits) / len(hits), len(hits))
    return f"{sum(hits)}/{len(hits)} = {share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"


def false_flags(engine: TextEngine, pictures: Iterator[tuple[str, Pixels]]) -> None:
    """How many pictures without identity numbers were told to have one; topics are counted apart."""
    seen, flagged, topics, cpu = Counter[str](), list[str](), Counter[str](), list[float]()
    for name, picture in pictures:
        start = time.process_time()
        marks = told(engine.read(picture))
        cpu.append(time.process_time() - start)
        seen[name.partition("/")[0]] += 1
        topics.update({mark.kind.value for mark in marks if mark.tier is Tier.WORDS})
        if legible(marks):
            flagged.append(name)
    print(f"  {sum(seen.values())} ({dict(seen)}): {len(flagged)} flagged {flagged[:5]}; hints {dict(topics)}")
    if cpu:
        print(f"  CPU mean {statistics.mean(cpu):.3f} s, highest {max(cpu):.3f} s")


def pages(each: int, seed: int) -> Iterator[tuple[str, Pixels]]:
    """Pages of other numbers, plain."""
    for number in range(each):
        for kind, page in OTHERS.items():
            dice = random.Random(f"{seed} {kind} {number}")
            yield f"{kind}/{number}", scenes.plain(page(dice), dice)


def files(folders: Sequence[Path], most: int) -> Iterator[tuple[str, Pixels]]:
    """The pictures of folders, at most so many."""
    paths = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    kept = (path for path in paths if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    for path in islice(kept, most):
        try:
            yield f"{path.parent.name}/{path.name}", load_upright(path.read_bytes(), max_side=None, limits=Limits())
        except ImageProblem:
            continue


def cost(engine: TextEngine, folders: Sequence[Path], seed: int) -> None:
    """CPU a picture beside decoding, one thread: photographs, documents, 12 megapixels; best of three."""
    photographs = [picture for _, picture in files(folders, 60)]
    papers = [picture for _, picture in documents("plain", 5, seed)]
    large = [cv2.resize(picture, (4000, 3000), interpolation=cv2.INTER_CUBIC) for picture in photographs[:6]]
    sections: Mapping[str, Sequence[object]] = {"photographs": photographs, "documents": papers, "12 megapixels": large}
    for name, pictures in sections.items():
        spent = [min(_seconds(engine, picture) for _ in range(3)) for picture in pictures]
        if spent:
            print(f"  {name:14} n {len(spent)}, mean {statistics.mean(spent):.3f} s, highest {max(spent):.3f} s")


def _seconds(engine: TextEngine, picture: object) -> float:
    start = time.process_time()
    told(engine.read(np.asarray(picture, np.uint8)))
    return time.process_time() - start


def memory(seed: int) -> None:
    """The most that a process takes for documents and a page of 12 megapixels."""
    script = (
        "import resource, sys; from benchmarks import text; engine = text.open_engine(text.TextSpec());"
        f"[engine.read(picture) for _, picture in text.documents('plain', 2, {seed})];"
        f"[engine.read(text.cv2.resize(page, (3000, 4000))) for _, page in text.pages(2, {seed})];"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    print(f"  highest resident memory {done.stdout.strip()} MB (this process: {_highest()} MB)")


def _highest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def same(each: int, seed: int) -> None:
    """Whether text and marks are equal in both runtimes, with one thread or two, in any batch."""
    samples = [picture for mode in ("plain", "hard") for _, picture in documents(mode, each, seed)]
    first = [_everything(open_engine(TextSpec()), picture) for picture in samples]
    threads = cv2.getNumThreads()
    for name, patch in (
        ("again", mock.patch.object(recognition, "_BATCH", 6)),
        ("batches of one", mock.patch.object(recognition, "_BATCH", 1)),
        ("OpenCV", mock.patch.object(running, "find_spec", lambda _: None)),
    ):
        with patch:
            other = open_engine(TextSpec())
            _report(name, first, [_everything(other, picture) for picture in samples])
            if name == "OpenCV":
                cv2.setNumThreads(2)
                _report("OpenCV, 2 threads", first, [_everything(other, picture) for picture in samples])
                cv2.setNumThreads(threads)


def _everything(engine: TextEngine, picture: Pixels) -> tuple[list[str], tuple[Mark, ...]]:
    lines = engine.read(picture)
    return [line.text for line in lines], told(lines)


def _report(
    name: str,
    first: Sequence[tuple[list[str], tuple[Mark, ...]]],
    second: Sequence[tuple[list[str], tuple[Mark, ...]]],
) -> None:
    pairs = list(zip(first, second, strict=True))
    texts = sum(one[0] != other[0] for one, other in pairs)
    kinds = sum(legible(one[1]) != legible(other[1]) for one, other in pairs)
    marks = sum(one[1] != other[1] for one, other in pairs)
    print(f"  {name}: of {len(pairs)} pictures text differs in {texts}, marks in {marks}, flags in {kinds}")


def main() -> None:
    """Run the sections asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(SECTIONS))
    parser.add_argument("--each", type=int, default=43)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=Path, nargs="*", default=[])
    parser.add_argument("--graphics", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    engine = open_engine(TextSpec())
    for section in given.only.split(","):
        print(section, flush=True)
        match section:
            case "plain" | "hard":
                recall(engine, section, given.each, given.seed)
            case "pages":
                false_flags(engine, pages(given.each * 3 // 2, given.seed))
            case "pictures":
                false_flags(engine, files(given.pictures, 1000))
            case "graphics":
                false_flags(engine, files(given.graphics, 1000))
            case "cost":
                cost(engine, given.pictures, given.seed)
            case "memory":
                memory(given.seed)
            case "same":
                same(max(1, given.each // 10), given.seed)
            case _:
                raise SystemExit(f"no section {section}: {', '.join(SECTIONS)}")


if __name__ == "__main__":
    main()
