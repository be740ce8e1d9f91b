"""Listings of keys with their versions, turned into folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.sources.stores.answers import Found, Odd, is_name, misnamed, version


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One line of a listing: an object, an older version of it, or the mark of a deletion."""

    key: bytes
    size: int
    modified_ns: int
    tag: str
    latest: bool
    deleted: bool


def folders_of(versions: Iterable[Version]) -> Iterator[Found]:
    """Every folder once all keys in it came; keys come in the order of their bytes.

    What a plain deletion leaves behind is told beside its object: older versions, and marks of deletions.
    """
    open_folders = [Found(folder=b"")]
    for key, group in groupby(versions, key=lambda one: one.key):
        folder, _, name = key.rpartition(b"/")
        if not _is_key(key):
            open_folders[0].odd += [misnamed(b"", key)] if name or any(one.size for one in group) else []
            continue
        while not _lies_in(folder, open_folders[-1].folder):
            yield open_folders.pop()
        if folder != open_folders[-1].folder:
            open_folders.append(Found(folder=folder))
        _add(open_folders[-1], key, name, list(group))
    while open_folders:
        yield open_folders.pop()


def _is_key(key: bytes) -> bool:
    """Whether a key can be a place: not empty, nothing in it leads elsewhere, and no folder's name is empty at its
    beginning or end. A key with a slash at its end and no bytes is how some programs make a folder."""
    parts = key.split(b"/")
    return bool(parts[0]) and bool(parts[-1]) and all(is_name(one) for one in parts if one)


def _lies_in(folder: bytes, top: bytes) -> bool:
    return not top or folder == top or folder.startswith(top + b"/")


def _add(found: Found, key: bytes, name: bytes, versions: list[Version]) -> None:
    """Enter what is listed of one key."""
    current = next((one for one in versions if one.latest and not one.deleted), None)
    if current is not None:
        found.entries.append((name, current.size, current.modified_ns, version(key, current.tag)))
    older = [one for one in versions if one is not current and not one.deleted]
    marks = sum(one.deleted for one in versions)
    if older or marks:
        told = [f"{amount(len(older), 'older version')} ({sum(one.size for one in older):,} bytes)"] if older else []
        told += [amount(marks, "mark of a deletion", "marks of deletions")] if marks else []
        found.odd.append(Odd(locator=key, reason=SkipReason.OLDER_VERSIONS, detail=" and ".join(told)))
