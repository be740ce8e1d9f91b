"""What a picture says of itself in text: kinds of document and topics, never a number, a word or a crop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Of what a mark speaks: the first four are told by check digits, the others by words and are a hint at most."""

    HONG_KONG_CARD = "hkid"
    MAINLAND_CARD = "mainland_id"
    PASSPORT = "passport"
    TRAVEL_CARD = "travel_card"
    ZONE = "machine_readable_zone"
    PAYSLIP = "payslip"
    MEDICAL = "medical"
    CV = "cv"
    CHEQUE = "cheque"
    APPLICATION = "application_form"


class Tier(StrEnum):
    """How sure a mark is: a number whose check digits are right, or words that are usual in such a document."""

    LEGIBLE = "number legible"
    WORDS = "words of a kind"


#: How tables say that nobody looked, and that nothing was found: which is not that there is nothing.
NOT_LOOKED_FOR, NONE_LEGIBLE = "not looked for", "looked for, none legible"

#: Kinds that are told by check digits.
NUMBERED = (Kind.HONG_KONG_CARD, Kind.MAINLAND_CARD, Kind.PASSPORT, Kind.TRAVEL_CARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing told: of a number with its box in pixels of the upright picture, origin top left; of words without.

    ``frame`` is that of an animation, from 0; below it that of a further picture in the file, from -1 down.
    """

    kind: Kind
    tier: Tier
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    frame: int = 0


def boxes_of(marks: Iterable[Mark]) -> tuple[tuple[int, int, int, int], ...]:
    """Left, top, width and height of every number in the first picture of a file."""
    return tuple((one.x, one.y, one.width, one.height) for one in marks if one.width and one.frame == 0)
