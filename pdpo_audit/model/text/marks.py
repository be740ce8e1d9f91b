"""What a picture says of itself in text: kinds of document and topics, never a number, a word or a crop."""

from __future__ import annotations

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
NOT_LOOKED_FOR, NONE_LEGIBLE = "not looked for", "looked for: none legible"

#: Kinds that are told by check digits.
NUMBERED = (Kind.HONG_KONG_CARD, Kind.MAINLAND_CARD, Kind.PASSPORT, Kind.TRAVEL_CARD)
#: Kinds that words hint at.
HINTS = tuple(kind for kind in Kind if kind not in NUMBERED)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """Boxes (left, top, width, height) to be covered in a picture that is ``of_width`` pixels wide."""

    boxes: tuple[tuple[int, int, int, int], ...] = ()
    of_width: int = 0


#: Nothing is covered.
UNCOVERED = Covers()
