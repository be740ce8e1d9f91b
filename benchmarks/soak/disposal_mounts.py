"""The disposers' common suite on ext4, XFS, Btrfs with subvolumes, bind mounts, a full disk and a read-only mount.

Needs the right to mount (root) and the programs that make file systems; what is missing is told and left out.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.recording import Run, recorded
from pdpo_audit.disposition.acts.folders import FolderDisposer
from pdpo_audit.model.disposition.acts import Detail
from pdpo_audit.ports.disposers import LeftAlone, Taken

WATCHED = ("pdpo_audit/disposition/acts/*.py", "tests/disposition/test_disposers.py")
#: Megabytes of each disk: the least that XFS takes.
SIZE = 320
MADE = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"]}
OURS = b"the copy that goes " * 10_000
SHA256 = hashlib.sha256(OURS).hexdigest()


@contextmanager
def disk(kind: str, base: Path) -> Iterator[Path]:
    """A file system of a kind on a file, mounted."""
    image, mount = base / f"{kind}.img", base / kind
    mount.mkdir()
    with image.open("wb") as made:
        made.truncate(SIZE << 20)
    subprocess.run([*MADE[kind], str(image)], check=True, capture_output=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(mount)], check=True, capture_output=True)
    try:
        yield mount
    finally:
        subprocess.run(["umount", "-R", str(mount)], check=False, capture_output=True)
        image.unlink()


def suite(run: Run, kind: str, mount: Path) -> None:
    """The common suite with its files on this file system."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={mount / 'suite'}",
        "tests/disposition/test_disposers.py",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    run.equal(f"{kind}: exit code of the common suite", done.returncode, 0)
    shutil.rmtree(mount / "suite", ignore_errors=True)


def disposer(root: Path) -> FolderDisposer:
    """The disposer of a folder."""
    status = root.stat()
    return FolderDisposer(root=os.fsencode(root), mark=b"soak", device=status.st_dev, inode=status.st_ino)


def lay(root: Path, place: str) -> Path:
    """A copy at a place."""
    file = root / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(OURS)
    return file


def take(one: FolderDisposer, place: str) -> Taken:
    """The copy, in the quarantine."""
    return one.take(place.encode(), SHA256, b"0" * 40)


def told(act: Callable[[], object]) -> str:
    """The detail with which an act is refused; empty where it is done."""
    try:
        act()
    except LeftAlone as left:
        return left.detail.value
    return ""


def volumes(run: Run, mount: Path) -> None:
    """Btrfs: a subvolume has its own quarantine, a move to another is refused, reflinks and snapshots are told."""
    subprocess.run(["btrfs", "subvolume", "create", str(mount / "share" / "sub")], check=True, capture_output=True)
    file = lay(mount / "share", "sub/one.jpg")
    one = disposer(mount / "share")
    taken = take(one, "sub/one.jpg")
    run.equal("btrfs: quarantine of a subvolume", os.fsdecode(taken.place).split("/")[0], "sub")
    refused = told(lambda: one.move_on(taken, SHA256, os.fsencode(mount / "place"), b"x/one.jpg"))
    run.equal("btrfs: move to another subvolume", refused, Detail.OTHER_MOUNT.value)
    one.put_back(taken, b"sub/one.jpg", SHA256)
    os.sync()
    subprocess.run(
        ["btrfs", "subvolume", "snapshot", "-r", str(mount / "share" / "sub"), str(mount / "snap")],
        check=True,
        capture_output=True,
    )
    shared = take(one, "sub/one.jpg")
    run.equal("btrfs: a snapshot shares the blocks, told", int(shared.shared), 1)
    one.put_back(shared, b"sub/one.jpg", SHA256)
    run.equal("btrfs: copy after everything", int(file.read_bytes() == OURS), 1)
    one.close()


def reflinked(run: Run, kind: str, mount: Path) -> None:
    """A reflinked copy is told."""
    file = lay(mount / "share", "link/one.jpg")
    os.sync()
    subprocess.run(
        ["cp", "--reflink=always", str(file), str(file.with_name("two.jpg"))], check=True, capture_output=True
    )
    os.sync()
    one = disposer(mount / "share")
    taken = take(one, "link/one.jpg")
    run.equal(f"{kind}: shared blocks of a reflinked copy, told", int(taken.shared), 1)
    one.put_back(taken, b"link/one.jpg", SHA256)
    one.close()


