"""SMB (Windows file servers, Samba, NAS): listed with sizes at once, read in two parts, encrypted, nobody locked out.

``smb://host/share/path?credential=env:NAME`` (``user:password``; ``DOMAIN\\user`` for a domain). Without a credential
the Kerberos ticket of whoever runs the program is used, where the system has one. Referrals to other servers (DFS)
are not followed: name the server where the files are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from smbprotocol.connection import Connection
from smbprotocol.create_contexts import CreateContextName, SMB2CreateContextRequest
from smbprotocol.exceptions import (
    AccessDenied,
    BadNetworkName,
    EndOfFile,
    InsuffServerResources,
    IOTimeout,
    LogonFailure,
    NoMoreFiles,
    ObjectNameNotFound,
    ObjectPathNotFound,
    RequestNotAccepted,
    SharingViolation,
    SMBAuthenticationError,
    SMBConnectionClosed,
    SMBException,
    SMBResponseException,
    SMBUnsupportedFeature,
    UserSessionDeleted,
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

from pdpo_audit.model.locations.holdings import FileStat, SkipReason, locate, storable
from pdpo_audit.sources.stores.addresses import Address
from pdpo_audit.sources.stores.answers import (
    MOST_FILES,
    START,
    Found,
    Odd,
    PartlyRead,
    RefusedError,
    Unlisted,
    is_name,
    misnamed,
    version,
    walk,
)
from pdpo_audit.sources.stores.lines import PATIENCE, Line
from pdpo_audit.sources.stores.secrets import login_of

_Result = TypeVar("_Result")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Bytes of one request: what servers allow without asking for more credits.
_BLOCK = 65_536
_SHARED = ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE | ShareAccess.FILE_SHARE_DELETE
#: On disk here only by name: reading it would bring it back from elsewhere.
_AWAY = FileAttributes.FILE_ATTRIBUTE_OFFLINE | FileAttributes.FILE_ATTRIBUTE_RECALL_ON_OPEN | 0x0040_0000
_REASONS: dict[type[Exception], SkipReason] = {
    AccessDenied: SkipReason.NO_PERMISSION, ObjectNameNotFound: SkipReason.VANISHED,
    ObjectPathNotFound: SkipReason.VANISHED, SharingViolation: SkipReason.READ_ERROR,
}  # fmt: skip
#: Answers after which a new connection helps.
_BROKEN = (UserSessionDeleted, RequestNotAccepted, InsuffServerResources, IOTimeout)
#: Rights without which nothing in a share changes.
_CHANGES = (
    DirectoryAccessMask.FILE_ADD_FILE
    | DirectoryAccessMask.FILE_ADD_SUBDIRECTORY
    | DirectoryAccessMask.FILE_DELETE_CHILD
    | DirectoryAccessMask.FILE_WRITE_ATTRIBUTES
)
#: What an access mask ([MS-SMB2] 2.2.13.1) lets a login do beyond reading.
_RIGHTS = {
    DirectoryAccessMask.FILE_ADD_FILE: "create", DirectoryAccessMask.FILE_ADD_SUBDIRECTORY: "create folders",
    DirectoryAccessMask.FILE_DELETE_CHILD: "delete", DirectoryAccessMask.DELETE: "delete",
    DirectoryAccessMask.FILE_WRITE_ATTRIBUTES: "change times and attributes",
    DirectoryAccessMask.WRITE_DAC: "change rights", DirectoryAccessMask.WRITE_OWNER: "change owners",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A folder of a share and all below it; ``address`` as it is told."""

    address: str
    root: bytes
    line: Line[TreeConnect]

    def listings(self) -> Iterator[Found | Unlisted]:
        """Every folder, from the top down."""
        return walk(self._list)

    def _list(self, folder: bytes) -> Found:
        found = Found(folder=folder)
        for one in self._asked(lambda tree: _scan(tree, self._path(folder))):
            name = bytes(one["file_name"].get_value()).decode("utf-16-le", "surrogatepass")
            raw, kind = name.encode("utf-8", "surrogatepass"), one["file_attributes"].get_value()
            if name in (".", ".."):
                continue
            if not is_name(raw) or "\\" in name:
                found.odd.append(misnamed(folder, raw))
            elif kind & FileAttributes.FILE_ATTRIBUTE_REPARSE_POINT:
                told = "links are never followed"
                found.odd.append(Odd(locator=locate(folder, raw), reason=SkipReason.SYMBOLIC_LINK, detail=told))
            elif kind & FileAttributes.FILE_ATTRIBUTE_DIRECTORY:
                found.subfolders.append(raw)
            elif kind & _AWAY:
                told = "it lies elsewhere, and reading it would bring it back"
                found.odd.append(Odd(locator=locate(folder, raw), reason=SkipReason.READ_ERROR, detail=told))
            else:
                times = [one[when].get_value() for when in ("last_write_time", "change_time")]
                stat = _stat(locate(folder, raw), one["end_of_file"].get_value(), *times)
                found.entries.append((raw, stat.size, stat.modified_ns, stat.inode))
        return found

    def _path(self, locator: bytes) -> str:
        whole = b"/".join(part for part in (self.root, locator) if part)
        return whole.decode("utf-8", "surrogatepass").replace("/", "\\")

    def _asked(self, question: Callable[[TreeConnect], _Result]) -> _Result:
        """What the server answers. Raises ``RefusedError``."""

        def ask(tree: TreeConnect) -> _Result:
            try:
                return question(tree)
            except SMBResponseException as error:
                if isinstance(error, _BROKEN):
                    raise
                reason = _REASONS.get(type(error), SkipReason.READ_ERROR)
                raise RefusedError(reason, f"the server answers {type(error).__name__}") from error

        return self.line.ask(ask)

    def identity(self) -> str:
        """Server, share and path of the folder."""
        self._asked(lambda tree: _opened(tree, self._path(b""), folder=True)[0].close())
        return f"smb://{self.address}/{self._path(b'')}"

    def beyond(self) -> tuple[str, ...] | None:
        """What the login may do in the folder beyond reading, as the server counts it."""
        mask = self._asked(lambda tree: _most_rights(tree, self._path(b"")))
        return None if mask is None else tuple(sorted({word for right, word in _RIGHTS.items() if mask & right}))

    def open(self, locator: bytes) -> PartlyRead:
        """The file at a locator of the listings, with its start."""
        stat, start = self._asked(lambda tree: _read(tree, self._path(locator), locator, 0, START))
        return PartlyRead(stat=stat, start=start, rest=lambda: self._rest(locator, stat, len(start)))

    def _rest(self, locator: bytes, opened: FileStat, had: int) -> bytes:
        path = self._path(locator)
        stat, data = self._asked(lambda tree: _read(tree, path, locator, had, opened.size - had))
        if stat != opened or self._asked(lambda tree: _read(tree, path, locator, 0, 0))[0] != opened:
            raise RefusedError(SkipReason.CHANGED_WHILE_READ, "")
        return data

    def close(self) -> None:
        """Close the connection."""
        self.line.close()


