"""Paths as they are exported."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pdpo_audit.model.holdings import FolderListing, ImageRef, printable


def test_bytes_that_are_not_utf8_are_written_as_percent_codes() -> None:
    assert printable(b"caf\xe9 \xff.jpg") == "caf%E9 %FF.jpg"
    assert printable("照片 100%.jpg".encode()) == "照片 100%.jpg"


def test_the_path_of_a_member() -> None:
    assert ImageRef(source="s", locator=b"a/scan.tif", member="page/3").path == "a/scan.tif!/page/3"


@given(st.binary(max_size=30))
def test_an_exported_path_is_always_utf8(raw: bytes) -> None:
    assert printable(raw).encode("utf-8").decode() == printable(raw)


def test_a_listing_changes_with_size_time_and_inode() -> None:
    base = FolderListing(source="s", folder=b"", entries=[(b"a", 1, 2, 3)]).digest()
    for entry in ((b"b", 1, 2, 3), (b"a", 9, 2, 3), (b"a", 1, 9, 3), (b"a", 1, 2, 9)):
        assert FolderListing(source="s", folder=b"", entries=[entry]).digest() != base
