"""Flags as facts carry them: a collection, or words between commas or spaces; those of ``JOINED`` only ever join."""

from __future__ import annotations

from pdpo_audit.model.findings import STOP_RULE

#: Facts whose flags only ever join: nobody takes away what another source found.
JOINED = ("sensitivity", "people.other_identifiers")

_MANY = (list, tuple, set, frozenset)


def flags_in(value: object) -> frozenset[str]:
    """The flags that a value names; none where it is absent."""
    if value is None or value != value:  # a table's NaN
        return frozenset()
    words = value if isinstance(value, _MANY) else str(value).replace(",", " ").split()
    return frozenset(str(word) for word in words)


def joined_flags(present: object, more: object) -> tuple[str, ...]:
    """The flags of both, in alphabetical order."""
    return tuple(sorted(flags_in(present) | flags_in(more)))


def says_stop(flags: object) -> bool:
    """Whether the flags of a holding name the stop rule."""
    return STOP_RULE in flags_in(flags)
