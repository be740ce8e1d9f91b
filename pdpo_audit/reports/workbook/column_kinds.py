"""What a column of a sheet is: its title, its width, and the kind of value in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds: decides its number format and its alignment."""

    TEXT = "text"
    NUMBER = "number"
    FRACTION = "fraction"
    DAY = "day"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet; ``width`` in characters. A ``key`` that the table lacks is a column to fill in.

    ``group`` names the words (of the labels) for the codes in it: other languages than English show the words.
    """

    key: str
    title: str
    width: int
    kind: Kind = Kind.TEXT
    group: str = ""
