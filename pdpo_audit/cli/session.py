"""Open a workspace for a command, and close it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypedDict

import typer

from pdpo_audit.cli.showing import Bars, err, say
from pdpo_audit.errors import ExitCode
from pdpo_audit.model.findings import Severity
from pdpo_audit.workspace.opening import Workspace
from pdpo_audit.workspace.running import open_for
from pdpo_audit.workspace.setup.run_lock import run_lock


class SealWays(TypedDict, total=False):
    """How a command may seal: where the passphrase stands, or with a throw-away key."""

    passphrase_file: Path | None
    no_seal: bool


@contextmanager
def opened(
    folder: Path | None,
    *,
    quiet: bool = False,
    verbose: bool = False,
    run: str = "",
    catalogue: bool = True,
    passphrase_file: Path | None = None,
    no_seal: bool = False,
) -> Iterator[Workspace]:
    """The workspace that a command works on.

    A command that takes the run lock names itself as ``run``: it is told who holds the workspace before it loads
    anything else. ``catalogue`` is false for what puts another catalogue in place. ``passphrase_file`` and ``no_seal``
    are of the seal.
    """
    bars = Bars(quiet=quiet, verbose=verbose)
    workspace = Workspace.open(
        folder, progress=bars, ask_passphrase=asker(), passphrase_file=passphrase_file, no_seal=no_seal
    )
    try:
        with run_lock(workspace.project, run, catalogue=catalogue) if run else nullcontext():
            yield workspace
    finally:
        bars.stop()
        workspace.close()


@contextmanager
def opened_for(
    paths: list[Path],
    folder: Path | None,
    *,
    quiet: bool,
    verbose: bool,
    passphrase_file: Path | None = None,
    no_seal: bool = False,
) -> Iterator[Workspace]:
    """The workspace that ``paths`` belong to, made where there is none."""
    bars = Bars(quiet=quiet, verbose=verbose)
    workspace = open_for(
        paths,
        folder,
        Path.cwd(),
        progress=bars,
        ask_passphrase=asker(),
        passphrase_file=passphrase_file,
        no_seal=no_seal,
    )
    try:
        yield workspace
    finally:
        bars.stop()
        workspace.close()


def asker(*, new: bool = False) -> Callable[[str], str] | None:
    """Asks for a passphrase where there is somebody to ask; twice for a new one, and again where nothing is typed."""
    if not err.is_terminal:
        return None

    def ask(prompt: str) -> str:
        shown = f"{prompt} (what you type is not shown)"
        while True:
            typed = typer.prompt(shown, default="", show_default=False, hide_input=True, err=True)
            if not typed:
                say("  Without a passphrase whoever has the file could use the key; Ctrl-C leaves it for later.")
            elif (
                new
                and typer.prompt("  The same again", default="", show_default=False, hide_input=True, err=True) != typed
            ):
                say("  The two are not the same: once more.")
            else:
                return str(typed)

    return ask


def finish(codes: list[ExitCode]) -> None:
    """Leave with the highest code that applies."""
    code = max(codes, default=ExitCode.DONE)
    if code:
        raise typer.Exit(int(code))


def severity_code(worst: Severity | None, fail_on: str | None) -> ExitCode:
    """FINDINGS when the gravest finding is at least as severe as asked."""
    if fail_on is None or worst is None:
        return ExitCode.DONE
    order = list(Severity)
    return ExitCode.FINDINGS if order.index(worst) <= order.index(Severity(fail_on)) else ExitCode.DONE


def reached_code(reached: Iterable[bool]) -> ExitCode:
    """TOO_MUCH_SKIPPED when something was not reached."""
    return ExitCode.DONE if all(reached) else ExitCode.TOO_MUCH_SKIPPED


def skipped_code(skipped: int, allowed: int | None) -> ExitCode:
    """TOO_MUCH_SKIPPED when more was not examined than allowed."""
    return ExitCode.TOO_MUCH_SKIPPED if allowed is not None and skipped > allowed else ExitCode.DONE
