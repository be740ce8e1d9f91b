"""Commands around a migration: an inventory sealed before it, and what arrived."""

from __future__ import annotations

from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, NoSeal, PassphraseFile, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import SealWays, finish, opened
from pdpo_audit.cli.showing import plain, say, show_json, table
from pdpo_audit.errors import ExitCode
from pdpo_audit.model.locations.printed import amount

Name = Annotated[str, typer.Argument(help="What this move is called.")]


def freeze(
    name: Name,
    source: Annotated[str, typer.Option(help="The source that will be moved.")],
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Read every file of a source and seal the inventory, right before a migration.

    Example: pdpo-audit gate freeze cloud-move --source studio-nas
    """
    from pdpo_audit.workspace.sampling.gates import freeze as freeze_source

    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened(workspace, quiet=quiet, verbose=verbose, **seal) as opened_workspace:
        project = opened_workspace.project
        frozen = freeze_source(project, name, source)
    if json:
        show_json(frozen)
    elif not quiet:
        say(f"{amount(frozen.files, 'file')}, {frozen.bytes / 1e9:,.2f} GB: in {plain(frozen.folder)}.")
        if frozen.not_read:
            say(f"[yellow]{frozen.not_read:,} could not be read, and nothing will be proved of them.[/]")
        say(f"Keep this digest elsewhere: {frozen.sha256}")


def check(
    name: Name,
    source: Annotated[str, typer.Option(help="The source at its new place.")],
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Prove after a migration what arrived, what did not, what was changed and what became more; exit code 3 for less.

    Example: pdpo-audit gate check cloud-move --source studio-cloud
    """
    from pdpo_audit.workspace.sampling.gates import check as check_source

    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened(workspace, quiet=quiet, verbose=verbose, **seal) as opened_workspace:
        project = opened_workspace.project
        found = check_source(project, name, source)
    if json:
        show_json(found)
    else:
        rows: list[tuple[object, ...]] = [
            ("frozen before the move", found.before),
            ("arrived at the same path", found.arrived),
            ("arrived at another path", found.moved),
            ("changed", found.changed),
            ("missing", found.missing),
            ("not comparable, before", found.not_comparable_before),
            ("there now", found.now),
            ("further copies of what was frozen", found.multiplied),
            ("not frozen before", found.additional),
            ("not comparable, now", found.not_comparable_now),
        ]
        table("", rows)
        if not quiet:
            say(f"Sealed for the project board, with every difference by name: {plain(found.folder)}")
    finish([ExitCode.DONE if found.whole else ExitCode.TOO_MUCH_SKIPPED])
