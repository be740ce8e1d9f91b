"""CPU of a scan of many pages of one look: forms of one template, chats of one telephone, letters of one office.

    python benchmarks/pages_scale.py [--series forms chats letters] [--counts 250 500 1000] [--copies 0] [--out FILE]

Series are made (``benchmarks/pages/series``), people off, start-up included. Of every doubling the growth is told. With
``--copies`` so many pages of each series have a copy of each kind (``benchmarks/pages/copying``), and it is told how
many were found, and that no cluster mixes pages. Linux only, as ``benchmarks/whole_scan.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from benchmarks.pages.copying import copies
from benchmarks.pages.series import SERIES, write_series
from benchmarks.whole_scan import adopt, cpu
from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.clusters import load_clusters
from pdpo_audit.catalogue.queries.contents import placed_contents

#: The factor by which a page may be made smaller and be read: 100 dots an inch of 150.
_READ_AT = 100 / 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A scan of ``files`` files: seconds of processor time, pairs compared, links by stored lines, copies found."""

    series: str
    files: int
    seconds: float
    compared: int
    links: int
    copies: int
    found: int
    mixed: int

    @property
    def each(self) -> float:
        """Milliseconds a file."""
        return 1000 * self.seconds / self.files


def _copied(folder: Path, series: str, count: int) -> int:
    """Copies of the first pages of a folder, named after them; how many."""
    made = 0
    for place in range(count):
        page = SERIES[series](place, 1)
        for kind, copy in copies(Random(f"copy {place}"), page, _READ_AT).items():
            one = copy()
            (folder / f"{series}{place:05}-{kind}.{one.suffix}").write_bytes(one.content)
            made += 1
    return made


def _scanned(scratch: Path, series: str, count: int, copied: int) -> Scanned:
    folder, workspace = scratch / f"{series}{count}", scratch / f"audit-{series}{count}"
    write_series(folder, series, count)
    made = _copied(folder, series, copied)
    opened = Workspace.create(workspace)
    opened.add(folder)
    opened.close()
    command = (sys.executable, "-m", "pdpo_audit", "scan", "--people", "off", "--quiet", "--workspace", str(workspace))
    seconds = cpu(*command)
    pairs, links, found, mixed = _told(Workspace.open(workspace))
    return Scanned(
        series=series,
        files=count + made,
        seconds=round(seconds, 2),
        compared=pairs - links,
        links=links,
        copies=made,
        found=found,
        mixed=mixed,
    )


def _told(workspace: Workspace) -> tuple[int, int, int, int]:
    """Pairs that are recorded, those of them told by lines, copies in the cluster of their page, clusters that mix."""
    store = workspace.project.store
    with store.reading() as connection:
        pairs = int(connection.execute(select(func.count()).select_from(schema.pairs)).scalar_one())
        told = select(func.count()).select_from(schema.pairs).where(schema.pairs.c.evidence.contains('"other lines"'))
        links = int(connection.execute(told).scalar_one())
    names = {place.content: Path(os.fsdecode(place.ref.locator)).stem for place in placed_contents(store)}
    groups = [[names[member.content] for member in one.members] for one in load_clusters(store)]
    home = {name: at for at, group in enumerate(groups) for name in group}
    copied = [name for name in names.values() if "-" in name]
    found = sum(name in home and home[name] == home.get(name.split("-")[0]) for name in copied)
    mixed = sum(len({name.split("-")[0] for name in group}) > 1 for group in groups)
    workspace.close()
    return pairs, links, found, mixed


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--series", nargs="+", choices=sorted(SERIES), default=sorted(SERIES))
    parser.add_argument("--counts", nargs="+", type=int, default=[250, 500, 1000])
    parser.add_argument("--copies", type=int, default=0)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    adopt()
    results: list[Scanned] = []
    for series in chosen.series:
        before: Scanned | None = None
        for count in chosen.counts:
            with tempfile.TemporaryDirectory() as name:
                one = _scanned(Path(name), series, count, chosen.copies)
            results.append(one)
            growth = f", {one.seconds / before.seconds:.2f} times {before.files} files" if before else ""
            found = f"; {one.found} of {one.copies} copies found, {one.mixed} clusters mixed" if one.copies else ""
            print(f"{series}, {one.files} files: {one.each:.0f} ms a file, {one.compared} pairs compared,", end=" ")
            print(f"{one.links} links by lines{growth}{found}", flush=True)
            before = one
    if chosen.out:
        chosen.out.write_text(json.dumps([asdict(one) for one in results], indent=1) + "\n")


if __name__ == "__main__":
    main()