def connect(address: Address) -> Share:
    """The folder at an address. Raises ``RefusedError`` where its login cannot be had."""
    share, _, root = address.path.removeprefix(b"/").partition(b"/")
    if not share:
        raise RefusedError(SkipReason.NOT_REACHED, "the address names no share: smb://HOST/SHARE")
    login = login_of(address.credential)
    name = f"{address.netloc}/{share.decode('utf-8', 'replace')}"
    return Share(
        address=name, root=root,
        line=Line(dial=lambda: _dial(address, share.decode("utf-8", "replace"), login), hang_up=_hang_up,
                  broken=(OSError, SMBConnectionClosed, SMBException)),
    )  # fmt: skip


def _dial(address: Address, share: str, login: tuple[str, str] | None) -> TreeConnect:
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


def _hang_up(tree: TreeConnect) -> None:
    try:
        tree.session.connection.disconnect(close=True, timeout=5)
    except (OSError, SMBException):  # what is broken cannot say goodbye
        tree.session.connection.disconnect(close=False)


def _opened(tree: TreeConnect, path: str, *, folder: bool = False, contexts: Any = None) -> tuple[Open, list[Any]]:
    """A file or folder, opened for reading with everything allowed to others, and what the server told with it."""
    found, wanted = Open(tree, path), FilePipePrinterAccessMask
    rights = wanted.FILE_READ_DATA | wanted.FILE_READ_ATTRIBUTES
    kind = CreateOptions.FILE_DIRECTORY_FILE if folder else CreateOptions.FILE_NON_DIRECTORY_FILE
    answered = found.create(
        ImpersonationLevel.Impersonation, rights, FileAttributes.FILE_ATTRIBUTE_NORMAL, _SHARED,
        CreateDisposition.FILE_OPEN, kind, contexts,
    )  # fmt: skip
    return found, answered or []


def _scan(tree: TreeConnect, path: str) -> list[Any]:
    """Everything in a folder, a block of names at a time."""
    (folder, _), found = _opened(tree, path, folder=True), list[Any]()
    try:
        while len(found) <= MOST_FILES:
            found += folder.query_directory("*", FileInformationClass.FILE_ID_FULL_DIRECTORY_INFORMATION, flags=0)
        raise RefusedError(SkipReason.TOO_LARGE, f"it lists more than {MOST_FILES:,} files in one folder")
    except NoMoreFiles:
        return found
    finally:
        folder.close()


def _most_rights(tree: TreeConnect, path: str) -> int | None:
    """The access mask of the login in a folder, as far as its share lets it."""
    asked = SMB2CreateContextRequest()
    asked["buffer_name"] = CreateContextName.SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST
    folder, answered = _opened(tree, path, folder=True, contexts=[asked])
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


def _read(tree: TreeConnect, path: str, locator: bytes, begin: int, most: int) -> tuple[FileStat, bytes]:
    """A part of a file, and its state when it was opened."""
    (file, _), parts, got = _opened(tree, path), list[bytes](), 0
    try:
        stat = _stat(locator, file.end_of_file, file.last_write_time, file.change_time)
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


def _stat(locator: bytes, size: int, written: datetime, changed: datetime) -> FileStat:
    """A file's state. When it was made does not count: where no file system tells, Samba takes the earliest of its
    times, and reading it moves one of them."""
    token = version(locator, size, _moment(written), _moment(changed))
    return FileStat(size=size, modified_ns=_moment(written), inode=token)


def _moment(when: datetime) -> int:
    """Nanoseconds, of which the library keeps whole microseconds; 0 for a time that cannot be."""
    if when.tzinfo is None:
        return 0
    return storable((when - _EPOCH) // timedelta(microseconds=1) * 1000)
