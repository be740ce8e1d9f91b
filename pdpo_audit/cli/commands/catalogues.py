"""Commands for the catalogue as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import finish, opened
from pdpo_audit.cli.showing import plain, say, show_json, table
from pdpo_audit.errors import CallError, ExitCode
from pdpo_audit.model.locations.printed import amount

if TYPE_CHECKING:
    from pdpo_audit.workspace.catalogues.restoring import Restored


def upgrade(workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Bring a catalogue of an older version up to this one; a backup is made first.

    Example: pdpo-audit catalogue upgrade
    """
    with opened(workspace, quiet=quiet, verbose=verbose, run="catalogue upgrade", catalogue=False) as opened_workspace:
        from pdpo_audit.workspace.catalogues.care import upgrade as upgrade_catalogue

        done = upgrade_catalogue(opened_workspace.project)
    if json:
        show_json(done)
    elif not quiet and done.before == done.after:
        say(f"The catalogue is of this version already ({done.after or 'none was made yet'}).")
    elif not quiet:
        say(f"Upgraded from {done.before} to {done.after}; nothing was lost.")
        if done.backup:
            say(f"To go back: pdpo-audit catalogue restore {plain(done.backup)}, with the version that made it.")


def check(workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Look whether the catalogue is sound: pages, references, tables, event log.

    Example: pdpo-audit catalogue check
    """
    from pdpo_audit.workspace.catalogues.care import check as check_catalogue

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        found = check_catalogue(opened_workspace.project)
    sound = all(one.sound for one in found)
    if json:
        show_json({"sound": sound, "checks": found})
    elif not quiet or not sound:
        rows: list[tuple[object, ...]] = [(one.what, "sound" if one.sound else "NOT SOUND", one.found) for one in found]
        table("", rows, headers=("looked at", "", "found"))
        if not sound:
            old = any(one.what == "version" and not one.sound for one in found)
            say(
                "pdpo-audit catalogue upgrade brings an older version up to date."
                if old and all(one.sound for one in found if one.what != "version")
                else "pdpo-audit catalogue restore BACKUP puts a backup in its place (--anew where there is none)."
            )
    unproved = {one.what in ("event log", "what people said") for one in found if not one.sound}
    finish([ExitCode.NOT_VERIFIED if proof else ExitCode.ENVIRONMENT for proof in unproved])


def backup(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write (default: in the workspace's backups).")
    ] = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write a backup of the catalogue; one on a server becomes a file, too.

    Example: pdpo-audit catalogue backup
    """
    from pdpo_audit.workspace.catalogues.care import back_up

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        file = back_up(opened_workspace.project, output)
    if json:
        show_json({"backup": file})
    elif not quiet:
        say(f"{plain(file)}: as sensitive as the library. The reports and keys of the workspace are not in it.")


def restore(
    file: Annotated[Path | None, typer.Argument(help="The backup.", show_default=False)] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin an empty catalogue: there is no backup.", show_default=False)
    ] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Put a backup in place of the catalogue; what was there is set aside, not deleted.

    Example: pdpo-audit catalogue restore backups/catalogue-20261120-120000.db
    """
    if (file is None) is not anew:
        raise CallError("name a backup, or --anew where there is none", advice="backups lie in the workspace's backups")
    with opened(workspace, quiet=quiet, verbose=verbose, run="catalogue restore", catalogue=False) as opened_workspace:
        from pdpo_audit.workspace.catalogues.restoring import restore as restore_catalogue

        done = restore_catalogue(opened_workspace.project, file)
    if json:
        show_json(done)
    elif not quiet:
        say(
            "Restored."
            if file
            else "Begun anew. pdpo-audit hold restore AUDIT brings back the holds of a sealed audit."
        )
        if done.aside.exists():
            say(f"What was there before: {plain(done.aside)}")
        _show_younger(done)
        say("Next: pdpo-audit catalogue upgrade" if done.needs_upgrade else "Next: pdpo-audit scan")


def _show_younger(done: Restored) -> None:
    """What the catalogue does not know any more."""
    if done.younger_audits:
        say(f"Sealed audits that are younger, and unknown to it: {plain(', '.join(done.younger_audits))}")
        say(f"Their holds come back with: pdpo-audit hold restore reports/{plain(done.younger_audits[-1])}")
    if done.younger.events:
        gone = ", ".join(f"{count} x {kind}" for kind, count in done.younger.events.items())
        say(f"What happened since, and is gone from it: {plain(gone)}")
        if "working data purged" in done.younger.events:
            say("What was purged since is back in it: pdpo-audit purge --early forgets it again.")
    elif not done.younger.told:
        say("What was decided since nobody can tell: what was there could not be read, or had another log.")


def move(
    url: Annotated[
        str, typer.Argument(help="The other database: postgresql+psycopg://user@host/name, or sqlite:///...")
    ],
    owner_url: Annotated[
        str, typer.Option(help="The role that owns the tables on PostgreSQL; the other can only append to the log.")
    ] = "",
    password: Annotated[
        str, typer.Option(help="Where its password is: env:VARIABLE or file:PATH (or PGPASSWORD, ~/.pgpass).")
    ] = "",
    owner_password: Annotated[str, typer.Option(help="Where the owner's password is.")] = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Copy the catalogue to another database, and let the settings name that one; the old one stays.

    Who decides something meanwhile waits, and is told to call again. No password is ever written to the settings.

    Example: pdpo-audit catalogue move postgresql+psycopg://audit@db.example.hk/audit
    """
    with opened(workspace, quiet=quiet, verbose=verbose, run="catalogue move") as opened_workspace:
        from pdpo_audit.workspace.catalogues.moving import move as move_catalogue

        done = move_catalogue(
            opened_workspace.project, url, owner_url=owner_url, password=password, owner_password=owner_password
        )
    if json:
        show_json(done)
    elif not quiet and done.already:
        say("The catalogue is there already; nothing was copied or changed.")
    elif not quiet:
        copied = f"Copied {amount(done.rows, 'row')}" if done.rows else "It was copied by an earlier call"
        say(f"{copied}; the settings name the new catalogue. The old one is where it was, and takes nothing any more.")


def memory(
    anew: Annotated[bool, typer.Option("--anew", help="The key is lost for good: make another.")] = False,
    by: Annotated[str, typer.Option(help="The person who says so.")] = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Whether keys/memory.key belongs to the catalogue; under it places are remembered that must not be named.

    With --anew another takes the place of a lost one: no hold selects less, but holds by path are then on every copy
    of what they selected, and when files were first seen before the last purge is forgotten.

    Example: pdpo-audit catalogue memory
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        from pdpo_audit.workspace.catalogues.memory import check_key

        done = check_key(opened_workspace.project, anew=anew, by=by)
    if json:
        show_json(done)
    elif done.anew is not None:
        days, holds = done.anew.first_days, done.anew.holds
        say(f"Another key was made: {holds:,} holds are on every copy from now on, {days:,} first days went.")
    elif done.found or not quiet:
        say(f"{done.found}." if done.found else "The key belongs to the catalogue, or nothing was kept under one yet.")
    finish([ExitCode.ENVIRONMENT] if done.found else [])


def merge(
    shards: Annotated[list[Path], typer.Argument(metavar="SHARD...", help="Sealed shards of scan --shard.")],
    signer: Annotated[
        list[str] | None,
        typer.Option(metavar="FINGERPRINT", help="SHA-256 of a certificate whose seals count; may be repeated."),
    ] = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Join shards of hosts or sites, find copies across them, and list the pairs that somebody has to verify.

    The workspace scans nothing itself. assess and report then work on everything that the shards name.

    Example: pdpo-audit catalogue merge shards/*.zip --signer 3F2A...
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        done = opened_workspace.merge(*shards, signers=signer or ())
    if json:
        show_json(done)
    elif not quiet:
        rows: list[tuple[object, ...]] = [
            ("holdings taken in", done.holdings), ("duplicate clusters", done.clusters),
            ("additional copies", done.additional_copies), ("pairs to verify", done.to_verify),
        ]  # fmt: skip
        table("Merged", rows)
        say(f"Pairs that may show the same and lie at different sites: {plain(done.pairs)}")
        if not signer:
            say(f"Sealed by {plain(', '.join(dict.fromkeys(done.signers)))}; --signer says whose seals count.")


def verify_pairs(
    at: Annotated[
        list[str],
        typer.Option(metavar="SOURCE=FOLDER", help="Where a source of the shards can be read now; once for each."),
    ],
    pairs: Annotated[
        Path | None, typer.Argument(metavar="LIST", help="A list of pairs, shortened; otherwise every open one.")
    ] = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare pairs that catalogue merge listed, where the files of both sites can be read.

    Nothing is scanned: of each pair whose two files lie here the bytes are checked, and the two are compared.

    Example: pdpo-audit catalogue verify-pairs --at nas=/mnt/nas --at shenzhen=/mnt/drive
    """
    folders = dict(_placed(one) for one in at)
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        done = opened_workspace.verify_pairs(folders, pairs)
    if json:
        show_json(done)
    elif not quiet:
        rows: list[tuple[object, ...]] = [
            ("pairs looked at", done.listed), ("with both files here", done.within_reach), ("verified", done.verified),
            ("pairs to verify still", done.to_verify), ("duplicate clusters", done.clusters),
            ("additional copies", done.additional_copies),
        ]  # fmt: skip
        table("Verified", rows)
        say(f"What is open still: {plain(done.pairs)}")


def _placed(said: str) -> tuple[str, Path]:
    name, sign, folder = said.partition("=")
    if not (name and sign and folder):
        raise CallError(f'"{said}" names no source and folder', advice="--at SOURCE=FOLDER")
    return name, Path(folder)
