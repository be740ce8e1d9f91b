"""What is asked of a share: its names, its files, and what a login may do there; only open, read and close are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any
from uuid import uuid4

from smbprotocol.connection import Connection
from smbprotocol.create_contexts import CreateContextName, SMB2CreateContextRequest
from smbprotocol.exceptions import (
    AccessDenied,
    BadNetworkName,
    EndOfFile,
    LogonFailure,
    NoMoreFiles,
    SMBAuthenticationError,
    SMBException,
    SMBUnsupportedFeature,
)
from smbprotocol.file_info import FileAttributes, FileInformationClass
from smbprotocol.open import (
    CreateDisposition,
    CreateOptions,
    DirectoryAccessMask,
    FilePipePrinterAccessMask,
    ImpersonationLevel,
    Open,
    ShareAccess,
)
from smbprotocol.session import Session
from smbprotocol.tree import SMB2TreeConnectRequest, SMB2TreeConnectResponse, SMB2TreeDisconnect, TreeConnect

from pdpo_audit.model.locations.holdings import FileStat, SkipReason, storable
from pdpo_audit.sources.stores.addresses import Address
from pdpo_audit.sources.stores.answers import MOST_FILES, RefusedError, version
from pdpo_audit.sources.stores.lines import PATIENCE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Bytes of one request: what servers allow without asking for more credits.
_BLOCK = 65_536
_SHARED = ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE | ShareAccess.FILE_SHARE_DELETE
#: Tenths of microseconds from 1601 to 1970.
_SINCE = 116_444_736_000_000_000
_LISTED = FileInformationClass.FILE_ID_FULL_DIRECTORY_INFORMATION
#: Where a listing stands in an answer, counted from the header before it; and one name of it, without the name itself.
_ANSWER, _HEADER = Struct("<xxHI"), 64
_ENTRY = Struct("<II4QQQIIIIQ")
#: Rights without which nothing in a share changes.
_CHANGES = (
    DirectoryAccessMask.FILE_ADD_FILE
    | DirectoryAccessMask.FILE_ADD_SUBDIRECTORY
    | DirectoryAccessMask.FILE_DELETE_CHILD
    | DirectoryAccessMask.FILE_WRITE_ATTRIBUTES
)


def dial(address: Address, share: str, login: tuple[str, str] | None) -> TreeConnect:
    connection = Connection(uuid4(), address.host, address.port or 445, require_signing=True)
    try:
        connection.connect(timeout=int(PATIENCE))
        user, password = login or (None, None)
        session = Session(connection, user, password, require_encryption=True)
        session.connect()
        tree = TreeConnect(session, rf"\\{address.host}\{share}")
        tree.connect()
    except BaseException as error:
        connection.disconnect(close=False)
        if isinstance(error, SMBUnsupportedFeature):
            raise RefusedError(SkipReason.NOT_REACHED, "the server cannot encrypt (SMB 3 can)") from error
        if isinstance(error, (LogonFailure, SMBAuthenticationError)):
            raise RefusedError(SkipReason.NOT_REACHED, "the login is refused") from error
        if isinstance(error, (AccessDenied, BadNetworkName)):
            told = f"there is no share {share}, or not for this login"
            raise RefusedError(SkipReason.NOT_REACHED, told) from error
        raise
    return tree


def hang_up(tree: TreeConnect) -> None:
    try:
        tree.session.connection.disconnect(close=True, timeout=5)
    except (OSError, SMBException):  # what is broken cannot say goodbye
        tree.session.connection.disconnect(close=False)


def opened(tree: TreeConnect, path: str, *, folder: bool = False, contexts: Any = None) -> tuple[Open, list[Any]]:
    """A file or folder, opened for reading with everything allowed to others, and what the server told with it."""
    found, wanted = Open(tree, path), FilePipePrinterAccessMask
    rights = wanted.FILE_READ_DATA | wanted.FILE_READ_ATTRIBUTES
    kind = CreateOptions.FILE_DIRECTORY_FILE if folder else CreateOptions.FILE_NON_DIRECTORY_FILE
    answered = found.create(
        ImpersonationLevel.Impersonation, rights, FileAttributes.FILE_ATTRIBUTE_NORMAL, _SHARED,
        CreateDisposition.FILE_OPEN, kind, contexts,
    )  # fmt: skip
    return found, answered or []


@dataclass(frozen=True, slots=True)
class Listed:
    """One name of a folder: bytes, attributes ([MS-FSCC] 2.6), when it was written and changed (ns)."""

    name: str
    size: int
    kind: int
    written: int
    changed: int


def scan(tree: TreeConnect, path: str) -> list[Listed]:
    """Everything in a folder, a block of names at a time, which the library would take far longer to read."""
    (folder, _), found = opened(tree, path, folder=True), list[Listed]()
    line, at = tree.session.connection, (tree.session.session_id, tree.tree_connect_id)
    try:
        while len(found) <= MOST_FILES:
            asked, _ = folder.query_directory("*", _LISTED, flags=0, max_output=_BLOCK, send=False)
            found += _names(bytes(line.receive(line.send(asked, *at))["data"].get_value()))
        raise RefusedError(SkipReason.TOO_LARGE, f"it lists more than {MOST_FILES:,} files in one folder")
    except NoMoreFiles:
        return found
    finally:
        folder.close()


def _names(answer: bytes) -> Iterator[Listed]:
    """The names in an answer ([MS-SMB2] 2.2.34, [MS-FSCC] 2.4.18)."""
    begin, length = _ANSWER.unpack_from(answer)
    block, at = memoryview(answer)[begin - _HEADER : begin - _HEADER + length], 0
    while True:
        following, _, _, _, written, changed, size, _, kind, named, *_ = _ENTRY.unpack_from(block, at)
        name = bytes(block[at + _ENTRY.size : at + _ENTRY.size + named]).decode("utf-16-le", "surrogatepass")
        yield Listed(name, size, kind, _nanoseconds(written), _nanoseconds(changed))
        if following < _ENTRY.size:
            return
        at += following


def most_rights(tree: TreeConnect, path: str) -> int | None:
    """The access mask of the login in a folder, as far as its share lets it."""
    asked = SMB2CreateContextRequest()
    asked["buffer_name"] = CreateContextName.SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST
    folder, answered = opened(tree, path, folder=True, contexts=[asked])
    folder.close()
    told = [one for one in answered if hasattr(one, "fields") and "maximal_access" in one.fields]
    return int(told[0]["maximal_access"].get_value()) & _rights_on_share(tree) if told else None


def _rights_on_share(tree: TreeConnect) -> int:
    """What the share as a whole lets the login do; the library hears it when it connects, and forgets it."""
    asked, line, session = SMB2TreeConnectRequest(), tree.session.connection, tree.session.session_id
    asked["buffer"] = tree.share_name.encode("utf-16-le")
    answer = line.receive(line.send(asked, sid=session))
    said = SMB2TreeConnectResponse()
    said.unpack(answer["data"].get_value())
    again = answer["tree_id"].get_value()
    tree.session.tree_connect_table[again] = tree  # the library sends only what it knows
    line.receive(line.send(SMB2TreeDisconnect(), sid=session, tid=again))
    del tree.session.tree_connect_table[again]
    mask = int(said["maximal_access"].get_value())
    return mask if mask & _CHANGES else 0  # Samba leaves rights in the mask of a read-only share that nobody can use


def read(tree: TreeConnect, path: str, locator: bytes, begin: int, most: int) -> tuple[FileStat, bytes]:
    """A part of a file, and its state when it was opened."""
    (file, _), parts, got = opened(tree, path), list[bytes](), 0
    try:
        stat = state(locator, file.end_of_file, _moment(file.last_write_time), _moment(file.change_time))
        wanted = min(most, stat.size - begin)
        while got < wanted:
            part = file.read(begin + got, min(_BLOCK, wanted - got))
            parts.append(bytes(part))
            got += len(part)
            if not part:
                break
    except EndOfFile:
        pass
    finally:
        file.close()
    return stat, b"".join(parts)


def state(locator: bytes, size: int, written: int, changed: int) -> FileStat:
    """A file's state. When it was made does not count: where no file system tells, Samba takes the earliest of its
    times, and reading it moves one of them."""
    return FileStat(size=size, modified_ns=written, inode=version(locator, size, written, changed))


def _moment(when: datetime) -> int:
    """Nanoseconds of a time that the library read, of which it keeps whole microseconds; 0 for one that cannot be."""
    return storable((when - _EPOCH) // timedelta(microseconds=1) * 1000) if when.tzinfo else 0


def _nanoseconds(when: int) -> int:
    """The same of a time as it travels: tenths of microseconds since 1601."""
    return storable((when - _SINCE) // 10 * 1000)
