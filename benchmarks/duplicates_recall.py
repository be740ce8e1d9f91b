"""Recall by transformation, mixed clusters, relations and masters on a labelled corpus.

    python benchmarks/duplicates_recall.py CORPUS [--processes 2] [--no-regions] [--thorough] [--rows]

CORPUS is a folder of pictures with CORPUS_truth.csv beside it (columns file, source_id, transformation, relations).
Rates are shares of one run; an original's cluster is the one that holds it.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pdpo_audit.fingerprints import examine_file
from pdpo_audit.imaging import Limits
from pdpo_audit.model.clusters import ContentCluster, VerifiedPair
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Examination
from pdpo_audit.similarity.clusters import Pair
from pdpo_audit.similarity.comparison.pictures import Pictures
from pdpo_audit.similarity.components import Component, Settled, settle
from pdpo_audit.similarity.resolution import ContentFacts, Preferences, Resolution, resolve
from pdpo_audit.similarity.verification import VerifySide, hold_election, verify_pair
from pdpo_audit.sources.files import open_file
from pdpo_audit.workers.opening import Contents as Bytes

LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One file of the truth table."""

    file: str
    source: str
    transformation: str
    relations: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The distinct contents of the corpus: files by content, and what is known of each."""

    of_file: dict[str, int]
    facts: list[ContentFacts]
    sides: dict[int, VerifySide]


def read_truth(path: Path) -> list[Row]:
    with path.open(newline="") as file:
        return [
            Row(
                file=row["file"],
                source=row["source_id"],
                transformation=row["transformation"],
                relations=frozenset(filter(None, row["relations"].split("|"))),
            )
            for row in csv.DictReader(file)
        ]


def examine(folder: Path, regions: bool, file: str) -> Examination | None:
    path = folder / file
    ref = ImageRef(source="corpus", locator=os.fsencode(file))
    (one,) = examine_file(partial(open_file, os.fsencode(path)), ref, LIMITS, regions=regions)
    return one if isinstance(one, Examination) and one.fingerprint else None


def collect(folder: Path, examined: Iterable[tuple[Row, Examination | None]]) -> Contents:
    of_file: dict[str, int] = {}
    by_digest: dict[bytes, int] = {}
    facts: list[ContentFacts] = []
    sides: dict[int, VerifySide] = {}
    for row, one in examined:
        if one is None or one.fingerprint is None:
            continue
        content = by_digest.setdefault(one.sha256, len(by_digest) + 1)
        of_file[row.file] = content
        if content in sides:
            continue
        facts.append(
            ContentFacts(
                content=content,
                sha256=one.sha256,
                image_sha256=one.image_sha256,
                format=one.format,
                width=one.width,
                height=one.height,
                bytes=one.stat.size,
                texture=one.fingerprint.texture,
                perceptual=one.fingerprint.perceptual,
                captured_at=one.metadata.captured_at,
                quality=one.fingerprint.quality,
                detail=one.fingerprint.detail,
                written=bool(one.fingerprint.keypoints),
            )
        )
        sides[content] = VerifySide(
            content=content,
            ref=one.ref,
            places=(Place.of_file(os.fsencode(folder / row.file)),),
            sha256=one.sha256,
            image_sha256=one.image_sha256,
            format=one.format,
            width=one.width,
            height=one.height,
            fingerprint=one.fingerprint,
        )
    return Contents(of_file=of_file, facts=facts, sides=sides)


@dataclass(frozen=True, kw_only=True)
class Done:
    """A component that was settled, and how many pairs were compared for it."""

    settled: Settled
    compared: int


def settle_one(job: tuple[Component, dict[int, VerifySide]]) -> Done:
    """Form the groups of one component, in one process."""
    component, sides = job
    contents = Bytes(LIMITS)
    pictures = Pictures(LIMITS, lambda side: contents.read(side.places, side.sha256))
    compared: list[VerifiedPair] = []

    def verify(pairs: Mapping[Pair, int | None]) -> Iterable[VerifiedPair]:
        found = [verify_pair(sides[left], sides[right], pictures, source) for (left, right), source in pairs.items()]
        compared.extend(found)
        return found

    (settled,) = settle([component], verify, lambda voters: hold_election(voters, sides, pictures))
    return Done(settled=settled, compared=len(compared))


def cluster(contents: Contents, pool: ProcessPoolExecutor, regions: bool, thorough: bool) -> tuple[Resolution, int]:
    verified = 0

    def settle_all(components: Sequence[Component]) -> Iterable[Settled]:
        nonlocal verified
        largest_first = sorted(components, key=lambda one: -len(one.seeds))
        jobs = ((one, {content: contents.sides[content] for content in one.seeds}) for one in largest_first)
        for done in pool.map(settle_one, jobs):
            verified += done.compared
            yield done.settled

    packed = (lambda wanted: ((one, contents.sides[one].fingerprint.regions) for one in wanted)) if regions else None
    lines = lambda wanted: ((one, contents.sides[one].fingerprint.keypoints) for one in wanted)  # noqa: E731
    found = resolve(contents.facts, settle_all, Preferences(), regions=packed, lines=lines, thorough=thorough)
    return found, verified


def report(rows: list[Row], contents: Contents, resolution: Resolution, show_rows: bool) -> None:
    home: dict[int, ContentCluster] = {m.content: one for one in resolution.clusters for m in one.members}
    by_source: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        by_source[row.source][row.transformation] = row
    found: dict[str, list[bool]] = defaultdict(list)
    named: dict[str, list[bool]] = defaultdict(list)
    wrong: Counter[tuple[str, str]] = Counter()
    masters: list[bool] = []
    not_master: Counter[str] = Counter()
    transformation = {
        contents.of_file[row.file]: row.transformation for row in reversed(rows) if row.file in contents.of_file
    }
    for variants in by_source.values():
        if len(variants) < 2:
            continue
        original = contents.of_file[variants["original"].file]
        cluster_ = home.get(original)
        relation = {member.content: member for member in cluster_.members} if cluster_ else {}
        equal = {contents.of_file[row.file] for row in variants.values() if _is_equal(row)}
        masters.append(cluster_ is not None and cluster_.master in equal)
        if cluster_ is not None and cluster_.master not in equal:
            not_master[transformation[cluster_.master]] += 1
        for row in variants.values():
            if row.transformation == "original" or row.file not in contents.of_file:
                continue
            content = contents.of_file[row.file]
            here = content == original or content in relation
            found[row.transformation].append(here)
            if here and cluster_ is not None and cluster_.master in equal and content != cluster_.master:
                name = relation[content].relation.value if content != original else "byte-identical"
                named[row.transformation].append(name in row.relations or name == "byte-identical")
                if name not in row.relations and name != "byte-identical":
                    wrong[row.transformation, name] += 1
    mixed = _mixed(rows, contents, resolution)
    if show_rows:
        for name in sorted(found):
            recall, right = f"{_percent(found[name]):5.1f}", f"{_percent(named[name]):5.1f}" if named[name] else "    -"
            print(f"{name:22s} n={len(found[name]):4d}  recall {recall}  relation {right}")
    every = [hit for hits in found.values() for hit in hits]
    names = [hit for hits in named.values() for hit in hits]
    print(f"recall over all rows {_percent(every):.2f} %")
    print(f"relation named rightly {_percent(names):.2f} % of {len(names)}; wrong: {wrong.most_common(12)}")
    print(f"master is the original or its equal {_percent(masters):.1f} % of {len(masters)}; else: {not_master}")
    print(f"clusters that mix sources {len(mixed)} of {len(resolution.clusters)}; links {len(resolution.links)}")
    for one in mixed[:10]:
        print("   ", one)


def _percent(hits: Sequence[bool]) -> float:
    return 100 * sum(hits) / max(1, len(hits))


def _is_equal(row: Row) -> bool:
    return row.transformation in ("original", "byte_copy", "renamed") or bool(
        row.relations & {"metadata-only", "pixel-identical"} and "rotated" not in row.relations
    )


def _mixed(rows: list[Row], contents: Contents, resolution: Resolution) -> list[list[str]]:
    files: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.file in contents.of_file:
            files[contents.of_file[row.file]].append(row)
    mixed = []
    for one in resolution.clusters:
        members = [row for member in one.members for row in files[member.content]]
        if len({row.source for row in members}) > 1:
            mixed.append([f"{row.source}:{row.transformation}" for row in members][:8])
    return mixed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-regions", action="store_true")
    parser.add_argument("--thorough", action="store_true")
    parser.add_argument("--rows", action="store_true")
    chosen = parser.parse_args()
    rows = read_truth(Path(f"{chosen.corpus}_truth.csv"))
    with ProcessPoolExecutor(chosen.processes) as pool:
        started = time.perf_counter()
        task = partial(examine, chosen.corpus, not chosen.no_regions)
        examined = list(zip(rows, pool.map(task, [row.file for row in rows], chunksize=20), strict=True))
        contents = collect(chosen.corpus, examined)
        between = time.perf_counter()
        resolution, verified = cluster(contents, pool, not chosen.no_regions, chosen.thorough)
        done = time.perf_counter()
    print(f"{len(rows)} files, {len(contents.facts)} contents, {verified} pairs verified")
    print(f"examining {between - started:.1f} s, clustering {done - between:.1f} s on {chosen.processes} processes")
    report(rows, contents, resolution, chosen.rows)


if __name__ == "__main__":
    main()
