"""Commands that do the work: demo, run, scan, assess, report."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.endings import in_short
from pdpo_audit.cli.options import (
    Agreed,
    Compared,
    Crops,
    DryRun,
    Fail,
    Gentle,
    Json,
    Level,
    Levels,
    Limit,
    Masked,
    MaxSkipped,
    NoSeal,
    PassphraseFile,
    Paths,
    People,
    Quiet,
    ShardPart,
    Thorough,
    Verbose,
    Workers,
    WorkspaceDir,
)
from pdpo_audit.cli.scanned import show_forecast, show_scan, show_shard
from pdpo_audit.cli.session import SealWays, finish, opened, opened_for, reached_code, severity_code, skipped_code
from pdpo_audit.cli.showing import as_json, out, plain, say, show_json, table
from pdpo_audit.model.findings import CountedBy
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.workspace.demonstrating import make_demo
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.running import run as run_audit
from pdpo_audit.workspace.scan.resting import stated_level

if TYPE_CHECKING:
    from pdpo_audit.workspace.report.reporting import ReportSummary
    from pdpo_audit.workspace.rules.assessing import AssessmentSummary
    from pdpo_audit.workspace.running import RunSummary
    from pdpo_audit.workspace.scan.sorting import SortedFiles, SortingReport


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A new or empty folder.")] = Path("demo"),
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a sample workspace, run a whole audit on it, and say where the sealed reports lie.

    Example: pdpo-audit demo my-demo
    """
    make_demo(folder)
    if not quiet:
        say("The demo is sealed with a throw-away key made for this run: it identifies nobody.")
    with opened(folder, quiet=quiet, verbose=verbose) as workspace:
        summary = run_audit(workspace, ScanOptions())
    _show_run(summary, json=json, quiet=quiet)


