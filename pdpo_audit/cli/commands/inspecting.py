"""Commands that look: verify, export, status, doctor."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import finish, opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.errors import CallError, ExitCode
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.people import LEVEL_WORDS, PeopleLevel
from pdpo_audit.model.tables import Table

if TYPE_CHECKING:
    from pdpo_audit.workspace.scan.person_search import Suggestion
    from pdpo_audit.workspace.scan.searching import FoundHolding, SearchOutcome
    from pdpo_audit.workspace.status import LevelCount, Status, WaitingCopies

_NOT_HELD = "Not held: no copy, crop or edit of it was found in anything that is declared."
_MARKS = {
    "proved": "[green]proved[/]     ",
    "failed": "[bold red]FAILED[/]     ",
    "not_provable": "[yellow]not proved[/] ",
}


Sealed = Annotated[
    list[Path],
    typer.Argument(help="Audit folders, evidence folders, folders of audits, reports, workbooks, bundles or proofs."),
]
Trusted = Annotated[
    list[Path] | None, typer.Option(help="A certificate (PEM or DER) that you vouch for; may be repeated.")
]
Signer = Annotated[
    list[str] | None,
    typer.Option(metavar="FINGERPRINT", help="SHA-256 of a certificate that you know to be right; may be repeated."),
]
Anchor = Annotated[
    list[str] | None,
    typer.Option(help="The log's digest from an earlier report or notice: the log must pass through it."),
]
Statement = Annotated[
    list[Path] | None,
    typer.Option(help="What you were told of a key: a file of `keys rotate`; may be repeated."),
]
Online = Annotated[bool, typer.Option("--online", help="Ask the certificates' authorities whether they were revoked.")]
AllRequired = Annotated[
    bool, typer.Option("--all-required", help="Fail unless every required person, bound to a certificate, agrees.")
]


def verify(
    paths: Sealed,
    trust: Trusted = None,
    signer: Signer = None,
    anchor: Anchor = None,
    statement: Statement = None,
    online: Online = False,
    all_required: AllRequired = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Check seals, signatures, manifest and event log; say what is proved, what is not, and what cannot be.

    Example: pdpo-audit verify reports/2026-11-20-a1b2c3
    """
    from pdpo_audit.workspace.report.verifying import Verdict
    from pdpo_audit.workspace.report.verifying import verify as verify_path

    results = [
        verify_path(
            path,
            trust or (),
            signers=signer or (),
            anchors=anchor or (),
            statements=statement or (),
            online=online,
            all_required=all_required,
        )
        for path in paths
    ]
    if json:
        show_json([{"path": result.path, "ok": result.ok, "checks": result.checks} for result in results])
    else:
        for result in results:
            if not quiet or not result.ok:
                out.print(f"[bold]{plain(result.path)}[/]: {result.headline}")
            for check in result.checks:
                if not quiet or check.verdict is Verdict.FAILED:
                    out.print(f"  {_MARKS[check.verdict.name.lower()]}{plain(check.subject)}: {plain(check.statement)}")
    finish([result.code for result in results])


