"""What can stop a command: each class carries its exit code, each error its way out."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command; where several apply, the highest is returned."""

    DONE = 0
    FINDINGS = 1
    WRONG_CALL = 2
    TOO_MUCH_SKIPPED = 3
    NOT_VERIFIED = 4
    ENVIRONMENT = 5
    INTERRUPTED = 130


class AuditError(Exception):
    """An error for people: one sentence of what is wrong, and ``advice`` on the way out."""

    exit_code: ExitCode = ExitCode.ENVIRONMENT

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class CallError(AuditError):
    """The command was called with something that cannot be."""

    exit_code = ExitCode.WRONG_CALL


class SettingsError(AuditError):
    """The settings are wrong; ``message`` holds one line a mistake, each ``file:line:column: what``."""

    exit_code = ExitCode.WRONG_CALL


class PolicyError(AuditError):
    """A rule pack is wrong; ``message`` holds one line a mistake, each ``file:line:column: what``."""

    exit_code = ExitCode.WRONG_CALL


class NotReachedError(AuditError):
    """A source cannot be reached, or the clock cannot be right: nothing was recorded."""

    exit_code = ExitCode.TOO_MUCH_SKIPPED


class VerificationError(AuditError):
    """A seal, signature, manifest or log does not verify."""

    exit_code = ExitCode.NOT_VERIFIED


class MachineError(AuditError):
    """The machine failed us: full disk, locked database, key that cannot be read, missing engine."""

    exit_code = ExitCode.ENVIRONMENT
