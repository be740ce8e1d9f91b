"""Commands for how rules stand here: packs that fit, periods adopted in writing, lawyers' reviews."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.errors import CallError

if TYPE_CHECKING:
    from pdpo_audit.workspace.rules.adopting import PeriodLine

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], show_default=False)]
By = Annotated[str, typer.Option(help="The person who said so.", show_default=False)]


def suggest(workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Packs that are not in use although this library holds what they speak of.

    Example: pdpo-audit policy suggest
    """
    from pdpo_audit.workspace.rules.adopting import suggest_packs

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        found = suggest_packs(opened_workspace.project)
    if json:
        show_json(found)
        return
    rows = [(one.pack, ", ".join(one.classes), ", ".join(one.sources)) for one in found]
    table("", rows, headers=("pack", "record classes here", "sources"))
    if not quiet:
        say(
            plain("Name the packs you want under [policy] packs.")
            if found
            else "No further pack speaks of what is declared here."
        )


def adopt(
    rule: Annotated[str, typer.Argument(help="The rule; without one, the periods that can be adopted.")] = "",
    by: By = "",
    on: Day = None,
    reference: Annotated[str, typer.Option(help="Where it is written.", show_default=False)] = "",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it counts.", show_default=False)
    ] = None,
    period: Annotated[str, typer.Option(help="Another period than the suggested one, such as P60D.")] = "",
    export: Annotated[Path | None, typer.Option("--export", help="Write a spreadsheet to adopt in.")] = None,
    read: Annotated[Path | None, typer.Option("--import", help="Take what was adopted in that spreadsheet.")] = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a suggested period the organisation's own: who adopted it in writing, when, and where it is written.

    A suggested period decides nothing until then. Adopt it again with --until to end it.

    Example: pdpo-audit policy adopt CAMP-01 --by "Chan Tai Man" --on 2026-11-02 --reference "Retention schedule 4.2"
    """
    from pdpo_audit.workspace.rules import adopting

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        if rule and on is None:
            raise CallError("the day of the adoption is missing", advice="--on 2026-11-02")
        if rule and on:
            adopting.adopt_period(
                project,
                rule,
                by=by,
                on=on.date(),
                reference=reference,
                until=until.date() if until else None,
                period=period,
            )
        elif read:
            say(f"{adopting.import_periods(project, read)} periods adopted.")
        elif export:
            say(f"{adopting.export_periods(project, export)} suggested periods written to {export}.")
        lines = adopting.periods(project)
    shown = [line for line in lines if not rule or line.rule == rule]
    if json:
        show_json(shown)
    elif not export:
        _show(shown)


def _show(lines: list[PeriodLine]) -> None:
    for line in lines:
        out.print(f"[bold]{plain(line.rule)}[/] {plain(line.title)}: {plain(line.suggests)}.")
        out.print(f"  {plain(line.standing['en'].strip())}")
    if not lines:
        say("No rule in use has a suggested period.")


def review(
    rule: Annotated[str, typer.Argument(help="The rule that was reviewed.")],
    by: Annotated[str, typer.Option(help="The solicitor.")],
    firm: Annotated[str, typer.Option(help="The firm.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])],
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Record that a lawyer has reviewed a rule as it reads now; printed with it, due again after a year.

    Example: pdpo-audit policy review HR-02 --by "Wong Lai" --firm "Wong & Partners" --on 2026-11-02
    """
    from pdpo_audit.workspace.rules.adopting import review_rule

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        said = review_rule(opened_workspace.project, rule, by=by, firm=firm, on=on.date())
    if not quiet:
        say(f"{plain(said.rule)}: reviewed by {plain(said.by)} ({plain(said.firm)}) on {said.on.isoformat()}.")
