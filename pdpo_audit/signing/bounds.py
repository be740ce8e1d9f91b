"""How much of a file is read into memory: whoever hands over a file decides how long it is."""

from __future__ import annotations

from pathlib import Path

#: Bytes of a file that is read as a whole: reports and workbooks of thousands of pages have some hundred million.
LARGEST_READ = 1 << 30

#: Bytes of a signature or a statement: some thousand in practice.
LARGEST_STATEMENT = 16 << 20


def read_within(path: Path, most: int) -> bytes:
    """A file of ``most`` bytes at most; ``ValueError`` where it is longer."""
    if path.stat().st_size > most:
        raise ValueError(f"it is longer than any ({most:,} bytes)")
    return path.read_bytes()
