"""A store as a source: read by its address, connected when it is used.

Naming a place in it needs neither its login nor its library; where one is missing, the source is not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module

from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, ImageRef, Skipped, SkipReason, locate
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.model.locations.roots import Reach, RootIdentity
from pdpo_audit.sources.choosing import Choice
from pdpo_audit.sources.stores.addresses import Address, read_address
from pdpo_audit.sources.stores.answers import Found, PartlyRead, RefusedError, Store, Unlisted


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of store: the module of ``kinds`` that knows it (``connect(address) -> Store``), and the extra for it."""

    module: str
    extra: str = ""
    options: tuple[str, ...] = ("credential",)
    in_clear: tuple[str, ...] = ()
    user: bool = False


_WEBDAV = Kind(module="webdav", extra="webdav", in_clear=("webdav",))
_IMAP = Kind(module="imap", in_clear=("imap",))
#: The kinds of stores that come with the program, by scheme.
KINDS = {
    "webdav": _WEBDAV, "webdavs": _WEBDAV,
    "s3": Kind(module="s3", extra="s3", options=("credential", "endpoint", "region", "profile")),
    "sftp": Kind(module="sftp", extra="sftp", options=("credential", "key", "known_hosts"), user=True),
    "smb": Kind(module="smb", extra="smb"),
    "imap": _IMAP, "imaps": _IMAP,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSource:
    """All files of a store that the settings let in."""

    name: str
    uri: str
    choosing: Choice
    connect: Callable[[], Store]
    _connected: list[Store] = field(default_factory=list, init=False, repr=False, compare=False)

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """Every folder with the files in it; what cannot be listed or is named strangely is ``Skipped``."""
        try:
            for one in self._store().listings():
                yield from self._told(one)
        except RefusedError as refused:
            yield from self._told(Unlisted(folder=b"", reason=refused.reason, detail=refused.detail))

    def _told(self, one: Found | Unlisted) -> Iterator[FolderListing | Skipped]:
        if isinstance(one, Unlisted):
            told = f"folder cannot be listed: {one.detail}" if one.folder else one.detail
            yield self._skipped(one.folder or b".", one.reason, told)
            return
        for odd in one.odd:
            skipped = self._skipped(odd.locator, odd.reason, odd.detail)
            if not self.choosing.refuses(skipped.ref.path):
                yield skipped
        entries = one.entries
        if not self.choosing.is_all:
            entries = [entry for entry in entries if self.choosing.is_worth_reading(locate(one.folder, entry[0]))]
        yield FolderListing(source=self.name, folder=one.folder, entries=entries)

    def _skipped(self, locator: bytes, reason: SkipReason, detail: str) -> Skipped:
        return Skipped(ref=ImageRef(source=self.name, locator=locator), reason=reason, detail=detail)

    def wants(self, locator: bytes, member: str = "") -> bool:
        """Whether the settings let this file in, or a picture in it."""
        return self.choosing.wants(locator, member)

    def choice(self) -> str:
        """What the settings let in and leave out."""
        return str(self.choosing)

    def identity(self) -> RootIdentity | None:
        """The store as it names itself; ``None`` where it does not answer, or lets nobody in."""
        try:
            return RootIdentity(device=0, inode=0, store=self._store().identity())
        except RefusedError:
            return None

    def reach(self) -> Reach:
        """Whether the store lets itself be listed, and what else its login may do there."""
        try:
            store = self._store()
            store.identity()
            return Reach(problem="", beyond=store.beyond())
        except RefusedError as refused:
            return Reach(problem=refused.detail, beyond=None)

    def open(self, locator: bytes) -> PartlyRead:
        """The file at a locator of the listings, with its start. Raises ``ImageProblem``."""
        try:
            return self._store().open(locator)
        except RefusedError as refused:
            raise ImageProblem(refused.reason, refused.detail) from refused

    def close(self) -> None:
        """Close the connections."""
        for store in self._connected:
            store.close()

    def _store(self) -> Store:
        if not self._connected:
            self._connected.append(self.connect())
        return self._connected[0]


def open_store(spec: SourceSpec) -> StoreSource:
    """The store at a URI of a scheme of ``KINDS``. Raises ``SettingsError`` for an address that cannot be."""
    kind = KINDS[spec.scheme]
    address = read_address(spec, kind.options, in_clear=kind.in_clear, user=kind.user)
    return StoreSource(
        name=spec.name, uri=spec.uri, choosing=Choice(include=spec.include, exclude=spec.exclude),
        connect=partial(_connect, kind, address),
    )  # fmt: skip


def _connect(kind: Kind, address: Address) -> Store:
    try:
        connect: Callable[[Address], Store] = import_module(f"pdpo_audit.sources.stores.kinds.{kind.module}").connect
    except ModuleNotFoundError as error:
        needed = f'{address.scheme}: needs the extra {kind.extra}: pip install "pdpo-audit[{kind.extra}]"'
        raise RefusedError(SkipReason.NOT_REACHED, needed) from error
    return connect(address)
