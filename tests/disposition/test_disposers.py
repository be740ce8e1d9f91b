"""The common suite of the port ``Disposer``: what each promises of a place, tried on a folder."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pdpo_audit.disposition.acts import handles
from pdpo_audit.disposition.acts.folders import FolderDisposer
from pdpo_audit.model.disposition.acts import Detail
from pdpo_audit.ports.disposers import LeftAlone, Taken

OURS, OTHER = b"the copy that goes", b"somebody's only copy"
NAME = b"0123456789"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "share"
    (made / "a" / "b").mkdir(parents=True)
    (made / "a" / "b" / "one.jpg").write_bytes(OURS)
    return made


@pytest.fixture
def disposer(root: Path) -> Iterator[FolderDisposer]:
    status = root.stat()
    made = FolderDisposer(root=os.fsencode(root), mark=b"test", device=status.st_dev, inode=status.st_ino)
    yield made
    made.close()


def take(disposer: FolderDisposer, place: str = "a/b/one.jpg") -> Taken:
    return disposer.take(place.encode(), sha(OURS), NAME)


def refused(act: Callable[[], object]) -> Detail:
    with pytest.raises(LeftAlone) as left:
        act()
    detail: Detail = left.value.detail
    return detail


def test_taken_and_put_back_with_everything(disposer: FolderDisposer, root: Path) -> None:
    file = root / "a" / "b" / "one.jpg"
    file.chmod(0o640)
    os.utime(file, ns=(1_500_000_000_123_456_789, 1_400_000_000_987_654_321))
    os.setxattr(file, "user.note", b"kept")
    before = file.stat()
    taken = take(disposer)
    assert not file.exists()
    assert stat.S_IMODE((root / ".pdpo-quarantine-test").stat().st_mode) == 0o700
    assert disposer.put_back(taken, b"a/b/one.jpg", sha(OURS)) == ""
    after = file.stat()
    same = ("st_ino", "st_mode", "st_uid", "st_gid", "st_mtime_ns", "st_size")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert (os.getxattr(file, "user.note"), file.read_bytes()) == (b"kept", OURS)


def test_other_bytes_are_left_alone(disposer: FolderDisposer, root: Path) -> None:
    (root / "a" / "b" / "one.jpg").write_bytes(OTHER)
    assert refused(lambda: take(disposer)) is Detail.CHANGED
    assert (root / "a" / "b" / "one.jpg").read_bytes() == OTHER


@pytest.mark.parametrize("part", ["a", "a/b", "a/b/one.jpg"])
def test_no_link_is_followed(disposer: FolderDisposer, root: Path, tmp_path: Path, part: str) -> None:
    """geeqie 782, mergerfs-tools 124: a link counted as a copy, and the original was deleted."""
    aside = tmp_path / "elsewhere"
    (root / part).rename(aside)
    (root / part).symlink_to(aside)
    assert refused(lambda: take(disposer)) is Detail.NO_FILE
    assert sorted(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file() and not file.is_symlink()) == [
        OURS
    ]


@pytest.mark.parametrize("odd", ["folder", "pipe", "gone", "outside", "empty"])
def test_what_is_no_file_is_left_alone(disposer: FolderDisposer, root: Path, odd: str) -> None:
    place = root / "a" / "b" / "one.jpg"
    place.unlink()
    if odd == "folder":
        place.mkdir()
    if odd == "pipe":
        os.mkfifo(place)
    named = {"outside": "../share/a/b/one.jpg", "empty": "a//one.jpg"}.get(odd, "a/b/one.jpg")
    assert refused(lambda: take(disposer, named)) in (Detail.NO_FILE, Detail.MISSING)


def test_a_file_that_is_swapped_between_look_and_move_is_put_back(
    disposer: FolderDisposer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The move catches another file than the one that was digested: it goes back to its name."""
    place, move = root / "a" / "b" / "one.jpg", handles.move

    def swapped(*args: object, **ways: object) -> None:
        monkeypatch.setattr(handles, "move", move)
        place.rename(root / "a" / "ours.jpg")
        place.write_bytes(OTHER)
        move(*args, **ways)  # type: ignore[arg-type]

    monkeypatch.setattr(handles, "move", swapped)
    assert refused(lambda: take(disposer)) is Detail.CHANGED
    assert (place.read_bytes(), (root / "a" / "ours.jpg").read_bytes()) == (OTHER, OURS)


