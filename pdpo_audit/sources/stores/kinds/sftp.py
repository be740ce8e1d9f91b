"""SFTP (OpenSSH and others): listed with sizes and times, read in two parts, nothing else is asked.

``sftp://user@host/path?credential=env:NAME`` (``user:password``), or ``&key=/path`` with a private key: its passphrase
is then the password of the credential. ``/~/`` begins at the login's home. The host's key must be known beforehand:
``known_hosts=/path``, otherwise ``~/.ssh/known_hosts``. Nothing else of ``~/.ssh`` is used, and no agent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar, cast

import asyncssh
from asyncssh.constants import (
    FILEXFER_TYPE_DIRECTORY,
    FILEXFER_TYPE_REGULAR,
    FILEXFER_TYPE_SYMLINK,
    FXE_STATVFS_ST_RDONLY,
)

from pdpo_audit.model.locations.holdings import FileStat, SkipReason, locate, storable
from pdpo_audit.sources.stores.addresses import Address
from pdpo_audit.sources.stores.answers import (
    MOST_FILES,
    Found,
    Odd,
    PartlyRead,
    RefusedError,
    Unlisted,
    in_two_parts,
    is_name,
    misnamed,
    walk,
)
from pdpo_audit.sources.stores.lines import IN_ALL, PATIENCE, Line
from pdpo_audit.sources.stores.secrets import login_of

_Result = TypeVar("_Result")
_REASONS: dict[type[Exception], SkipReason] = {
    asyncssh.SFTPNoSuchFile: SkipReason.VANISHED, asyncssh.SFTPNoSuchPath: SkipReason.VANISHED,
    asyncssh.SFTPPermissionDenied: SkipReason.NO_PERMISSION,
}  # fmt: skip
#: After these a new connection helps.
_BROKEN = (
    OSError, asyncssh.DisconnectError, asyncssh.ChannelOpenError, asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection, CancelledError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A connection, with the loop in which it lives."""

    loop: asyncio.AbstractEventLoop
    connection: asyncssh.SSHClientConnection
    client: asyncssh.SFTPClient


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpFolder:
    """A folder of a server and all below it; ``host`` as it is told."""

    host: str
    root: bytes
    line: Line[_Link]

    def listings(self) -> Iterator[Found | Unlisted]:
        """Every folder, from the top down."""
        return walk(self._list)

    def _list(self, folder: bytes) -> Found:
        found = Found(folder=folder)
        for one in self._asked(lambda link: _scan(link.client, self._path(folder))):
            name, attributes = bytes(one.filename), one.attrs
            if name in (b".", b".."):
                continue
            if not is_name(name):
                found.odd.append(misnamed(folder, name))
            elif attributes.type == FILEXFER_TYPE_DIRECTORY:
                found.subfolders.append(name)
            elif attributes.type == FILEXFER_TYPE_REGULAR:
                stat = _stat_of(attributes)
                found.entries.append((name, stat.size, stat.modified_ns, 0))
            else:
                found.odd.append(_odd(locate(folder, name), attributes))
        found.odd.sort(key=lambda odd: odd.locator)
        return found

    def _path(self, locator: bytes) -> bytes:
        return (b"" if self.root == b"/" else self.root) + b"/" + locator if locator else self.root

    def _asked(self, question: Any) -> Any:
        """What the server answers. Raises ``RefusedError``."""

        def ask(link: _Link) -> Any:
            try:
                return _run(link.loop, question(link))
            except _BROKEN:
                raise
            except asyncssh.SFTPError as error:
                reason = _REASONS.get(type(error), SkipReason.READ_ERROR)
                raise RefusedError(reason, error.reason or type(error).__name__) from error

        return self.line.ask(ask)

    def identity(self) -> str:
        """Host and true path of the folder."""
        path: bytes = self._asked(lambda link: _true_path(link.client, self.root))
        return f"sftp://{self.host}{path.decode('utf-8', 'replace')}"

    def beyond(self) -> tuple[str, ...] | None:
        """Nothing where the file system is read-only; otherwise the server does not tell."""
        return () if self._asked(lambda link: _is_read_only(link.client, self.root)) else None

    def open(self, locator: bytes) -> PartlyRead:
        """The file at a locator of the listings, with its start."""
        path = self._path(locator)
        return in_two_parts(lambda at, most: self._asked(lambda link: _read(link.client, path, at, most)))

    def close(self) -> None:
        """Close the connection."""
        self.line.close()


