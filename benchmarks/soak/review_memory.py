"""The server's memory after a thousand case pages with their pictures.

python benchmarks/soak/review_memory.py [--pages 1000] [--clusters 150] [--seed 1]

More pictures are looked at than the server keeps covered ones in memory, each page is asked for as a browser does, with
the two pictures that it shows. The bar is the peak of the server's own process; its worker's is told beside it.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from pathlib import Path

import requests

from benchmarks.recording import recorded
from benchmarks.reviewing.crowd import invited, make_workspace, served

MOST = 400.0
WATCHED = (
    "pdpo_audit/review/*.py",
    "pdpo_audit/review/pages/*.py",
    "pdpo_audit/workspace/review/picturing.py",
    "pdpo_audit/execution/*.py",
    "benchmarks/reviewing/crowd.py",
)


def peak(process: int) -> float:
    """The most memory (MB) that a process ever held."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0


def children(process: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    mine = [int(one) for task in tasks for one in (task / "children").read_text("ascii").split()]
    return [*mine, *(further for one in mine for further in children(one))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--clusters", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with recorded("review_memory", chosen.seed, WATCHED) as run, tempfile.TemporaryDirectory() as folder:
        audit = make_workspace(Path(folder), "", people=1, pictures=chosen.clusters, changed=True)
        with served(audit) as server:
            session = requests.Session()
            token = invited(audit, "Reviewer 0")
            origin = {"origin": server.address}
            session.post(f"{server.address}/join", data={"token": token}, headers=origin, timeout=60)
            queue, keys, after = "", set[str](), ""
            while len(keys) < chosen.clusters:
                queue = session.get(f"{server.address}/queue?status=open{after}", timeout=60).text
                keys |= set(re.findall(r"/case/(DC-[^\"]+)\"", queue))
                following = re.search(r'rel="next" href="[^"]*after=(\d+)', queue)
                if following is None:
                    break
                after = f"&after={following[1]}"
            first = peak(server.process.pid)
            shown, began = 0, time.monotonic()
            for number in range(chosen.pages):
                page = session.get(f"{server.address}/case/{chance.choice(sorted(keys))}", timeout=60)
                for address in set(re.findall(r'"(/picture/\d+)"', page.text)):
                    shown += session.get(server.address + address, timeout=60).status_code == 200
                if number % 200 == 199:
                    print(f"{number + 1} pages, {shown} pictures: {peak(server.process.pid):.0f} MB", flush=True)
            run.tell("cases", len(keys))
            run.tell("pictures", shown)
            run.tell("seconds", round(time.monotonic() - began, 1))
            run.tell("before the first case (MB)", round(first, 1))
            run.tell("its workers' peaks (MB)", round(sum(map(peak, children(server.process.pid))), 1))
            run.at_least("pictures shown", shown, chosen.pages)
            run.at_most("the server's peak", round(peak(server.process.pid), 1), MOST, "MB")


if __name__ == "__main__":
    main()
