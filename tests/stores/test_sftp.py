"""A folder behind SSH gives what it gives here; the host's key is checked; nothing but reads is asked of the server."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asyncssh.constants import FXF_READ

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, Skipped, SkipReason
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.plugins import open_source
from pdpo_audit.ports import ReachableSource
from pdpo_audit.sources.stores import lines
from pdpo_audit.sources.stores.kinds import sftp
from tests.stores.libraries import OFF, Tables, as_store, declared, listed, state_of, tables_of


class SshServer:
    """AsyncSSH's server over a folder: ``asked`` counts what was asked of it, ``fault`` may raise."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self.folder, self.keys = folder, keys
        self.asked: Counter[str] = Counter()
        self.port, self.logins, self.names = 0, 0, list[bytes]()
        self.read_only, self.broken_after = False, 0
        self._loop = asyncio.new_event_loop()

    def start(self) -> None:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _listen(self) -> None:
        ours = self

        class Login(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                self.conn = conn

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                ours.logins += 1
                return (username, password) == ("audit", "a pass:word")

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                super().__init__(chan, chroot=os.fsencode(ours.folder))

            def __getattribute__(self, name: str) -> Any:
                if name in _ASKED:
                    ours.asked[name] += 1
                    if ours.broken_after and ours.asked.total() > ours.broken_after:
                        raise asyncssh.SFTPConnectionLost("going down")
                return super().__getattribute__(name)

            def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
                assert pflags == FXF_READ, "opened for more than reading"
                return super().open(path, pflags, attrs)

            async def scandir(self, path: bytes) -> Any:
                async for one in super().scandir(path):
                    yield one
                for name in ours.names:
                    yield asyncssh.SFTPName(name, attrs=asyncssh.SFTPAttrs(type=1, size=5, permissions=0o100644))

            def statvfs(self, path: bytes) -> Any:
                return asyncssh.SFTPVFSAttrs(flags=1) if ours.read_only else super().statvfs(path)

        self._server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Login, sftp_factory=Files,
            server_host_keys=[str(self.keys / "host")], authorized_client_keys=str(self.keys / "login.pub"),
        )  # fmt: skip
        self.port = self._server.get_port()


