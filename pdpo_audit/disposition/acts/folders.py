"""Acts in a folder or a mounted share: by handles, through a quarantine in the same mount, put back where in doubt."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from pdpo_audit.disposition.acts import handles
from pdpo_audit.disposition.acts.handles import told
from pdpo_audit.disposition.acts.sharing import shares_blocks
from pdpo_audit.model.disposition.acts import Detail
from pdpo_audit.model.locations.litter import QUARANTINE
from pdpo_audit.ports.disposers import LeftAlone, Taken


@dataclass(slots=True, kw_only=True)
class FolderDisposer:
    """Acts below ``root`` (bytes). ``mark`` names this workspace's quarantine; ``device`` and ``inode`` are those of
    the root that was scanned: another one at its place is not acted on."""

    root: bytes
    mark: bytes
    device: int
    inode: int
    _root: int = field(default=-1, repr=False)
    _touched: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)

    def take(self, locator: bytes, sha256: str, name: bytes) -> Taken:
        """Digest through the handle, rename, look whether it is the same file, digest again; else put back."""
        with self._way(locator) as (way, last), handles.regular(way[-1], last) as file:
            status = os.fstat(file)
            if handles.digest(file) != sha256:
                raise LeftAlone(Detail.CHANGED, "its bytes are not those of the plan")
            depth = _highest(way)
            with self._quarantine(way[depth]) as quarantine:
                if not handles.is_same(way[-1], last, status):
                    raise LeftAlone(Detail.CHANGED, "another file is at its place now")
                handles.move(way[-1], last, quarantine, name, private=True)
                caught = handles.is_same(quarantine, name, status)
                if not caught or handles.digest(file) != sha256:
                    self._return(quarantine, name, way[-1], last)
                    raise LeftAlone(Detail.CHANGED, "it changed while it was taken, and was put back")
                self._touch(quarantine, way[-1])
            above = b"/".join(locator.split(b"/")[:depth])
            place = b"/".join(part for part in (above, self._folder, name) if part)
            return Taken(
                place=place, device=status.st_dev, inode=status.st_ino, links=status.st_nlink,
                shared=shares_blocks(file),
            )  # fmt: skip

    def find(self, locator: bytes, sha256: str, name: bytes) -> Taken | None:
        """Look for it in every quarantine on the way to its place."""
        parts = locator.split(b"/")[:-1]
        for depth in range(len(parts), -1, -1):
            place = b"/".join((*parts[:depth], self._folder, name))
            try:
                with self._way(place) as (way, last), handles.regular(way[-1], last) as file:
                    if handles.digest(file) != sha256:
                        raise LeftAlone(Detail.UNSURE, "other bytes lie under its name in the quarantine")
                    status = os.fstat(file)
                    return Taken(
                        place=place, device=status.st_dev, inode=status.st_ino, links=status.st_nlink,
                        shared=shares_blocks(file),
                    )  # fmt: skip
            except LeftAlone as alone:
                if alone.detail is not Detail.MISSING:
                    raise
        return None

    def put_back(self, taken: Taken, locator: bytes, sha256: str) -> str:
        """Rename it back; folders that are gone are made anew, and that is said."""
        with self._held(taken, sha256) as (quarantine, name, _):
            words = self._make_way(locator)
            with self._way(locator) as (way, last):
                try:
                    handles.move(quarantine, name, way[-1], last)
                except FileExistsError as error:
                    raise LeftAlone(Detail.STRANDED, "something else lies at its place now") from error
                self._touch(quarantine, way[-1])
        return words

    def erase(self, taken: Taken, sha256: str) -> None:
        """Digest once more, unlink, look again."""
        with self._held(taken, sha256) as (quarantine, name, _):
            os.unlink(name, dir_fd=quarantine)
            self._touch(quarantine)
            if handles.exists(quarantine, name):
                raise LeftAlone(Detail.HIDDEN, "it is still there after it was unlinked")

    def move_on(self, taken: Taken, sha256: str, root: bytes, locator: bytes) -> Taken:
        """Rename it to a place below ``root``; folders are made on the way, readable by their owner only."""
        target = FolderDisposer(root=root, mark=self.mark, device=0, inode=0)
        try:
            with self._held(taken, sha256) as (quarantine, name, _), told():
                target._make_way(locator)
                with target._way(locator) as (way, last):
                    handles.move(quarantine, name, way[-1], last)
                    self._touch(quarantine, way[-1])
        finally:
            target.close()
        return Taken(place=locator, device=taken.device, inode=taken.inode, links=taken.links, shared=taken.shared)

    def put(self, locator: bytes, content: bytes, like: Taken) -> str:
        """Write beside, read back, and give it the name that nothing else has."""
        wanted = hashlib.sha256(content).hexdigest()
        with self._way(like.place) as (way, last):
            mode = os.stat(last, dir_fd=way[-1], follow_symlinks=False).st_mode
        with self._way(locator) as (way, last):
            part = b".pdpo-" + hashlib.sha256(locator).hexdigest()[:24].encode() + b".part"
            with suppress(FileNotFoundError):
                os.unlink(part, dir_fd=way[-1])
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            made = os.open(part, flags, 0o600, dir_fd=way[-1])
            try:
                view = memoryview(content)
                while view:
                    view = view[os.write(made, view) :]
                os.fchmod(made, stat.S_IMODE(mode))
                os.fsync(made)
                if handles.digest(made) != wanted:
                    raise LeftAlone(Detail.READ_ERROR, "what was written is not what is read back")
                handles.move(way[-1], part, way[-1], last)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(part, dir_fd=way[-1])
                raise
            finally:
                os.close(made)
            self._touch(way[-1])
        return wanted

    def read(self, taken: Taken, sha256: str, limit: int) -> bytes:
        """Its bytes, of exactly this digest."""
        with self._held(taken, sha256) as (_, _, file):
            size = os.fstat(file).st_size
            if size > limit:
                raise LeftAlone(Detail.NOT_MASKED, f"it has {size:,} bytes, more than {limit:,}")
            content = os.pread(file, size, 0)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise LeftAlone(Detail.CHANGED, "it changed while it was read")
        return content

    def check(self, locator: bytes, sha256: str, apart: Taken | None) -> None:
        """Opened without following, another file than the one that goes, read whole."""
        with self._way(locator) as (way, last), handles.regular(way[-1], last) as file:
            status = os.fstat(file)
            if apart is not None and (status.st_dev, status.st_ino) == (apart.device, apart.inode):
                raise LeftAlone(Detail.NO_COPY_LEFT, "the copy that stays is the same file under another name")
            if self._folder in locator.split(b"/"):
                raise LeftAlone(Detail.NO_COPY_LEFT, "the copy that stays lies in a quarantine")
            if handles.digest(file) != sha256 or not handles.is_same(way[-1], last, status):
                raise LeftAlone(Detail.NO_COPY_LEFT, "the copy that stays has other bytes now")

    def is_free(self, locator: bytes) -> bool:
        """Whether nothing is at a place; its folder may be gone, too."""
        try:
            with self._way(locator) as (way, last):
                return not handles.exists(way[-1], last)
        except LeftAlone as alone:
            if alone.detail is Detail.MISSING:
                return True
            raise

    def sync(self) -> None:
        """Sync every folder that names were moved in or out of."""
        with told():
            for handle in self._touched.values():
                handles.sync(handle)
        self._let_go()

    def close(self) -> None:
        """Close the root and the folders that were kept for ``sync``."""
        self._let_go()
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    @property
    def _folder(self) -> bytes:
        return QUARANTINE + self.mark

    @contextmanager
    def _way(self, locator: bytes) -> Iterator[tuple[list[int], bytes]]:
        with told(), handles.way_to(self._opened(), locator) as way:
            yield way

    def _opened(self) -> int:
        if self._root < 0:
            try:
                self._root = handles.open_root(self.root)
            except OSError as error:
                raise LeftAlone(Detail.NOT_REACHED, error.strerror or str(error)) from error
            status = os.fstat(self._root)
            if self.inode and (status.st_dev, status.st_ino) != (self.device, self.inode):
                raise LeftAlone(Detail.NOT_REACHED, "another folder lies there than the one that was scanned")
        return self._root

    @contextmanager
    def _quarantine(self, above: int) -> Iterator[int]:
        """The quarantine in a folder, made where there is none: ours alone, and a folder itself."""
        with suppress(FileExistsError):
            os.mkdir(self._folder, 0o700, dir_fd=above)
            handles.sync(above)
        found = handles.open_below(above, self._folder)
        try:
            status = os.fstat(found)
            if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
                raise LeftAlone(Detail.NO_PERMISSION, "the quarantine is not this account's alone")
            yield found
        finally:
            os.close(found)

    @contextmanager
    def _held(self, taken: Taken, sha256: str) -> Iterator[tuple[int, bytes, int]]:
        """A copy in the quarantine: the folder, its name there, and the file, which is the one that was taken."""
        with self._way(taken.place) as (way, name), handles.regular(way[-1], name) as file:
            status = os.fstat(file)
            if taken.inode and status.st_ino != taken.inode:
                raise LeftAlone(Detail.UNSURE, "another file lies under its name in the quarantine")
            if handles.digest(file) != sha256 or not handles.is_same(way[-1], name, status):
                raise LeftAlone(Detail.CHANGED, "its bytes changed while it waited")
            yield way[-1], name, file

    def _make_way(self, locator: bytes) -> str:
        parts = locator.split(b"/")[:-1]
        made = False
        with told():
            here = os.dup(self._opened())
            try:
                for part in parts:
                    with suppress(FileExistsError):
                        os.mkdir(part, 0o700, dir_fd=here)
                        made = True
                        handles.sync(here)
                    deeper = handles.open_below(here, part)
                    os.close(here)
                    here = deeper
            finally:
                os.close(here)
        return "its folder was gone and was made anew" if made else ""

    def _return(self, quarantine: int, name: bytes, folder: int, last: bytes) -> None:
        try:
            handles.move(quarantine, name, folder, last)
        except OSError as error:
            words = "it was caught by mistake, and its place is taken: it lies in the quarantine"
            raise LeftAlone(Detail.STRANDED, words) from error

    def _touch(self, *folders: int) -> None:
        for folder in folders:
            status = os.fstat(folder)
            key = (status.st_dev, status.st_ino)
            if key not in self._touched:
                if len(self._touched) >= 200:
                    self.sync()
                self._touched[key] = os.dup(folder)

    def _let_go(self) -> None:
        for handle in self._touched.values():
            os.close(handle)
        self._touched.clear()


def _highest(way: list[int]) -> int:
    """How deep the highest folder lies that a rename can reach: one quarantine for each mount or subvolume."""
    home = handles.volume(way[-1])
    depth = len(way) - 1
    while depth and handles.volume(way[depth - 1]) == home:
        depth -= 1
    return depth
