"""Makes the sample library anew: ``python samples/make_samples.py [DIR]`` (default: this folder).

Writes ``library/`` and ``expected.csv``. Nothing is downloaded; the same versions of Pillow and scikit-image give the
same bytes.
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

from sample_plan import Sample, samples

COLUMNS = ("path", "source", "group", "relation", "people_level", "skipped_reason", "layout")


def write_library(made: list[Sample], folder: Path) -> None:
    """Replaces ``folder`` by the files of ``made``."""
    if folder.exists():
        shutil.rmtree(folder)
    for sample in made:
        path = folder / sample.source / sample.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.content)


def write_truth(made: list[Sample], path: Path) -> None:
    """Writes the table of what is true of each file; accepted answers are separated by ``|``."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened, lineterminator="\n")
        table.writerow(COLUMNS)
        for one in made:
            for holding, group, relation in holdings(one):
                table.writerow((holding, one.source, group, relation, one.people, one.skipped, one.layout))


def holdings(one: Sample) -> list[tuple[str, str, str]]:
    """What the program counts of a file, with group and relation: each page of a scan, each picture inside it."""
    if one.inside:
        return [(f"{one.path}!/{name}", group, relation) for name, group, relation in one.inside]
    pages = [f"{one.path}!/page/{page}" for page in range(1, one.pages + 1)]
    return [(path, one.group, one.relation) for path in (pages if one.pages > 1 else [one.path])]


def main(folder: Path) -> None:
    """Writes everything below ``folder`` and says how much it is."""
    made = samples()
    write_library(made, folder / "library")
    write_truth(made, folder / "expected.csv")
    print(f"{len(made)} files, {sum(len(one.content) for one in made) / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
