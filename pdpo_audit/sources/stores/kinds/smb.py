"""SMB (Windows file servers, Samba, NAS): listed with sizes at once, read in two parts, encrypted, nobody locked out.

``smb://host/share/path?credential=env:NAME`` (``user:password``; ``DOMAIN\\user`` for a domain). Without a credential
the Kerberos ticket of whoever runs the program is used, where the system has one. Referrals to other servers (DFS)
are not followed: name the server where the files are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from smbprotocol import exceptions
from smbprotocol.file_info import FileAttributes
from smbprotocol.open import DirectoryAccessMask
from smbprotocol.tree import TreeConnect

from pdpo_audit.model.locations.holdings import FileStat, SkipReason, locate
from pdpo_audit.sources.stores.addresses import Address
from pdpo_audit.sources.stores.answers import (
    START,
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
from pdpo_audit.sources.stores.kinds.shares import dial, hang_up, most_rights, opened, read, scan, state
from pdpo_audit.sources.stores.lines import Line
from pdpo_audit.sources.stores.secrets import login_of

_Result = TypeVar("_Result")
#: On disk here only by name: reading it would bring it back from elsewhere.
_AWAY = FileAttributes.FILE_ATTRIBUTE_OFFLINE | FileAttributes.FILE_ATTRIBUTE_RECALL_ON_OPEN | 0x0040_0000
_REASONS: dict[type[Exception], SkipReason] = {
    exceptions.AccessDenied: SkipReason.NO_PERMISSION, exceptions.ObjectNameNotFound: SkipReason.VANISHED,
    exceptions.ObjectPathNotFound: SkipReason.VANISHED, exceptions.SharingViolation: SkipReason.READ_ERROR,
}  # fmt: skip
#: Answers after which a new connection helps.
_BROKEN = (
    exceptions.UserSessionDeleted,
    exceptions.RequestNotAccepted,
    exceptions.InsuffServerResources,
    exceptions.IOTimeout,
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
        for one in self._asked(lambda tree: scan(tree, self._path(folder))):
            raw = one.name.encode("utf-8", "surrogatepass")
            if one.name in (".", ".."):
                continue
            if not is_name(raw) or "\\" in one.name:
                found.odd.append(misnamed(folder, raw))
            elif one.kind & FileAttributes.FILE_ATTRIBUTE_REPARSE_POINT:
                told = "links are never followed"
                found.odd.append(Odd(locator=locate(folder, raw), reason=SkipReason.SYMBOLIC_LINK, detail=told))
            elif one.kind & FileAttributes.FILE_ATTRIBUTE_DIRECTORY:
                found.subfolders.append(raw)
            elif one.kind & _AWAY:
                told = "it lies elsewhere, and reading it would bring it back"
                found.odd.append(Odd(locator=locate(folder, raw), reason=SkipReason.READ_ERROR, detail=told))
            else:
                stat = state(locate(folder, raw), one.size, one.written, one.changed)
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
            except exceptions.SMBResponseException as error:
                if isinstance(error, _BROKEN):
                    raise
                reason = _REASONS.get(type(error), SkipReason.READ_ERROR)
                raise RefusedError(reason, f"the server answers {type(error).__name__}") from error

        return self.line.ask(ask)

    def identity(self) -> str:
        """Server, share and path of the folder."""
        self._asked(lambda tree: opened(tree, self._path(b""), folder=True)[0].close())
        return f"smb://{self.address}/{self._path(b'')}"

    def beyond(self) -> tuple[str, ...] | None:
        """What the login may do in the folder beyond reading, as the server counts it."""
        mask = self._asked(lambda tree: most_rights(tree, self._path(b"")))
        return None if mask is None else tuple(sorted({word for right, word in _RIGHTS.items() if mask & right}))

    def open(self, locator: bytes) -> PartlyRead:
        """The file at a locator of the listings, with its start."""
        path = self._path(locator)

        def part(at: int, most: int) -> tuple[FileStat, bytes]:
            stat, data = self._asked(lambda tree: read(tree, path, locator, at, most))
            if (at, most) != (0, START) and self._asked(lambda tree: read(tree, path, locator, 0, 0))[0] != stat:
                raise RefusedError(SkipReason.CHANGED_WHILE_READ, "")
            return stat, data

        return in_two_parts(part)

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
        line=Line(dial=lambda: dial(address, share.decode("utf-8", "replace"), login), hang_up=hang_up,
                  broken=(OSError, exceptions.SMBConnectionClosed, exceptions.SMBException)),
    )  # fmt: skip
