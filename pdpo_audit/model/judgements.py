"""What named people say of pictures: which copy is the master, which pairs differ, what a picture is in law."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LegalDetermination(StrEnum):
    """What a picture is in law. It starts as ``not_assessed``; only a named person changes that, never this program."""

    NOT_ASSESSED = "not_assessed"
    PERSONAL_DATA = "personal_data"
    NOT_PERSONAL_DATA = "not_personal_data"
    UNDETERMINED = "undetermined"


class LegalReason(StrEnum):
    """Why, as a code that can be counted; the person's own words stand beside it."""

    IDENTIFIED_BY_CONTEXT = "identified_by_context"
    IDENTITY_NOT_PRACTICABLE = "identity_not_practicable"
    NOT_COLLECTED_EASTWEEK = "not_collected_eastweek"
    DECEASED = "deceased"
    NON_INDIVIDUAL = "non_individual"
    DOMESTIC_S52 = "domestic_s52"
    EXEMPT_OTHER = "exempt_other"


class JudgementKind(StrEnum):
    """What was judged."""

    MASTER = "master"
    REJECTED = "rejected"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One judgement in force: on the content ``left``, of a rejected pair also ``right`` (digests of contents).

    ``value`` is the determination of a legal judgement, ``code`` its reason's code; ``place`` is the digest of the
    place that a person confirmed as the master's. No path is kept: judgements outlive the working data.
    """

    kind: JudgementKind
    left: bytes
    right: bytes = b""
    value: str = ""
    code: str = ""
    place: bytes = b""
    by: str
    role: str = ""
    at: str
    reason: str

    @property
    def judgement_id(self) -> str:
        """A short name that stays the same: the kind's letter and the digests' beginning."""
        pair = f"{self.left.hex()[:10]}-{self.right.hex()[:10]}" if self.right else self.left.hex()[:12]
        return f"{self.kind.value[0].upper()}-{pair}".upper()