def bound(run: Run, mount: Path) -> None:
    """A bind mount inside the source is a mount of its own, though its device is the same."""
    lay(mount, "elsewhere/one.jpg")
    inside = mount / "share" / "bound"
    inside.mkdir(parents=True)
    subprocess.run(["mount", "--bind", str(mount / "elsewhere"), str(inside)], check=True)
    one = disposer(mount / "share")
    try:
        taken = take(one, "bound/one.jpg")
        run.equal("bind mount: its own quarantine", os.fsdecode(taken.place).split("/")[0], "bound")
        one.put_back(taken, b"bound/one.jpg", SHA256)
        place = os.fsencode(mount / "place")
        (mount / "place").mkdir(exist_ok=True)
        taken = take(one, "bound/one.jpg")
        refused = told(lambda: one.move_on(taken, SHA256, place, b"one.jpg"))
        run.equal("bind mount: a move out of it", refused, Detail.OTHER_MOUNT.value)
        one.put_back(taken, b"bound/one.jpg", SHA256)
    finally:
        one.close()
        subprocess.run(["umount", str(inside)], check=False)


def full(run: Run, mount: Path) -> None:
    """A full disk: nothing is lost, and a new file that finds no room leaves nothing behind."""
    file = lay(mount / "share", "full/one.jpg")
    one = disposer(mount / "share")
    take_first = take(one, "full/one.jpg")
    one.put_back(take_first, b"full/one.jpg", SHA256)
    filler = mount / "filler"
    with suppress(OSError), filler.open("wb") as stream:
        while True:
            stream.write(bytes(1 << 20))
            stream.flush()
    with suppress(OSError), (mount / "filler2").open("wb") as stream:
        while True:
            stream.write(bytes(4096))
            stream.flush()
    taken = take(one, "full/one.jpg")
    refused = told(lambda: one.put(b"full/one.jpg", bytes(4 << 20), taken))
    run.equal("full disk: a new file", refused, Detail.DISK_FULL.value)
    one.put_back(taken, b"full/one.jpg", SHA256)
    run.equal("full disk: the copy is back", int(file.read_bytes() == OURS), 1)
    run.equal("full disk: nothing half written is left", len(list(file.parent.iterdir())), 1)
    one.close()
    filler.unlink()
    (mount / "filler2").unlink(missing_ok=True)


def read_only(run: Run, mount: Path) -> None:
    """A mount that can only be read: told, and nothing is mounted anew."""
    lay(mount / "share", "ro/one.jpg")
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True, capture_output=True)
    one = disposer(mount / "share")
    run.equal("read-only mount", told(lambda: take(one, "ro/one.jpg")), Detail.READ_ONLY.value)
    one.close()
    subprocess.run(["mount", "-o", "remount,rw", str(mount)], check=True, capture_output=True)


def immutable(run: Run, mount: Path) -> None:
    """A file that somebody made immutable stays: the flag is not cleared."""
    file = lay(mount / "share", "fixed/one.jpg")
    subprocess.run(["chattr", "+i", str(file)], check=True, capture_output=True)
    one = disposer(mount / "share")
    run.equal("immutable file", told(lambda: take(one, "fixed/one.jpg")), Detail.NO_PERMISSION.value)
    one.close()
    subprocess.run(["chattr", "-i", str(file)], check=True, capture_output=True)


def main() -> None:
    """Each file system in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="mounts-"))
    try:
        with recorded("disposal_mounts", chosen.seed, WATCHED) as run:
            for kind in MADE:
                if shutil.which(MADE[kind][0]) is None:
                    run.tell(f"{kind}", "not made here: its program is missing")
                    continue
                with disk(kind, base) as mount:
                    (mount / "share").mkdir()
                    (mount / "place").mkdir()
                    suite(run, kind, mount)
                    if kind != "ext4":
                        reflinked(run, kind, mount)
                    if kind == "btrfs":
                        volumes(run, mount)
                    else:
                        bound(run, mount)
                        full(run, mount)
                        immutable(run, mount)
                        read_only(run, mount)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
