"""An adversary beside the disposer: names exchanged, replaced by links, edited, folders swapped, hard links added.

A second process does one kind of mischief without pause while copies are taken, put back, and ended. Afterwards every
byte that no plan named must be somewhere, and whatever was done otherwise than planned must have been told.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks.recording import recorded
from pdpo_audit.disposition.acts import handles
from pdpo_audit.disposition.acts.folders import FolderDisposer
from pdpo_audit.ports.disposers import LeftAlone, Taken

WATCHED = ("pdpo_audit/disposition/acts/*.py", "pdpo_audit/ports/disposers.py")

OURS = b"the copy that a plan names " * 400
#: RENAME_EXCHANGE
_EXCHANGE = 2


def exchange(one: Path, other: Path) -> None:
    """Exchange two names in one step of the system."""
    handles._libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), _EXCHANGE)


def swap_file(root: Path, chance: random.Random) -> None:
    """The file's name leads to another file for a moment."""
    del chance
    exchange(root / "a" / "b" / "one.jpg", root / "a" / "b" / "other.jpg")


def swap_folder(root: Path, chance: random.Random) -> None:
    """The folder's name leads to another folder with a file of the same name."""
    del chance
    exchange(root / "a" / "b", root / "a" / "c")


def swap_for_link(root: Path, chance: random.Random) -> None:
    """A link that leads out of the source takes the place of the folder."""
    del chance
    exchange(root / "a" / "b", root / "a" / "link")


def edit(root: Path, chance: random.Random) -> None:
    """Somebody writes into the file through a handle that was open before."""
    file = root / "a" / "b" / "one.jpg"
    with suppress(OSError), file.open("r+b") as stream:
        stream.seek(chance.randrange(1, len(OURS) - 10))
        stream.write(b"edited")
        stream.flush()
        time.sleep(0.0002)
        stream.seek(0)
        stream.write(OURS)


def link(root: Path, chance: random.Random) -> None:
    """Further names come and go."""
    with suppress(OSError):
        os.link(root / "a" / "b" / "one.jpg", root / "a" / f"link{chance.randrange(4)}.jpg")
    with suppress(OSError):
        (root / "a" / f"link{chance.randrange(4)}.jpg").unlink()


def replace(root: Path, chance: random.Random) -> None:
    """Another file is put over the name, as editors save, and then one with the bytes of the plan."""
    for content in (b"a newer version", OURS):
        new = root / "a" / f".new{chance.randrange(1000)}"
        new.write_bytes(content)
        new.replace(root / "a" / "b" / "one.jpg")
        time.sleep(0.0001)


MISCHIEF: dict[str, Callable[[Path, random.Random], None]] = {
    one.__name__: one for one in (swap_file, swap_folder, swap_for_link, edit, link, replace)
}


def adversary(root: Path, kind: str, seed: int) -> None:
    """Mischief until somebody ends the process."""
    chance = random.Random(seed)
    while True:
        MISCHIEF[kind](root, chance)


def foreign(base: Path) -> list[bytes]:
    """Every content that no plan names, wherever it lies, by its digest."""
    found = set()
    for folder, _, names in os.walk(base):
        for name in names:
            file = Path(folder) / name
            if not file.is_symlink():
                content = file.read_bytes()
                if content.startswith(b"somebody"):
                    found.add(hashlib.sha256(content).digest())
    return sorted(found)


def lay_out(base: Path) -> Path:
    """A source with the copy that goes, others beside it that stay, and a folder outside that a link leads to."""
    root = base / "share"
    for folder in ("a/b", "a/c"):
        (root / folder).mkdir(parents=True)
    (base / "outside").mkdir()
    (root / "a" / "b" / "one.jpg").write_bytes(OURS)
    for place in ("share/a/b/other.jpg", "share/a/c/one.jpg", "outside/one.jpg"):
        (base / place).write_bytes(b"somebody's only copy: " + place.encode() * 200)
    (root / "a" / "link").symlink_to(base / "outside")
    return root


def tried(root: Path, tries: int, told: Counter[str], seed: int) -> None:
    """Take, put back, and now and then end the copy, as often as asked; what is left alone is counted by its detail."""
    chance, sha256 = random.Random(seed), hashlib.sha256(OURS).hexdigest()
    status = root.stat()
    place = root / "a" / "b" / "one.jpg"
    for number in range(tries):
        disposer = FolderDisposer(root=os.fsencode(root), mark=b"soak", device=status.st_dev, inode=status.st_ino)
        name = f"{number:040d}".encode()
        try:
            taken: Taken = disposer.take(b"a/b/one.jpg", sha256, name)
            told["taken"] += 1
            if chance.random() < 0.2:
                disposer.erase(taken, sha256)
                told["ended"] += 1
                made = root / "a" / ".made"
                made.write_bytes(OURS)
                with suppress(OSError):
                    os.link(made, place)
                made.unlink()
            else:
                disposer.put_back(taken, b"a/b/one.jpg", sha256)
                told["put back"] += 1
        except LeftAlone as left:
            told[left.detail.value] += 1
            if not place.exists() and not (root / "a" / "c" / "one.jpg").is_symlink():
                _again(root)
        finally:
            disposer.close()


def _again(root: Path) -> None:
    """The copy that goes lies at its place again, so that the next try finds it."""
    made = root / "a" / ".made"
    made.write_bytes(OURS)
    with suppress(OSError):
        os.link(made, root / "a" / "b" / "one.jpg")
    made.unlink()


def main() -> None:
    """Run every kind of mischief for its share of the tries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tries", type=int, default=24_000)
    chosen = parser.parse_args()
    with recorded("disposal_attacks", chosen.seed, WATCHED) as run:
        for kind in MISCHIEF:
            base = Path(tempfile.mkdtemp(prefix="attacks-"))
            try:
                root = lay_out(base)
                before = foreign(base)
                beside = multiprocessing.get_context("fork").Process(target=adversary, args=(root, kind, chosen.seed))
                beside.start()
                told: Counter[str] = Counter()
                try:
                    tried(root, chosen.tries // len(MISCHIEF), told, chosen.seed)
                finally:
                    beside.kill()
                    beside.join()
                tries = chosen.tries // len(MISCHIEF)
                run.equal(f"{kind}: contents lost that no plan names", len(set(before) - set(foreign(base))), 0)
                ends = sum(count for detail, count in told.items() if detail not in ("ended", "put back"))
                run.at_least(f"{kind}: tries of which the end was told", ends, tries)
                run.tell(f"{kind}: told", ", ".join(f"{name} {count}" for name, count in sorted(told.items())))
            finally:
                shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