def test_what_is_caught_by_mistake_and_has_no_way_back_is_stranded_not_lost(
    disposer: FolderDisposer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, move = root / "a" / "b" / "one.jpg", handles.move

    def swapped(*args: object, **ways: object) -> None:
        monkeypatch.setattr(handles, "move", move)
        place.rename(root / "a" / "ours.jpg")
        place.write_bytes(OTHER)
        move(*args, **ways)  # type: ignore[arg-type]
        place.write_bytes(b"and a third")

    monkeypatch.setattr(handles, "move", swapped)
    assert refused(lambda: take(disposer)) is Detail.STRANDED
    assert (root / ".pdpo-quarantine-test" / NAME.decode()).read_bytes() == OTHER
    assert place.read_bytes() == b"and a third"


def test_a_writer_with_an_open_file_changes_nothing_that_ends(
    disposer: FolderDisposer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = handles.move
    with (root / "a" / "b" / "one.jpg").open("r+b") as writer:

        def written(*args: object, **ways: object) -> None:
            monkeypatch.setattr(handles, "move", move)
            move(*args, **ways)  # type: ignore[arg-type]
            writer.write(b"news")
            writer.flush()

        monkeypatch.setattr(handles, "move", written)
        assert refused(lambda: take(disposer)) is Detail.CHANGED
    assert (root / "a" / "b" / "one.jpg").read_bytes() == b"news" + OURS[4:]


def test_nothing_is_ever_written_over(disposer: FolderDisposer, root: Path) -> None:
    taken = take(disposer)
    (root / "a" / "b" / "one.jpg").write_bytes(OTHER)
    assert refused(lambda: disposer.put_back(taken, b"a/b/one.jpg", sha(OURS))) is Detail.STRANDED
    assert refused(lambda: disposer.put(b"a/b/one.jpg", b"new", taken)) is Detail.NAME_TAKEN
    assert (root / "a" / "b" / "one.jpg").read_bytes() == OTHER
    assert [file.name for file in (root / "a" / "b").iterdir()] == ["one.jpg"]
    assert (root / ".pdpo-quarantine-test" / NAME.decode()).read_bytes() == OURS


def test_a_folder_that_is_gone_is_made_anew_and_that_is_said(disposer: FolderDisposer, root: Path) -> None:
    taken = take(disposer)
    (root / "a" / "b").rmdir()
    assert "made anew" in disposer.put_back(taken, b"a/b/one.jpg", sha(OURS))
    assert (root / "a" / "b" / "one.jpg").read_bytes() == OURS


def test_only_the_bytes_that_were_taken_end(disposer: FolderDisposer, root: Path) -> None:
    taken = take(disposer)
    waiting = root / ".pdpo-quarantine-test" / NAME.decode()
    waiting.chmod(0o600)
    waiting.write_bytes(OTHER)
    assert refused(lambda: disposer.erase(taken, sha(OURS))) is Detail.CHANGED
    assert waiting.read_bytes() == OTHER
    waiting.unlink()
    waiting.write_bytes(OURS)
    other = Taken(place=taken.place, device=taken.device, inode=taken.inode + 1)
    assert refused(lambda: disposer.erase(other, sha(OURS))) is Detail.UNSURE


def test_what_ended_is_gone_and_nothing_else(disposer: FolderDisposer, root: Path) -> None:
    (root / "a" / "b" / "two.jpg").write_bytes(OURS)
    disposer.erase(take(disposer), sha(OURS))
    assert [str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()] == ["a/b/two.jpg"]


def test_the_copy_that_stays_is_another_file(disposer: FolderDisposer, root: Path) -> None:
    """czkawka 417, fdupes 173: one file under two names counted as two copies, and both went."""
    os.link(root / "a" / "b" / "one.jpg", root / "a" / "linked.jpg")
    (root / "a" / "second.jpg").write_bytes(OURS)
    taken = take(disposer)
    assert taken.links == 2
    assert refused(lambda: disposer.check(b"a/linked.jpg", sha(OURS), taken)) is Detail.NO_COPY_LEFT
    disposer.check(b"a/second.jpg", sha(OURS), taken)
    (root / "a" / "second.jpg").write_bytes(OTHER)
    assert refused(lambda: disposer.check(b"a/second.jpg", sha(OURS), taken)) is Detail.NO_COPY_LEFT
    assert refused(lambda: disposer.check(taken.place, sha(OURS), None)) is Detail.NO_COPY_LEFT


def test_another_folder_at_the_place_of_the_source_is_not_acted_on(root: Path) -> None:
    status = root.stat()
    disposer = FolderDisposer(root=os.fsencode(root), mark=b"t", device=status.st_dev, inode=status.st_ino + 1)
    assert refused(lambda: take(disposer)) is Detail.NOT_REACHED
    missing = FolderDisposer(root=os.fsencode(root / "none"), mark=b"t", device=0, inode=0)
    assert refused(lambda: take(missing)) is Detail.NOT_REACHED


def test_a_quarantine_that_is_not_ours_alone_is_not_used(disposer: FolderDisposer, root: Path) -> None:
    (root / ".pdpo-quarantine-test").mkdir(mode=0o755)
    (root / ".pdpo-quarantine-test").chmod(0o755)
    assert refused(lambda: take(disposer)) is Detail.NO_PERMISSION
    (root / ".pdpo-quarantine-test").rmdir()
    (root / ".pdpo-quarantine-test").symlink_to(root / "a")
    assert refused(lambda: take(disposer)) is Detail.NO_FILE
    assert (root / "a" / "b" / "one.jpg").read_bytes() == OURS


def test_moved_on_within_the_file_system(disposer: FolderDisposer, root: Path, tmp_path: Path) -> None:
    place = tmp_path / "restricted"
    place.mkdir()
    taken = take(disposer)
    moved = disposer.move_on(taken, sha(OURS), os.fsencode(place), b"DP-1/share/a/b/one.jpg")
    assert (place / "DP-1" / "share" / "a" / "b" / "one.jpg").read_bytes() == OURS
    assert moved.place == b"DP-1/share/a/b/one.jpg"
    disposer.sync()


def test_another_file_system_is_refused_and_nothing_is_copied(disposer: FolderDisposer, root: Path) -> None:
    """fclones 196: no way of doing it is ever exchanged for another."""
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == root.stat().st_dev:
        pytest.skip("no second file system here")
    taken = take(disposer)
    place = other / f"pdpo-test-{os.getpid()}"
    place.mkdir()
    try:
        moved = lambda: disposer.move_on(taken, sha(OURS), os.fsencode(place), b"one.jpg")  # noqa: E731
        assert refused(moved) is Detail.OTHER_MOUNT
        assert list(place.iterdir()) == []
    finally:
        place.rmdir()
    disposer.put_back(taken, b"a/b/one.jpg", sha(OURS))


def test_a_new_file_is_read_back_and_has_the_rights_of_the_old(disposer: FolderDisposer, root: Path) -> None:
    (root / "a" / "b" / "one.jpg").chmod(0o644)
    taken = take(disposer)
    assert disposer.put(b"a/b/one.jpg", b"covered", taken) == sha(b"covered")
    made = root / "a" / "b" / "one.jpg"
    assert (made.read_bytes(), stat.S_IMODE(made.stat().st_mode)) == (b"covered", 0o644)
    assert disposer.read(taken, sha(OURS), 1_000) == OURS
    assert refused(lambda: disposer.read(taken, sha(OURS), 3)) is Detail.NOT_MASKED


def test_names_of_any_bytes(disposer: FolderDisposer, root: Path) -> None:
    odd = os.fsencode(root) + b"/a/b/\xff\n '.jpg"
    Path(os.fsdecode(odd)).write_bytes(OURS)
    taken = disposer.take(b"a/b/\xff\n '.jpg", sha(OURS), NAME)
    disposer.put_back(taken, b"a/b/\xff\n '.jpg", sha(OURS))
    assert Path(os.fsdecode(odd)).read_bytes() == OURS


def test_an_adversary_beside_it_loses_nothing(root: Path) -> None:
    """Names are exchanged without pause while copies are taken: every byte of both files is somewhere afterwards."""
    place, other = root / "a" / "b" / "one.jpg", root / "a" / "b" / "other.jpg"
    other.write_bytes(OTHER)
    stop = threading.Event()

    def exchange() -> None:
        flag = 2  # RENAME_EXCHANGE
        while not stop.is_set():
            handles._libc.renameat2(-100, os.fsencode(place), -100, os.fsencode(other), flag)

    thread = threading.Thread(target=exchange)
    thread.start()
    told: list[Detail] = []
    try:
        for _ in range(300):
            status = root.stat()
            disposer = FolderDisposer(
                root=os.fsencode(root), mark=b"test", device=status.st_dev, inode=status.st_ino
            )  # fmt: skip
            try:
                disposer.put_back(take(disposer), b"a/b/one.jpg", sha(OURS))
            except LeftAlone as left:
                told.append(left.detail)
            finally:
                disposer.close()
    finally:
        stop.set()
        thread.join()
    everything = sorted(file.read_bytes() for file in root.rglob("*") if file.is_file())
    assert everything == sorted([OURS, OTHER])
    assert set(told) <= {Detail.CHANGED, Detail.STRANDED, Detail.MISSING, Detail.NAME_TAKEN}


@pytest.mark.parametrize("private", [True, False])
def test_a_store_that_knows_no_careful_rename_writes_over_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    monkeypatch.setattr(handles, "_libc", SimpleNamespace(renameat2=lambda *_: -1))
    monkeypatch.setattr(ctypes, "get_errno", lambda: errno.EINVAL)
    (tmp_path / "one.jpg").write_bytes(OURS)
    (tmp_path / "taken.jpg").write_bytes(OTHER)
    folder = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(FileExistsError):
        handles.move(folder, b"one.jpg", folder, b"taken.jpg", private=private)
    handles.move(folder, b"one.jpg", folder, b"free.jpg", private=private)
    os.close(folder)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"taken.jpg": OTHER, "free.jpg": OURS}


def test_a_name_is_the_same_file_only_by_itself(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(OURS)
    (tmp_path / "link.jpg").symlink_to("one.jpg")
    (tmp_path / "nowhere.jpg").symlink_to("gone.jpg")
    status, folder = (tmp_path / "one.jpg").stat(), os.open(tmp_path, os.O_RDONLY)
    names = (b"one.jpg", b"link.jpg", b"gone.jpg", b"nowhere.jpg")
    assert [handles.is_same(folder, name, status) for name in names] == [True, False, False, False]
    assert [handles.exists(folder, name) for name in names] == [True, True, False, True]
    os.close(folder)


def test_the_folders_that_names_were_moved_in_or_out_of_are_synced(
    disposer: FolderDisposer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(handles, "sync", lambda handle: synced.append(os.fstat(handle).st_ino))
    (tmp_path / "restricted").mkdir()
    taken = take(disposer)
    disposer.sync()
    assert (root / "a" / "b").stat().st_ino in synced
    synced.clear()
    moved = disposer.move_on(taken, sha(OURS), os.fsencode(tmp_path / "restricted"), b"x/y/one.jpg")
    disposer.sync()
    assert (tmp_path / "restricted" / "x" / "y").stat().st_ino in synced
    synced.clear()
    (root / "a" / "c").mkdir()
    (root / "a" / "b" / "two.jpg").write_bytes(OTHER)
    disposer.put(b"a/c/masked.jpg", b"masked", replace(moved, place=b"a/b/two.jpg"))
    disposer.sync()
    assert synced == [(root / "a" / "c").stat().st_ino]


def test_folders_to_be_synced_are_kept_open_up_to_two_hundred(
    disposer: FolderDisposer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(handles, "sync", synced.append)
    for number in range(200):  # each with the quarantine, which is one folder more
        (root / str(number)).mkdir()
        (root / str(number) / "one.jpg").write_bytes(OURS)
        disposer.take(f"{number}/one.jpg".encode(), sha(OURS), f"{number:010}".encode())
        if number == 0:
            synced.clear()  # the quarantine was made for it
        assert bool(synced) is (number == 199), number
    assert len(synced) == 200
