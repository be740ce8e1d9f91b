"""Sixteen shards, joined and then visited, against one scan of the whole.

python benchmarks/soak/shards.py [--files 320] [--parts 16] [--seed 1]

The library is mixed: the samples, each copied, cut, resized and saved again, in four dozen folders. One workspace scans
all of it, sixteen scan a part each and write a shard, one joins these. Clusters by hash are those of the one scan;
every other copy hangs together with the rest of its cluster through the clusters and the listed pairs, and no pair of
one part is listed. After a visit that reaches every file (``catalogue verify-pairs``) clusters, relations and
similarities are those of the one scan.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from benchmarks.recording import Run, recorded
from benchmarks.soak.cluster import make_library
from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.scan.parts import Part

WATCHED = (
    "pdpo_audit/workspace/catalogues/*.py",
    "pdpo_audit/catalogue/care/merging.py",
    "pdpo_audit/catalogue/care/shards.py",
    "pdpo_audit/workspace/scan/parts.py",
)
#: Clusters of these relations alone come about by equal files and equal image data.
_BY_HASH = {"master", "byte-identical", "metadata-only"}
_SITES = 4

Groups = set[frozenset[str]]


def scanned(folder: Path, share: Path, shard: str = "") -> Workspace:
    """A workspace over the library, or a part of it, that was scanned."""
    workspace = Workspace.create(folder)
    workspace.add(share)
    workspace.scan(ScanOptions(workers=2, people="off", shard=shard))
    return workspace


def groups(holdings: pd.DataFrame) -> Groups:
    """The clusters, as the paths of their copies."""
    inside = holdings[holdings["cluster_id"] != ""]
    return {frozenset(part["path"]) for _, part in inside.groupby("cluster_id")}


def by_hash(holdings: pd.DataFrame) -> Groups:
    """Of each cluster the copies that are equal to its master in bytes or in image data; two at least."""
    inside = holdings[(holdings["cluster_id"] != "") & holdings["relation"].isin(_BY_HASH)]
    found = {frozenset(part["path"]) for _, part in inside.groupby("cluster_id")}
    return {group for group in found if len(group) > 1}


def out_of_reach(wanted: Groups, ties: Iterable[frozenset[str]]) -> int:
    """Copies that do not hang together with the first of their cluster."""
    of: dict[str, str] = {}

    def first(path: str) -> str:
        while of.setdefault(path, path) != path:
            path = of[path]
        return path

    for tie in ties:
        heads = sorted({first(path) for path in tie})
        of.update(dict.fromkeys(heads, heads[0]))
    return sum(first(path) != first(min(group)) for group in wanted for path in group)


def compare(run: Run, base: Path, share: Path, parts: int) -> None:
    """Everything, told and held."""
    whole = scanned(base / "whole", share)
    wanted = whole.table("holdings")
    whole.close()
    shards = []
    for number in range(1, parts + 1):
        site = scanned(base / f"host{number}", share, f"{number}/{parts}")
        shards.append(site.write_shard(f"{number}/{parts}").file)
        site.close()
    joined = Workspace.create(base / "joined")
    started = time.process_time()
    merged = joined.merge(*shards)
    run.tell("CPU seconds of the merge", round(time.process_time() - started, 1))
    held = joined.table("holdings")
    rows = list(csv.DictReader(merged.pairs.open(encoding="utf-8")))
    listed = [frozenset((row["left_path"], row["right_path"])) for row in rows]
    run.tell("holdings", merged.holdings)
    run.tell("clusters of the one scan", len(groups(wanted)))
    run.tell("clusters of the merge", merged.clusters)
    run.tell("pairs listed", len(rows))
    run.equal("holdings of the one scan", merged.holdings, len(wanted))
    run.equal("clusters by hash that the merge has otherwise", out_of_reach(by_hash(wanted), groups(held)), 0)
    run.equal("copies that the list does not lead to", out_of_reach(groups(wanted), [*groups(held), *listed]), 0)
    run.equal("pairs listed that lie in one part", sum(len({part_of(one, parts) for one in p}) == 1 for p in listed), 0)
    done = joined.verify_pairs({share.name: share})
    run.tell("pairs verified by the visit", done.verified)
    after = joined.table("holdings")
    joined.close()
    run.equal("pairs that the visit left open", done.to_verify, 0)
    run.equal("clusters that differ after the visit", len(groups(after) ^ groups(wanted)), 0)
    same = ["path", "relation", "similarity", "is_master"]
    said, expected = (frame[same].to_csv(index=False).splitlines() for frame in (after, wanted))
    run.equal("holdings said otherwise after the visit", sum(map(str.__ne__, said, expected)), 0)


def part_of(path: str, parts: int) -> int:
    """The part that a file's folder belongs to."""
    folder = path.rpartition("/")[0].encode()
    return next(number for number in range(1, parts + 1) if Part(number=number, of=parts).has(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=320)
    parser.add_argument("--parts", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with recorded("shards", chosen.seed, WATCHED) as run, tempfile.TemporaryDirectory() as folder:
        share = Path(folder) / "share"
        for site in range(_SITES):
            make_library(share / f"site{site}", chosen.files // _SITES, chosen.seed + site)
        compare(run, Path(folder), share, chosen.parts)


if __name__ == "__main__":
    main()
