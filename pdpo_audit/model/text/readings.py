"""What the text pass gives of one content, and what a report says of the engine."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.model.locations.holdings import Skipped
from pdpo_audit.model.text.marks import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReading:
    """What the text pass told of one content: marks, and in how many lines there was text at all."""

    content: int
    method: str
    marks: tuple[Mark, ...]
    lines: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFailure:
    """The text pass could not read this content: nothing is known of its text."""

    content: int
    method: str
    skipped: Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRecord:
    """A text engine as a report names it, and what was measured of it.

    ``recall`` by kind of sample (``plain``, ``hard``): in how many documents the number was told, of how many, and the
    95 % interval of that share in per cent; empty where nothing was measured.
    """

    name: str
    version: str
    weights_sha256: str
    recall: dict[str, tuple[int, int, float, float]]
