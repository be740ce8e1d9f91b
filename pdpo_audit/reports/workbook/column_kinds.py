"""What a column of a sheet is: its title, its width, and the kind of value in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Columns of codes, and the group of labels with words for them; ``phrase`` for texts that the program writes.
GROUPS = {
    "jurisdiction": "jurisdictions", "jurisdictions": "jurisdictions", "relation": "relations",
    "sensitivity": "sensitivities", "identity_numbers": "text_kinds", "text_hints": "text_kinds",
    "master_status": "statuses", "severity": "severities", "proposal": "proposals", "counted_from": "facts",
    "authority_rank": "ranks", "due_rank": "ranks", "confidence": "confidences", "determination": "determinations",
    "outcome": "outcomes", "act": "acts", "missing_facts": "facts", "contradictions": "contradictions",
    "skipped_reason": "reasons", "master_reason": "phrase", "status": "phrase", "people_reason": "clauses",
    "notes": "clauses", "detail": "clauses",
}  # fmt: skip


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
