"""A share gives what its folder gives, encrypted; what its login could do is told; nothing on it changes."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, Skipped, SkipReason
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.plugins import open_source
from pdpo_audit.ports import ReachableSource
from pdpo_audit.sources.stores import lines
from pdpo_audit.sources.stores.addresses import read_address
from pdpo_audit.sources.stores.kinds import shares
from pdpo_audit.sources.stores.kinds.smb import connect
from tests.stores.libraries import OFF, Tables, as_store, declared, listed, state_of, tables_of
from tests.stores.samba import Samba, samba

#: What Samba's audit calls that changes something.
_WRITES = re.compile(
    r"\|(mkdirat|unlinkat|renameat|pwrite|write|ftruncate|fallocate|fchmod|fchown|fntimes|symlinkat|linkat|fsetxattr|"
    r"fremovexattr|openat\|ok\|w)\|"
)
pytestmark = [
    pytest.mark.needs("smbd", "full_audit"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Samba serves files only as root"),
]


@pytest.fixture(scope="module")
def running(library: Path) -> Iterator[Samba]:
    with samba(library) as server:
        yield server


@pytest.fixture
def server(running: Samba, monkeypatch: pytest.MonkeyPatch) -> Samba:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    return running


@pytest.fixture
def root(tmp_path: Path) -> str:
    file = tmp_path / "root"
    file.write_text("root:a pass:word", "utf-8")
    file.chmod(0o600)
    return f"file:{file}"


def source(server: Samba, login: str, path: str = "photos") -> ReachableSource:
    return as_store(uri(server, login, path))


def uri(server: Samba, login: str, path: str) -> str:
    return f"smb://127.0.0.1:{server.port}/{path}?credential={login}"


def test_a_scan_gives_the_tables_of_the_folder_and_nothing_changes(
    server: Samba, library: Path, root: str, tables: Tables, tmp_path: Path
) -> None:
    before = state_of(library)
    workspace = declared(tmp_path / "audit", f"smb://127.0.0.1:{server.port}/writable?credential={root}")
    workspace.scan(OFF)
    assert tables_of(workspace) == tables
    assert workspace.scan(OFF).examined.files == 0
    assert state_of(library) == before
    log = server.log.read_text("utf-8", "replace")
    assert "openat|ok|r" in log and not _WRITES.findall(log)


def test_every_byte_comes_with_the_state_of_the_listing(server: Samba, library: Path, root: str) -> None:
    there, here = source(server, root), open_source(SourceSpec(name="here", uri=str(library)))
    assert listed(there) == listed(here)
    states = {
        (one.folder + b"/" if one.folder else b"") + name: (size, modified, token)
        for one in there.folders() if isinstance(one, FolderListing)
        for name, size, modified, token in one.entries
    }  # fmt: skip
    for place, state in states.items():
        opened = there.open(place)
        assert (opened.stat.size, opened.stat.modified_ns, opened.stat.inode) == state and state[2]
        assert opened.whole() == (library / os.fsdecode(place)).read_bytes()
    part = source(server, root, "photos/sub")
    assert b"deeper/#1.jpg" in listed(part)
    part.close()
    assert part.open(b"b c.jpg").head(2) == b"\xff\xd8"


def test_reading_a_file_for_the_first_time_is_no_change_of_it(server: Samba, library: Path, root: str) -> None:
    file = library / "fresh.bin"
    file.write_bytes(b"x" * 200_000)
    os.utime(file, (1_000_000_000, 1_500_000_000))  # the first reading moves the first of them
    there = source(server, root)

    def state() -> tuple[int, ...]:
        (found,) = [one for one in there.folders() if isinstance(one, FolderListing) and one.folder == b""]
        return next(entry[1:] for entry in found.entries if entry[0] == b"fresh.bin")

    try:
        before, opened = state(), there.open(b"fresh.bin")
        assert len(opened.whole()) == 200_000
        stat = opened.stat
        assert (stat.size, stat.modified_ns, stat.inode) == before == state()
    finally:
        file.unlink()


def test_what_the_login_could_do_is_told(server: Samba, root: str) -> None:
    assert source(server, root).reach().beyond == ()
    beyond = source(server, root, "writable").reach().beyond
    assert beyond is not None and {"create", "delete"} <= set(beyond)


def test_what_is_asked_is_encrypted_where_the_server_does_not_insist(server: Samba, root: str) -> None:
    store = connect(read_address(SourceSpec(name="cloud", uri=uri(server, root, "writable")), ("credential",)))
    assert store.line.ask(lambda tree: tree.session.encrypt_data) is True


def test_who_is_not_let_in_is_told(server: Samba, root: str, login: str) -> None:
    assert source(server, login).reach().problem == "the login is refused"
    assert "there is no share" in source(server, root, "nothing").reach().problem
    (found,) = source(server, login).folders()
    assert isinstance(found, Skipped) and found.reason is SkipReason.NOT_REACHED


def test_a_file_that_changes_between_two_reads_is_no_mixture(server: Samba, library: Path, root: str) -> None:
    file = library / "changing.bin"
    file.write_bytes(b"x" * 200_000)
    there = source(server, root)
    try:
        opened = there.open(b"changing.bin")
        file.write_bytes(b"y" * 200_001)
        with pytest.raises(ImageProblem) as changed:
            opened.whole()
        assert changed.value.reason is SkipReason.CHANGED_WHILE_READ
    finally:
        file.unlink()
    with pytest.raises(ImageProblem) as gone:
        there.open(b"changing.bin")
    assert gone.value.reason is SkipReason.VANISHED


def test_more_than_a_thousand_files_are_listed_and_an_endless_listing_ends(
    server: Samba, library: Path, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = library / "many"
    many.mkdir()
    try:
        for number in range(1_500):
            (many / f"{number:05}.txt").touch()
        assert len(listed(source(server, root, "photos/many"))) == 1_500
        monkeypatch.setattr(shares, "MOST_FILES", 100)
        (found,) = source(server, root, "photos/many").folders()
        assert isinstance(found, Skipped) and "more than 100 files" in found.detail
    finally:
        shutil.rmtree(many)
