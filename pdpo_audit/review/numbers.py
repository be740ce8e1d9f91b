"""Numbers as addresses and headers give them: nothing that Python would take, and no browser sends."""

from __future__ import annotations


def number_in(text: str | None, *, otherwise: int, digits: int = 11) -> int:
    """The whole number that ``text`` is in at most so many digits, else ``otherwise``."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= digits else otherwise
