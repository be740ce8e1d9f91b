"""A folder as a source: what is listed, what is skipped, and that nothing is followed or lost."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from threading import Event, Thread

import pytest

from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, Skipped, SkipReason, storable
from pdpo_audit.sources.files import open_file
from pdpo_audit.sources.filesystem import FolderSource


def listed(source: FolderSource) -> tuple[dict[bytes, list[bytes]], list[Skipped]]:
    folders: dict[bytes, list[bytes]] = {}
    skipped: list[Skipped] = []
    for item in source.folders():
        if isinstance(item, FolderListing):
            folders[item.folder] = [entry[0] for entry in item.entries]
        else:
            skipped.append(item)
    return folders, skipped


def source_of(root: Path, **more: tuple[str, ...]) -> FolderSource:
    return FolderSource(name="share", root=bytes(root), **more)


def test_folders_come_in_byte_order_with_their_files_sorted(tmp_path: Path) -> None:
    for name in ("b/2.jpg", "b/1.jpg", "a/c/x.png", "z.jpg", "a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    folders, skipped = listed(source_of(tmp_path))
    assert folders == {b"": [b"a.txt", b"z.jpg"], b"a": [], b"a/c": [b"x.png"], b"b": [b"1.jpg", b"2.jpg"]}
    assert list(folders) == [b"", b"a", b"a/c", b"b"]
    assert skipped == []


def test_names_that_are_no_text_are_kept_byte_for_byte(tmp_path: Path) -> None:
    names = [b"caf\xe9.jpg", b"two\nlines.jpg", "照片.jpg".encode(), b"x" * 251 + b".jpg"]
    for name in names:
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(b"x")
    folders, _ = listed(source_of(tmp_path))
    assert folders[b""] == sorted(names)


def test_links_pipes_and_sockets_are_skipped_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "real.jpg").write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.jpg").symlink_to(tmp_path / "real.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the name of a socket may be 107 bytes long at most
        try:
            server.bind("socket.jpg")
        finally:
            os.chdir(here)
        folders, skipped = listed(source_of(tmp_path))
    assert folders == {b"": [b"real.jpg"]}
    assert {(one.ref.locator, one.reason) for one in skipped} == {
        (b"loop", SkipReason.SYMBOLIC_LINK),
        (b"link.jpg", SkipReason.SYMBOLIC_LINK),
        (b"pipe.jpg", SkipReason.SPECIAL_FILE),
        (b"socket.jpg", SkipReason.SPECIAL_FILE),
    }


def test_a_source_that_is_not_there_is_one_skipped_row(tmp_path: Path) -> None:
    folders, skipped = listed(source_of(tmp_path / "unmounted"))
    assert folders == {}
    assert [(one.ref.path, one.reason) for one in skipped] == [(".", SkipReason.VANISHED)]


def test_include_and_exclude(tmp_path: Path) -> None:
    for name in ("keep/a.jpg", "keep/a.txt", ".trash/b.jpg", "keep/.trash/c.jpg", "d.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    folders, _ = listed(source_of(tmp_path, include=("**/*.jpg",), exclude=("**/.trash/**",)))
    assert folders == {b"": [b"d.jpg"], b".trash": [], b"keep": [b"a.jpg"], b"keep/.trash": []}


def test_numbers_beyond_what_a_database_holds_end_no_run() -> None:
    """Some network shares number files beyond 63 bits."""
    assert [storable(number) for number in (0, -5, 2**63 - 1)] == [0, -5, 2**63 - 1]
    for number in (2**63, 2**64 - 1, -(2**63) - 1, 3 * 2**70 + 1):
        assert -(2**63) <= storable(number) < 2**63


def test_what_is_left_out_is_left_out_whatever_it_is(tmp_path: Path) -> None:
    (tmp_path / ".trash").mkdir()
    (tmp_path / ".trash" / "link").symlink_to(tmp_path)
    (tmp_path / "kept").symlink_to(tmp_path)
    _, skipped = listed(source_of(tmp_path, exclude=("**/.trash/**",)))
    assert [one.ref.path for one in skipped] == ["kept"]


@pytest.mark.parametrize("written", [b"longer than before", b"short", b"as long as it"])
def test_a_file_that_changes_while_it_is_read_is_no_evidence(tmp_path: Path, written: bytes) -> None:
    """Longer, shorter, or as long with another time."""
    file = tmp_path / "a.jpg"
    file.write_bytes(b"what it was..")
    opened = open_file(bytes(file))
    try:
        assert opened.whole() == b"what it was.."
        file.write_bytes(written)
        os.utime(file, ns=(0, 1))
        with pytest.raises(ImageProblem) as raised:
            opened.whole()
    finally:
        opened.close()
    assert raised.value.reason is SkipReason.CHANGED_WHILE_READ


def test_a_file_that_is_rewritten_without_end_is_never_read_torn(tmp_path: Path) -> None:
    file, versions, over = tmp_path / "a.jpg", [bytes([65 + turn]) * 300_000 for turn in range(2)], Event()

    def rewrite() -> None:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT)
        while not over.is_set():
            for version in versions:
                os.pwrite(descriptor, version, 0)
        os.close(descriptor)

    file.write_bytes(versions[0])
    writer = Thread(target=rewrite)
    writer.start()
    said = set()
    try:
        for _ in range(15):
            opened = open_file(bytes(file))
            try:
                assert opened.whole() in versions
            except ImageProblem as problem:
                said.add(problem.reason)
            finally:
                opened.close()
    finally:
        over.set()
        writer.join()
    assert said == {SkipReason.CHANGED_WHILE_READ}