def export(
    name: Annotated[Table, typer.Argument(metavar="TABLE", help=f"One of {', '.join(Table)}.")],
    form: Annotated[str, typer.Option("--format", help="csv, json or parquet.")] = "csv",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file to write (default: stdout).")] = None,
    owner: Annotated[str | None, typer.Option(help="One owner's copies only.", show_default=False)] = None,
    excel: Annotated[bool, typer.Option("--excel", help="Begin the CSV so that Excel reads it as UTF-8.")] = False,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write a table of the catalogue for other programs.

    Example: pdpo-audit export holdings --format csv -o holdings.csv
    """
    if output is None and form == "parquet":
        raise CallError("parquet is not for a terminal", advice="name a file with -o")
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        if output is not None:
            rows = opened_workspace.export(name.value, form, output, owner=owner, excel=excel)
            if not quiet:
                say(f"{amount(rows, 'row')} in {plain(output)}")
            return
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "table"
            opened_workspace.export(name.value, form, file, owner=owner, excel=excel)
            with file.open("rb") as stream:
                while part := stream.read(1 << 20):
                    sys.stdout.buffer.write(part)
            sys.stdout.flush()


def find(
    pictures: Annotated[list[Path], typer.Argument(help="Pictures to look for; they need not be in the library.")],
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Every holding of a picture, copies and crops included, with place, owner and relation.

    Example: pdpo-audit find ~/portrait.jpg
    """
    from pdpo_audit.workspace.scan.searching import search

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        told = search(opened_workspace.project, pictures)
    found = told.found
    if json:
        show_json(found)
        _say_missed(told)
        finish([ExitCode.DONE if told.whole else ExitCode.TOO_MUCH_SKIPPED])
        return
    rows: list[tuple[object, ...]] = [
        (one.relation, one.source, one.path, one.owner or "(no owner)", one.jurisdiction, one.through) for one in found
    ]
    if rows:
        table("", rows, headers=("relation", "source", "path", "owner", "where", "found by"))
        say_waiting(found)
    elif not quiet:
        say(_NOT_HELD if told.whole else "Nothing was found in what was looked at; whether it is held is not known.")
    _say_missed(told)
    finish([ExitCode.DONE if told.whole else ExitCode.TOO_MUCH_SKIPPED])


def _say_missed(told: SearchOutcome) -> None:
    for one in told.not_compared:
        say(f"Not compared: {plain(one.source)}:{plain(one.path)} ({plain(one.reason)} {plain(one.detail)})")
    if told.not_compared:
        say(f"{amount(len(told.not_compared), 'holding')} could not be compared; they may show the same picture.")
    for gap in told.gaps:
        say(f"Not looked at: {plain(gap)}.")


def say_waiting(found: Iterable[FoundHolding | Suggestion]) -> None:
    """Which of what was found lies in a quarantine, and until when: it is still held."""
    told = ((one.source, one.path, one.lies_at, one.waits_under, one.quarantined_until) for one in found)
    for one in dict.fromkeys(told):
        source, path, lies_at, plan, until = map(plain, one)
        if lies_at:
            say(f"In quarantine, still held: {source}:{path} lies at {lies_at} under {plan} until {until}.")


def prove(
    holding: Annotated[str, typer.Argument(help="The path of a holding, as the tables write it.")],
    source: Annotated[str, typer.Option(help="Its source, where two sources have the same path.")] = "",
    audit: Annotated[Path | None, typer.Option(help="The audit's folder (default: the newest here).")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file to write (default: stdout).")] = None,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Prove what a sealed audit recorded of one holding, without showing any other.

    Example: pdpo-audit prove "leavers/2023/card.png" -o proof.json
    """
    from pdpo_audit.workspace.report.proving import newest_audit
    from pdpo_audit.workspace.report.proving import prove as prove_holding

    if audit is None:
        with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
            audit = newest_audit(opened_workspace.project)
    proof = prove_holding(audit, holding, source)
    if output is None:
        sys.stdout.write(proof.decode() + "\n")
        return
    output.write_bytes(proof)
    if not quiet:
        say(f"Check it with: pdpo-audit verify {plain(output)}")


def status(workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Where the workspace stands, what is due, and the next step. Exit code 3 when a review is overdue.

    Example: pdpo-audit status
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        where = opened_workspace.status()
    late = [ExitCode.TOO_MUCH_SKIPPED if where.late else ExitCode.DONE]
    if json:
        show_json(where)
        finish(late)
        return
    counts = where.counts
    rows: list[tuple[object, ...]] = [
        ("workspace", where.workspace),
        ("organisation", where.organisation or "(not named)"),
        ("sources", where.sources),
        ("stored copies", counts.holdings),
        ("distinct pictures", counts.pictures),
        ("different files", counts.contents),
        ("megabytes", counts.bytes // 1_000_000),
        ("duplicate clusters", counts.clusters),
        ("additional copies", counts.additional_copies),
        ("not examined", counts.skipped),
        *((f"in quarantine under {one.plan_id}", _waiting_line(one)) for one in where.quarantined),
        *((LEVEL_WORDS[PeopleLevel(level)], people_line(level, count)) for level, count in counts.people.items()),
        *((f"copies with outcome {outcome}", number) for outcome, number in where.outcomes.items()),
        ("sealed audits", len(where.audits)),
        ("working data ends on", where.data_ends_on or _no_end(where)),
        *((f"{due.subject.value} of {due.name}", f"{due.standing.value} on {due.due_on}") for due in where.dues),
        ("next step", where.next_step),
    ]
    table("", rows)
    for warning in where.warnings:
        say(f"[yellow]Look after:[/] {plain(warning)}")
    finish(late)


def people_line(level: str, count: LevelCount) -> str:
    """The pictures at a level, all their copies, and the copies that are at it by themselves.

    Those may be more, or other ones: a picture has the highest level of its copies.
    """
    code = "" if level == PeopleLevel.UNKNOWN.value else f"{level}: "
    alone = amount(count.holdings, "copy is at this level by itself", "copies are at this level by themselves")
    part = f"; {alone}" if count.holdings != count.held else ""
    return f"{code}{amount(count.pictures, 'picture')}, held in {amount(count.held, 'copy', 'copies')}{part}"


def _waiting_line(one: WaitingCopies) -> str:
    """How many copies wait, until when, and how many of them a hold or anything else keeps from ending."""
    frozen = f", {one.frozen:,} of them frozen" if one.frozen else ""
    return f"{amount(one.copies, 'copy', 'copies')} until {one.ends_on}, still held{frozen}"


def _no_end(where: Status) -> str:
    return "(it was forgotten)" if where.data_forgotten else "(no audit reported yet, or none since the last purge)"


def doctor(
    cluster: Annotated[
        bool, typer.Option("--cluster", help="Look at the cluster of the settings instead, worker by worker.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say what this machine can do, what to install for the rest, and (in a workspace) which certificates end soon.

    Example: pdpo-audit doctor
    """
    if cluster:
        from pdpo_audit.workspace.scan.cluster import examine_cluster

        symptoms = examine_cluster(Path.cwd())
    else:
        from pdpo_audit.workspace.setup.diagnosis import examine_machine, examine_workspace

        symptoms = [*examine_machine(), *examine_workspace(Path.cwd())]
    if json:
        show_json(symptoms)
    else:
        for one in symptoms:
            mark = "[green]yes[/]    " if one.well else "[bold red]missing[/]" if one.needed else "[yellow]no[/]     "
            if not quiet or not one.well:
                out.print(f"{mark}  {plain(one.subject)}: {plain(one.finding)}")
            if one.remedy:
                out.print(f"         {'install with: ' if one.installs else ''}{plain(one.remedy)}")
    finish([ExitCode.ENVIRONMENT if one.needed and not one.well else ExitCode.DONE for one in symptoms])
