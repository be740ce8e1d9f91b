"""Packed data is read whole or refused: whatever is packed comes back, and no bit of its end is free."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdpo_audit.signing.verification import verify_path
from pdpo_audit.signing.workbook.native_checks import check_native
from pdpo_audit.signing.workbook.unpacking import unpack

from .material import LATER, sealed_workbook, write_audit

#: The native signature covers them in no program; ``verify`` says so.
PROPERTIES = ("docProps/app.xml", "docProps/core.xml")


def packed(content: bytes, level: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        archive.writestr("part", content)
    return stream.getvalue()


def whole(package: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return b"".join(unpack(archive, archive.getinfo("part")))


@settings(max_examples=150, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=400), st.text("ab\n<c>", max_size=400).map(str.encode)),
    times=st.integers(0, 60),
    level=st.integers(0, 9),
)
def test_what_is_packed_comes_back(content: bytes, times: int, level: int) -> None:
    assert whole(packed(content * times, level)) == content * times


def test_more_than_a_block_comes_back() -> None:
    content = random.Random(7).randbytes(1 << 20) + b"abc" * 2_000_000
    assert whole(packed(content, 4)) == content


@pytest.mark.parametrize("seed", range(20))
def test_no_bit_at_the_end_of_packed_data_is_free(seed: int) -> None:
    """Of text that hardly repeats itself: a repetition can point at either of two places that read the same."""
    letters = random.Random(seed)
    content = bytes(letters.choices(range(32, 127), k=5 + seed * 7))
    package = packed(content, 1 + seed % 9)
    ((_, last),) = ends(package)
    for bit in range(16):
        changed = bytearray(package)
        changed[last - bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="part"):
            whole(bytes(changed))


def ends(package: bytes) -> list[tuple[str, int]]:
    """Each packed member with the place of its last byte."""
    found = []
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for info in archive.infolist():
            lengths = package[info.header_offset + 26 : info.header_offset + 30]
            name, extra = int.from_bytes(lengths[:2], "little"), int.from_bytes(lengths[2:], "little")
            if info.compress_type == zipfile.ZIP_DEFLATED and info.filename not in PROPERTIES:
                found.append((info.filename, info.header_offset + 29 + name + extra + info.compress_size))
    return found


def test_a_workbook_without_its_detached_seal_has_no_free_bit_at_the_end_of_a_part() -> None:
    workbook = sealed_workbook().workbook
    assert all(check.verdict == "proved" for check in check_native("w.xlsx", workbook).checks)
    for name, last in ends(workbook):
        for bit in range(24):
            changed = bytearray(workbook)
            changed[last - bit // 8] ^= 1 << bit % 8
            assert any(check.verdict == "failed" for check in check_native("w.xlsx", bytes(changed)).checks), (
                name,
                bit,
            )


@pytest.mark.parametrize("back", [0, 1])
def test_nor_has_a_bundle(back: int, tmp_path: Path) -> None:
    bundle = write_audit(tmp_path / "audit") / "evidence.asice"
    content = bundle.read_bytes()
    assert verify_path(bundle, now=LATER).ok
    for name, last in ends(content):
        for bit in (0, 3, 7):
            changed = bytearray(content)
            changed[last - back] ^= 1 << bit
            bundle.write_bytes(changed)
            assert not verify_path(bundle, now=LATER).ok, (name, bit)
