"""What a writer hands back, before it is read back."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.disposition.altering.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A new file, and of each frame what may differ from the old one (fields of the upright picture).

    ``solid`` are the fields that must be of one colour now: without the seams where a decoder mixes neighbours.
    """

    data: bytes
    format: str
    apart: tuple[Field, ...]
    solid: tuple[Field, ...]
    notes: tuple[str, ...] = ()
