"""What verification says: one check a statement, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pdpo_audit.errors import ExitCode


class Verdict(StrEnum):
    """The result of one check."""

    PROVED = "proved"
    FAILED = "failed"
    NOT_PROVABLE = "not provable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """``subject`` names the file (and the place in it), ``statement`` says what is proved, broken or left open."""

    subject: str
    verdict: Verdict
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationResult:
    """Everything that was checked of one path."""

    path: str
    checks: tuple[Check, ...]

    @property
    def failed(self) -> bool:
        """Something is not as it was sealed, or not as it must be."""
        return any(check.verdict is Verdict.FAILED for check in self.checks)

    @property
    def headline(self) -> str:
        """The result in two words; where nothing failed and nothing is sealed yet, that."""
        return "verified" if self.ok else "DOES NOT VERIFY" if self.failed else "nothing is sealed yet"

    @property
    def code(self) -> ExitCode:
        """What a command leaves with: 3 where there is nothing yet that could be proved."""
        return ExitCode.DONE if self.ok else ExitCode.NOT_VERIFIED if self.failed else ExitCode.TOO_MUCH_SKIPPED

    @property
    def ok(self) -> bool:
        """Nothing failed, and something was proved at all."""
        verdicts = {check.verdict for check in self.checks}
        return Verdict.FAILED not in verdicts and Verdict.PROVED in verdicts


def merge_questions(checks: list[Check]) -> list[Check]:
    """The checks with each open question asked once, of everything that it concerns; the order stays."""
    subjects: dict[str, list[str]] = {}
    for check in checks:
        if check.verdict is Verdict.NOT_PROVABLE:
            subjects.setdefault(check.statement, []).append(check.subject)
    merged: list[Check] = []
    for check in checks:
        if check.verdict is not Verdict.NOT_PROVABLE:
            merged.append(check)
        elif concerned := subjects.pop(check.statement, None):
            merged.append(replace(check, subject="; ".join(dict.fromkeys(concerned))))
    return merged


def proved(subject: str, statement: str) -> Check:
    """A check that holds."""
    return _check(subject, Verdict.PROVED, statement)


def failed(subject: str, statement: str) -> Check:
    """A check that does not hold."""
    return _check(subject, Verdict.FAILED, statement)


def open_question(subject: str, statement: str) -> Check:
    """What the material at hand cannot prove."""
    return _check(subject, Verdict.NOT_PROVABLE, statement)


def _check(subject: str, verdict: Verdict, statement: str) -> Check:
    """Names in hostile files may hold line feeds, escape sequences or text that runs backwards: shown, never obeyed."""
    return Check(subject=_shown(subject), verdict=verdict, statement=_shown(statement))


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
