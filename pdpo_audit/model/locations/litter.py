"""Folders in which systems keep what people threw away or had before: what lies there is held all the same."""

from __future__ import annotations

import re

#: Names of such folders, as a whole folder's name in any case: freedesktop.org's trash (``.Trash-1000``,
#: ``Trash/files``), macOS, Windows from 95 on, Synology, QNAP, and Samba's recycle module.
_TRASH = re.compile(
    r"(?:^|/)(?:\.trash|\.trashes|\.trash-\d+|trash/files|\$recycle\.bin|recycler|recycled|#recycle|@recycle|\.recycle)/",
    re.IGNORECASE,
)
#: Folders in which file servers keep earlier states: NetApp, ZFS, Btrfs (snapper), QNAP, Synology.
_SNAPSHOTS = re.compile(
    r"(?:^|/)(?:\.snapshot|\.snapshots|\.zfs/snapshot|@recently-snapshot|#snapshot)/", re.IGNORECASE
)
#: Folders of what was set aside: backups, and caches that nothing below says more of.
_SET_ASIDE = re.compile(r"(?:^|/)(?:[._@]{0,2}(?:caches?|bak|back-?ups?)|back-?ups?[ _-][^/]*)/", re.IGNORECASE)
#: Where programs keep small pictures of pictures: folders of Synology (``@eaDir``), QNAP (``.@__thumb``), of desktops,
#: macOS, Apple Photos and Lightroom; files of Windows; in documents the picture of their first page.
_THUMBNAILS = re.compile(
    r"(?:^|/)(?:[._@]{0,4}(?:thumbs?|thumbnails?)|@eadir|quicklook|com\.apple\.quicklook[^/]*|[^/]*previews\.lrdata"
    r"|resources/derivatives|(?:eh)?thumbs(?:_[^/]*)?\.db!|(?:thumb|icon)cache_[^/]*\.db!)/"
    r"|!/docProps/thumbnail\.[^/]*$",
    re.IGNORECASE,
)

#: Files that programs put beside the one that people work with: a second state that a synchronisation could not join
#: (Dropbox, Nextcloud, Syncthing, Synology), and what a download has not finished.
_BESIDE = re.compile(
    r"\([^()/]*(?:conflicted copy|case conflict|conflicting copy|sync conflict)[^()/]*\)[^/]*$"
    r"|\.sync-conflict-\d[^/]*$|_conflict[-_]\d[^/]*$|[(（][^()（）/]*(?:衝突|冲突)[^()（）/]*[)）][^/]*$"
    r"|\.(?:part|partial|crdownload|opdownload|filepart)$",
    re.IGNORECASE,
)

#: How the names of folders begin in which copies wait that a plan of disposition took out of their places. They are
#: held and known by the places where they were; a scan does not look for them here.
QUARANTINE = b".pdpo-quarantine-"


def in_trash(place: str) -> bool:
    """Whether a printed place lies in a trash or recycle folder."""
    return _TRASH.search(place) is not None


def is_spare(place: str) -> bool:
    """Whether a printed place lies where nobody works: in trash, or in an earlier state that a file server keeps."""
    return in_trash(place) or _SNAPSHOTS.search(place) is not None


def is_cached_thumbnail(place: str) -> bool:
    """Whether a printed place is one where programs keep small pictures of pictures, also of those that are gone."""
    return _THUMBNAILS.search(place) is not None


def is_set_aside(place: str) -> bool:
    """Whether a printed place lies where no master is kept: a spare place, a folder of a cache, of thumbnails or of
    backups, or beside the file that people work with."""
    return is_spare(place) or is_cached_thumbnail(place) or any(one.search(place) for one in (_SET_ASIDE, _BESIDE))
