"""Commands that wake reviews up, and that tell what is due."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, NoSeal, PassphraseFile, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import SealWays, finish, opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.errors import ExitCode

if TYPE_CHECKING:
    from pdpo_audit.workspace.plans.standing import ScheduleStatus
    from pdpo_audit.workspace.plans.waking import WakeUp


def run_due(
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Hold the reviews that are due, each once, and send the notices. Timers call it; calling it again does no harm.

    With a locked seal the report is an unsealed draft, and a notice says so. Exit code 3 when something is overdue.

    Example: pdpo-audit schedule run-due
    """
    from pdpo_audit.workspace.plans.waking import wake_up

    with opened(workspace, quiet=quiet, verbose=verbose, passphrase_file=passphrase_file) as opened_workspace:
        woken = wake_up(opened_workspace.project)
    if json:
        show_json(woken)
    elif not quiet:
        _tell(woken)
    late = bool(woken.status.late) or bool(woken.failed)
    finish([ExitCode.TOO_MUCH_SKIPPED if late else ExitCode.DONE])


def status(workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """What is due and overdue; exit code 3 when something is overdue, for a monitor to call about.

    Example: pdpo-audit schedule status --json
    """
    from pdpo_audit.workspace.plans.standing import schedule_status

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        found = schedule_status(opened_workspace.project)
    if json:
        show_json({"on": found.on, "overdue": len(found.late), "dues": found.dues, "notes": found.notes})
    else:
        tell_dues(found, quiet=quiet)
    finish([ExitCode.TOO_MUCH_SKIPPED if found.late else ExitCode.DONE])


def tell_dues(found: ScheduleStatus, *, quiet: bool) -> None:
    """The dates that come up, for people."""
    shown = found.late if quiet else found.dues
    rows: list[tuple[object, ...]] = [
        (
            due.due_on,
            due.subject.value,
            f"{due.name} ({due.count:,})" if due.count > 1 else due.name,
            due.standing.value.upper() if due in found.late else due.standing.value,
        )
        for due in shown
    ]
    if rows:
        table("", rows, headers=("due on", "what", "of", "stands"))
    elif not quiet:
        say("Nothing is planned: pdpo-audit schedule add NAME --every quarterly")
    for note in found.notes:
        say(f"[yellow]Look after:[/] {plain(note)}")


def install(
    systemd: Annotated[bool, typer.Option("--systemd", help="Units for systemd (a timer of your own user).")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="A line for crontab.")] = False,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="Write the systemd units into this folder instead of printing them."),
    ] = None,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Print (or write) what wakes the program up once a day, and after downtime. No passphrase goes into it.

    On Windows nothing is installed: leave `pdpo-audit review serve` running there; it wakes the reviews up, too.

    Example: pdpo-audit schedule install --systemd --into ~/.config/systemd/user
    """
    from pdpo_audit.workspace.plans.timing import wake_up_texts, write_units

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        texts = wake_up_texts(opened_workspace.project)
    if into is not None:
        for file in write_units(texts, into):
            out.print(plain(file))
        if not quiet:
            say("Next: systemctl --user daemon-reload; systemctl --user enable --now pdpo-audit-reviews.timer")
            say("So that it runs while you are not logged in: loginctl enable-linger")
        return
    if systemd or not cron:
        for name, text in texts.units.items():
            out.print(plain(f"# {name}\n{text}"))
    if cron:
        out.print(plain(texts.cron))


def ics(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file to write (default: stdout).")] = None,
    address: Annotated[
        bool, typer.Option("--address", help="Say where `review serve` serves it, for a calendar to subscribe to.")
    ] = False,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The calendar of reviews, for Outlook and others: the next reviews of each plan, with reminders.

    Example: pdpo-audit schedule ics -o reviews.ics
    """
    from pdpo_audit.workspace.plans.timing import calendar, calendar_address

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        if address:
            out.print(plain(calendar_address(opened_workspace.project)))
            return
        written = calendar(opened_workspace.project)
    if output is None:
        typer.echo(written.decode(), nl=False)
        return
    output.write_bytes(written)
    if not quiet:
        say(f"Written to {plain(output)}: open it, or import it in your calendar.")


def register(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (default: a year ago).")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (default: today).")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The folder to write into.")] = None,
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The register of reviews as a PDF for a regulator: each slot of a period, held or missed, and the whole chain.

    Example: pdpo-audit schedule register --from 2026-01-01 --to 2026-12-31
    """
    from pdpo_audit.workspace.plans.registering import write_register

    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened(workspace, quiet=quiet, verbose=verbose, **seal) as opened_workspace:
        written = write_register(
            opened_workspace.project, output, first=first.date() if first else None, last=last.date() if last else None
        )
    if json:
        show_json({"files": written.files, "register": written.register})
    else:
        for file in written.files:
            out.print(plain(file))
        for fault in written.register.faults:
            say(f"[bold red]Does not verify:[/] {plain(fault)}")
    finish([ExitCode.NOT_VERIFIED if written.register.faults else ExitCode.DONE])


def _tell(woken: WakeUp) -> None:
    for record in woken.performed:
        state = "sealed" if record.sealed else "an unsealed draft"
        say(f"{plain(record.plan)} of {record.day}: held, audit {plain(record.audit_id)} ({state})")
    for record in woken.missed:
        say(f"[yellow]{plain(record.plan)} of {record.day}: missed[/] ({plain(record.reason)})")
    for slot, why in woken.failed:
        say(f"[bold red]{plain(slot.plan)} of {slot.day}: failed and stays due[/] ({plain(why)})")
    for note in woken.notes:
        say(f"[yellow]Look after:[/] {plain(note)}")
    if not (woken.performed or woken.missed or woken.failed):
        say("Nothing was due.")
    tell_dues(woken.status, quiet=True)