_READS = frozenset({"open", "read", "close", "stat", "lstat", "fstat", "scandir", "realpath", "statvfs"})
_ASKED = _READS | {
    "write", "setstat", "fsetstat", "lsetstat", "mkdir", "rmdir", "remove", "rename", "posix_rename", "symlink", "link",
}  # fmt: skip


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("keys")
    for name in ("host", "login", "other"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(base / name)
        key.write_public_key(base / f"{name}.pub")
        (base / name).chmod(0o600)
    return base


@pytest.fixture(scope="module")
def running(library: Path, keys: Path) -> Iterator[SshServer]:
    server = SshServer(library, keys)
    server.start()
    for name, key in (("known", "host"), ("wrong", "other")):
        public = (keys / f"{key}.pub").read_text("utf-8")
        (keys / name).write_text(f"[127.0.0.1]:{server.port} {public}", "utf-8")
    yield server
    server.stop()


@pytest.fixture
def server(running: SshServer, monkeypatch: pytest.MonkeyPatch) -> SshServer:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    running.asked.clear()
    running.names, running.logins, running.read_only, running.broken_after = [], 0, False, 0
    return running


def uri(server: SshServer, login: str = "", path: str = "/", known: str = "known", **more: str) -> str:
    options = {"credential": login, "known_hosts": str(server.keys / known), **more}
    said = "&".join(f"{name}={value}" for name, value in options.items() if value)
    user = "audit@" if "key" in more else ""
    return f"sftp://{user}127.0.0.1:{server.port}{path}?{said}"


def source(server: SshServer, login: str, **more: str) -> ReachableSource:
    return as_store(uri(server, login, **more))


def test_a_scan_gives_the_tables_of_the_folder_and_a_second_one_opens_no_file(
    server: SshServer, library: Path, login: str, tables: Tables, tmp_path: Path
) -> None:
    before = state_of(library)
    workspace = declared(tmp_path / "audit", uri(server, login))
    workspace.scan(OFF)
    assert tables_of(workspace) == tables
    server.asked.clear()
    assert workspace.scan(OFF).examined.files == 0
    assert server.asked["scandir"] and not server.asked["open"]
    assert set(server.asked) <= _READS and state_of(library) == before


def test_every_byte_comes_and_times_are_those_of_the_listing(server: SshServer, library: Path, login: str) -> None:
    there, here = source(server, login), open_source(SourceSpec(name="here", uri=str(library)))
    assert listed(there) == listed(here)
    for place, (size, modified) in listed(here).items():
        opened = there.open(place)
        assert opened.whole() == (library / os.fsdecode(place)).read_bytes()
        assert (opened.stat.size, opened.stat.modified_ns) == (size, modified * 10**9)
    assert set(server.asked) <= _READS
    part = source(server, login, path="/sub")
    assert set(listed(part)) == {b"b c.jpg", b"deeper/#1.jpg", b"empty.jpg", b"kept.zip"}
    part.close()
    assert part.open(b"b c.jpg").head(2) == b"\xff\xd8"


def test_a_key_lets_in_where_nobody_else_may_read_it(server: SshServer, keys: Path) -> None:
    assert source(server, "", key=str(keys / "login")).reach().problem == ""
    assert source(server, "", key=str(keys / "other")).reach().problem == "the login is refused"
    (keys / "login").chmod(0o644)
    assert "others can read" in source(server, "", key=str(keys / "login")).reach().problem
    (keys / "login").chmod(0o600)


def test_a_host_that_nobody_knows_gets_no_password(server: SshServer, login: str) -> None:
    there = source(server, login, known="wrong")
    assert "is not known" in there.reach().problem and there.identity() is None
    (found,) = there.folders()
    assert isinstance(found, Skipped) and found.reason is SkipReason.NOT_REACHED
    assert server.logins == 0


def test_a_login_that_is_refused_is_tried_once(server: SshServer, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("audit:word", "utf-8")
    wrong.chmod(0o600)
    there = source(server, f"file:{wrong}")
    for _ in range(20):
        with pytest.raises(ImageProblem, match="refused") as refused:
            there.open(b"a.jpg")
    assert refused.value.reason is SkipReason.NOT_REACHED and server.logins == 1


def test_what_the_server_tells_of_rights(server: SshServer, login: str) -> None:
    assert source(server, login).reach().beyond is None
    server.read_only = True
    assert source(server, login).reach().beyond == ()


def test_a_file_that_changes_between_two_reads_is_no_mixture(server: SshServer, library: Path, login: str) -> None:
    file = library / "changing.bin"
    file.write_bytes(b"x" * 200_000)
    try:
        opened = source(server, login).open(b"changing.bin")
        file.write_bytes(b"y" * 200_001)
        with pytest.raises(ImageProblem) as changed:
            opened.whole()
        assert changed.value.reason is SkipReason.CHANGED_WHILE_READ
    finally:
        file.unlink()
    with pytest.raises(ImageProblem) as gone:
        source(server, login).open(b"changing.bin")
    assert gone.value.reason is SkipReason.VANISHED


def test_links_and_hostile_names_are_no_files(server: SshServer, library: Path, login: str) -> None:
    server.names = [b"../out.jpg", b"/etc/passwd", b"a\0b.jpg", b"", b"bytes\xff.jpg"]
    link = library / "link.jpg"
    link.symlink_to(library / "a.jpg")
    try:
        there = source(server, login)
        found = list(there.folders())
        odd = [one for one in found if isinstance(one, Skipped)]
        assert {one.reason for one in odd} == {SkipReason.SPECIAL_FILE, SkipReason.SYMBOLIC_LINK}
        top = next(one for one in found if isinstance(one, FolderListing) and one.folder == b"")
        assert b"bytes\xff.jpg" in {entry[0] for entry in top.entries}
        with pytest.raises(ImageProblem) as linked:
            there.open(b"link.jpg")
        assert linked.value.reason is SkipReason.SYMBOLIC_LINK
    finally:
        link.unlink()


def test_endless_listings_end(server: SshServer, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "MOST_FILES", 50)
    server.names = [f"{number}.jpg".encode() for number in range(200)]
    (found,) = source(server, login).folders()
    assert isinstance(found, Skipped) and "more than 50 files" in found.detail


def test_a_server_that_goes_away_in_the_middle_is_told_and_the_next_scan_goes_on(
    server: SshServer, login: str, tables: Tables, tmp_path: Path
) -> None:
    workspace = declared(tmp_path / "audit", uri(server, login))
    server.broken_after = 30
    first = workspace.scan(OFF)
    assert [(one.source, one.doubt.value) for one in first.not_reached] == [("cloud", "broken_off")]
    assert first.not_reached[0].lost == first.examined.away > 0 and not first.whole
    assert "went away" in first.not_reached[0].words()
    server.broken_after = 0
    second = workspace.scan(OFF)
    assert second.whole and second.examined.files == first.examined.away
    assert tables_of(workspace) == tables


@pytest.mark.parametrize(
    ("address", "told"),
    [("sftp://me:secret@host/a", "holds a login"), ("sftp://host/a?password=x", "knows no"), ("sftp:///a", "no host")],
)
def test_what_would_give_a_secret_away_is_refused(address: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        open_source(SourceSpec(name="cloud", uri=address))