def run(
    paths: Paths = None,
    workspace: WorkspaceDir = None,
    workers: Workers = None,
    people: People = None,
    thorough: Thorough = False,
    gentle: Gentle = False,
    yes: Agreed = False,
    fail_on: Fail = None,
    max_skipped: MaxSkipped = None,
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The main job: scan, cluster, people, assess, report, seal.

    Example: pdpo-audit run ~/Photos
    """
    options = ScanOptions(workers=workers, people=people and people.value, thorough=thorough, gentle=gentle, agreed=yes)
    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened_for(paths or [], workspace, quiet=quiet, verbose=verbose, **seal) as opened_workspace:
        summary = run_audit(opened_workspace, options, paths or [])
        skipped = 0 if max_skipped is None else opened_workspace.status().counts.skipped
    _show_run(summary, json=json, quiet=quiet)
    codes = [severity_code(summary.assessed.worst(), fail_on), skipped_code(skipped, max_skipped)]
    finish([*codes, reached_code([summary.scanned.whole])])


def scan(
    paths: Paths = None,
    workspace: WorkspaceDir = None,
    workers: Workers = None,
    people: People = None,
    thorough: Thorough = False,
    limit: Limit = None,
    gentle: Gentle = False,
    level: Levels = None,
    crops: Crops = None,
    dry_run: DryRun = False,
    shard: ShardPart = "",
    masked: Masked = False,
    compare_metadata: Compared = False,
    yes: Agreed = False,
    max_skipped: MaxSkipped = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Inventory, fingerprints, duplicate clusters, people. Can be stopped and resumed at any point.

    Example: pdpo-audit scan /mnt/nas/campaigns
    """
    options = ScanOptions(
        workers=workers, people=people and people.value, thorough=thorough, limit=limit, gentle=gentle,
        level=level and level.value, crops=crops, shard=shard, agreed=yes,
    )  # fmt: skip
    with opened_for(paths or [], workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        if dry_run:
            show_forecast(opened_workspace.forecast(options, seed=secrets.randbelow(2**31)), json=json)
            return
        if (level or stated_level(opened_workspace.project)) == Level.METADATA:
            _show_sorted(opened_workspace.sort_files(options), json=json, quiet=quiet)
            return
        summary = opened_workspace.scan(options)
        sorting = opened_workspace.report_sorting() if compare_metadata else None
        written = opened_workspace.write_shard(shard, masked=masked) if shard else None
        skipped = 0 if max_skipped is None else opened_workspace.status().counts.skipped
    if json:
        more = {"metadata_sorting": sorting} if sorting else {}
        show_json({**as_json(summary), **more, **({"shard": written} if written else {})})
    elif not quiet:
        show_scan(summary)
        if sorting is not None:
            _show_sorting(sorting)
        if written is not None:
            show_shard(written)
    finish([skipped_code(skipped, max_skipped), reached_code([summary.whole])])


def assess(
    workspace: WorkspaceDir = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Assess as of this day (default: today).")
    ] = None,
    by: Annotated[
        CountedBy | None, typer.Option(help="Count the findings by this as well.", show_default=False)
    ] = None,
    fail_on: Fail = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Evaluate the rule packs on what the catalogue holds.

    Example: pdpo-audit assess --on 2026-12-31 --by owner
    """
    with opened(workspace, quiet=quiet, verbose=verbose, run="assess") as opened_workspace:
        from pdpo_audit.workspace.rules.assessing import rolled_up

        summary = opened_workspace.assess(on.date() if on else None)
        counted = rolled_up(opened_workspace.project, by, summary.audit_id) if by else None
    if json:
        more = {} if by is None or counted is None else {"by": by, "counted": counted.to_dict("records")}
        show_json({**as_json(summary), **more})
    elif not quiet:
        _show_assessment(summary)
        if by is not None and counted is not None:
            rows = [(row[0] or "(not recorded)", *row[1:]) for row in counted.itertuples(index=False, name=None)]
            table(f"\nFindings by {by.value}", rows, headers=[str(name) for name in counted.columns])
    finish([severity_code(summary.worst(), fail_on)])


def report(
    workspace: WorkspaceDir = None,
    masked: Annotated[
        bool, typer.Option("--masked", help="Also write a distribution copy: no clear name, login, digest or hash.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the sealed PDF, the sealed workbook and the evidence of the newest assessment.

    Example: pdpo-audit report
    """
    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened(workspace, quiet=quiet, verbose=verbose, run="report", **seal) as opened_workspace:
        summary = opened_workspace.report(masked=masked)
    if json:
        show_json(summary)
    elif not quiet:
        _show_report(summary)
        if masked:
            say("A distribution copy. Which code is which name stays in the workspace, below keys/masking.")


def _show_run(summary: RunSummary, *, json: bool, quiet: bool) -> None:
    if json:
        show_json(summary)
        return
    if quiet:
        return
    for assumption in summary.assumptions:
        say(f"Assumed: {plain(assumption)}")
    show_scan(summary.scanned)
    _show_assessment(summary.assessed)
    _show_report(summary.reported)
    out.print(plain(in_short(summary)))


def _show_sorted(found: SortedFiles, *, json: bool, quiet: bool) -> None:
    if json:
        show_json(found)
        return
    for number, group in enumerate(found.groups, 1):
        for path in group:
            out.print(f"{number}\t{plain(path)}")
    if not quiet:
        say(f"{amount(len(found.groups), 'group')} among {amount(found.files, 'image')}: {plain(found.note)}")


def _show_sorting(report: SortingReport) -> None:
    table(
        "\nSorting by names, sizes, dates and cameras instead",
        [
            ("pairs of copies it would have found", report.pairs_found),
            ("pairs of copies it would have missed", report.pairs_missed),
            ("pairs it would have joined wrongly", report.pairs_wrong),
        ],
    )
    examples = [("missed", *pair) for pair in report.missed[:5]] + [("wrong", *pair) for pair in report.wrong[:5]]
    if examples:
        table("", [tuple(row) for row in examples], headers=("example", "holding", "and"))


def _show_assessment(summary: AssessmentSummary) -> None:
    found: list[tuple[object, ...]] = [(name, count) for name, count in summary.findings.items()]
    table(f"\nFindings as of {summary.assessed_on}", found)
    for warning in summary.warnings:
        say(f"Not used: {plain(warning)}")
    outcomes: list[tuple[object, ...]] = [(name, count) for name, count in summary.outcomes.items()]
    table("\nHoldings by proposed outcome (named people decide)", outcomes)


def _show_report(summary: ReportSummary) -> None:
    out.print(f"\nSealed audit [bold]{plain(summary.audit_id)}[/]")
    for path in sorted(summary.folder.iterdir()):
        out.print(f"  {plain(path)}")
    for reason in summary.draft_reasons:
        say(f"Draft: {plain(reason)}")
    if summary.warning:
        say(plain(summary.warning))
    say(f"Check it with: pdpo-audit verify {plain(summary.folder)}")
