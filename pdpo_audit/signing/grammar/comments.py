"""What the seal inside a workbook states in words, which spreadsheet programs show beside it.

Grammar 1 said one sentence. Grammar 2 names the organisation and the audit, and the digest of everything that a native
signature leaves out by its standard, so that a workbook by itself proves that too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

#: The whole comment of grammar 1.
FIRST_COMMENT = "Seal of the organisation, set by pdpo-audit. No person has signed here."

_PATTERN = re.compile(
    r"Seal of (?P<organisation>.*?), (?:audit (?P<audit>[^,]+), )?set by pdpo-audit\. No person has signed here\. "
    r"Lists and properties of this file: SHA-256 (?P<rest>[0-9a-f]{64})"
)

#: The organisation where none is named.
NOBODY = "the organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealComment:
    """What a comment says; ``rest`` is empty in grammar 1, organisation and audit where none is named."""

    organisation: str = ""
    audit: str = ""
    rest: str = ""


def write_comment(*, organisation: str, audit: str, rest: str) -> str:
    """The comment of grammar 2; ``ValueError`` where a name cannot stand in it."""
    named = " ".join(organisation.split()) or NOBODY
    said = f"audit {audit}, " if audit else ""
    comment = (
        f"Seal of {named}, {said}set by pdpo-audit. No person has signed here. "
        f"Lists and properties of this file: SHA-256 {rest}"
    )
    if read_comment(comment) != SealComment(organisation="" if named == NOBODY else named, audit=audit, rest=rest):
        raise ValueError("the name of the organisation or the audit cannot stand beside a seal")
    return comment


def read_comment(comment: str) -> SealComment:
    """What a comment says; ``ValueError`` when this program writes no such one."""
    if comment == FIRST_COMMENT:
        return SealComment()
    found = _PATTERN.fullmatch(comment)
    if found is None:
        raise ValueError("the seal says something that this program does not write")
    named = found["organisation"]
    return SealComment(organisation="" if named == NOBODY else named, audit=found["audit"] or "", rest=found["rest"])


def digest_of_rest(members: Mapping[str, bytes]) -> str:
    """One digest of members that are not signed byte for byte: SHA-256 of what ``sha256sum`` prints of them, sorted."""
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(members.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
