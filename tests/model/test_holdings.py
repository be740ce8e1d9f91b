"""Folders as a re-scan compares them."""

from __future__ import annotations

from pdpo_audit.model.locations.holdings import FolderListing


def test_a_listing_changes_with_size_time_and_inode() -> None:
    base = FolderListing(source="s", folder=b"", entries=[(b"a", 1, 2, 3)]).digest()
    for entry in ((b"b", 1, 2, 3), (b"a", 9, 2, 3), (b"a", 1, 9, 3), (b"a", 1, 2, 9)):
        assert FolderListing(source="s", folder=b"", entries=[entry]).digest() != base