def connect(address: Address) -> SftpFolder:
    """The folder at an address. Raises ``RefusedError`` where its login cannot be had."""
    user, password = login_of(address.credential) or ("", "")
    ways: dict[str, Any] = {"username": address.user or user, "password": password or None, "client_keys": None}
    if file := address.options.get("key"):
        ways |= {"password": None, "client_keys": [_key(Path(file), password)]}
    if known := address.options.get("known_hosts"):
        if not Path(known).is_file():
            raise RefusedError(SkipReason.NOT_REACHED, f"there is no {known} with the keys of hosts")
        ways["known_hosts"] = known
    root = address.path or b"/"
    return SftpFolder(
        host=address.netloc, root=b"." + root[2:] if root.startswith(b"/~") else root,
        line=Line(dial=lambda: _dial(address, ways), hang_up=_hang_up, broken=_BROKEN),
    )  # fmt: skip


def _key(file: Path, passphrase: str) -> asyncssh.SSHKey:
    try:
        if file.stat().st_mode & 0o077:
            raise RefusedError(SkipReason.NOT_REACHED, f"others can read {file}: chmod 600 {file}")
        return asyncssh.read_private_key(file, passphrase or None)
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise RefusedError(SkipReason.NOT_REACHED, f"the key in {file} cannot be read: {error}") from error


def _dial(address: Address, ways: dict[str, Any]) -> _Link:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True).start()
    try:
        return _run(loop, _open(address, ways, loop))
    except BaseException as error:
        loop.call_soon_threadsafe(loop.stop)
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            told = (
                f"the key of {address.netloc} is not known, or not the one that was: compare its fingerprint with the "
                "administrator's and enter it in known_hosts"
            )
            raise RefusedError(SkipReason.NOT_REACHED, told) from error
        if isinstance(error, asyncssh.PermissionDenied):
            raise RefusedError(SkipReason.NOT_REACHED, "the login is refused") from error
        raise


async def _open(address: Address, ways: dict[str, Any], loop: asyncio.AbstractEventLoop) -> _Link:
    connection = await asyncssh.connect(
        address.host, address.port or 22, config=None, agent_path=None, gss_host=None, x509_trusted_certs=None,
        connect_timeout=PATIENCE, login_timeout=PATIENCE, keepalive_interval=PATIENCE, **ways,
    )  # fmt: skip
    return _Link(loop=loop, connection=connection, client=await connection.start_sftp_client(path_encoding=None))


def _hang_up(link: _Link) -> None:
    link.loop.call_soon_threadsafe(link.connection.abort)
    link.loop.call_soon_threadsafe(link.loop.stop)


def _run(loop: asyncio.AbstractEventLoop, question: Coroutine[Any, Any, _Result]) -> _Result:
    return asyncio.run_coroutine_threadsafe(question, loop).result(IN_ALL)


async def _scan(client: asyncssh.SFTPClient, path: bytes) -> list[asyncssh.SFTPName]:
    found = []
    async for one in client.scandir(path):
        found.append(one)  # counted as they come
        if len(found) > MOST_FILES:
            raise RefusedError(SkipReason.TOO_LARGE, f"it lists more than {MOST_FILES:,} files in one folder")
    return found


async def _true_path(client: asyncssh.SFTPClient, root: bytes) -> bytes:
    if (await client.stat(root)).type != FILEXFER_TYPE_DIRECTORY:
        raise RefusedError(SkipReason.READ_ERROR, "what lies there is no folder")
    return bytes(await client.realpath(root))


async def _is_read_only(client: asyncssh.SFTPClient, root: bytes) -> bool:
    try:
        return bool((await client.statvfs(root)).flags & FXE_STATVFS_ST_RDONLY)
    except asyncssh.SFTPError:
        return False


async def _read(client: asyncssh.SFTPClient, path: bytes, begin: int, most: int) -> tuple[FileStat, bytes]:
    """A part of a file, and its state, which was the same before and after."""
    attributes = await client.lstat(path)
    if attributes.type != FILEXFER_TYPE_REGULAR:
        odd = _odd(path, attributes)
        raise RefusedError(odd.reason, odd.detail)
    async with client.open(path, "rb") as file:
        before = _stat_of(await file.stat())
        data = cast(bytes, await file.read(most, begin)) if most else b""
        if _stat_of(await file.stat()) != before:
            raise RefusedError(SkipReason.CHANGED_WHILE_READ, "")
    return before, data


def _stat_of(attributes: asyncssh.SFTPAttrs) -> FileStat:
    """A file's state; the server numbers no versions, and times have seconds."""
    modified = int(attributes.mtime or 0) * 1_000_000_000
    return FileStat(size=attributes.size or 0, modified_ns=storable(modified))


def _odd(locator: bytes, attributes: asyncssh.SFTPAttrs) -> Odd:
    if attributes.type == FILEXFER_TYPE_SYMLINK:
        return Odd(locator=locator, reason=SkipReason.SYMBOLIC_LINK, detail="links are never followed")
    return Odd(locator=locator, reason=SkipReason.SPECIAL_FILE, detail="not a regular file")
