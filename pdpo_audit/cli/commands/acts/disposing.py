"""Commands of disposition: plan, approve, run, undo, finish, certificate."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, NoSeal, PassphraseFile, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import SealWays, opened
from pdpo_audit.cli.session import finish as leave
from pdpo_audit.cli.showing import moment, out, plain, say, show_json, table
from pdpo_audit.errors import ExitCode
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.workspace.acts.plans.planning import MadePlan
from pdpo_audit.workspace.acts.running import Ran

PlanId = Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id, or how it begins.")]
Places = Annotated[list[str] | None, typer.Argument(metavar="[PLACE]...", help="SOURCE:PATH or a pattern of paths.")]


def plan(
    places: Places = None,
    rule: Annotated[str, typer.Option(help="Copies of which this rule says something.")] = "",
    owner: Annotated[str, typer.Option(help="Copies of this owner.")] = "",
    source: Annotated[str, typer.Option(help="Copies in this source.")] = "",
    cluster: Annotated[str, typer.Option(help="Copies of this duplicate cluster.")] = "",
    decided: Annotated[bool, typer.Option("--decided", help="Only what people decided on.")] = False,
    act: Annotated[DisposalAct | None, typer.Option(help="Another act than the rules propose.")] = None,
    reason: Annotated[str, typer.Option(help="Why: makes it a named decision of whoever prepares.")] = "",
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of an exception.")] = None,
    by: Annotated[str, typer.Option(help="Who prepares (default: your account); they cannot approve.")] = "",
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write a sealed plan of what is due, or of what you name: nothing is touched.

    Example: pdpo-audit dispose plan --source studio-nas
    """
    from pdpo_audit.workspace.acts.plans.planning import plan as make
    from pdpo_audit.workspace.acts.plans.selecting import Wanted

    wanted = Wanted(
        rule=rule, owner=owner, source=source, cluster=cluster, places=tuple(places or ()), decided=decided, act=act,
        reason=reason, until=until.date().isoformat() if until else "",
    )  # fmt: skip
    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened(workspace, quiet=quiet, verbose=verbose, run="dispose plan", **seal) as opened_workspace:
        made = make(opened_workspace.project, wanted, preparer=by)
    if json:
        show_json(made)
        return
    _show_plan(made, quiet)


def list_all(
    plan_id: Annotated[str, typer.Argument(metavar="[PLAN]", help="Show the lines of this plan.")] = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The plans and where they stand, or the lines of one.

    Example: pdpo-audit dispose list
    """
    from pdpo_audit.workspace.acts.listing import list_items, list_plans

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        if plan_id:
            items = list_items(opened_workspace.project, plan_id)
            if json:
                show_json(items)
                return
            rows = [(i.number, f"{i.source}: {i.path}", i.act, i.state, i.detail, i.ends_on, i.words) for i in items]
            table("", rows, ("", "copy", "act", "state", "detail", "quarantine ends", ""))
            return
        plans = list_plans(opened_workspace.project)
    if json:
        show_json(plans)
        return
    shown: list[tuple[object, ...]] = []
    for one in plans:
        stands = ", ".join(f"{count:,} {state}" for state, count in one.states.items())
        approved = "approved" if one.approved else one.ended or f"waits for {', '.join(one.lacking)}"
        shown.append((one.plan_id, moment(one.made_at), one.selection, stands, approved))
    table("", shown, ("plan", "made", "takes in", "copies", ""))


def run(
    plan_id: PlanId,
    limit: Annotated[int | None, typer.Option(min=1, help="Act on so many copies at most.", show_default=False)] = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Carry out an approved plan; each copy is checked again at its act. After a kill the same command goes on.

    Exit code 3 where copies were left alone or wait for people.

    Example: pdpo-audit dispose run DP-2026-11-30-a1b2c3
    """
    from pdpo_audit.workspace.acts.running import run as carry_out

    with opened(workspace, quiet=quiet, verbose=verbose, run="dispose run") as opened_workspace:
        ran = carry_out(opened_workspace.project, plan_id, limit=limit)
    _show(ran, json, quiet)


def undo(
    plan_id: PlanId,
    places: Places = None,
    by: Annotated[str, typer.Option(help="Who says so (default: your account).")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept in the log.")] = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Put copies back from the quarantine or a declared place, with name, times, rights and attributes.

    Example: pdpo-audit dispose undo DP-2026-11-30-a1b2c3 --reason "wrong campaign"
    """
    from pdpo_audit.workspace.acts.undoing import undo as put_back

    with opened(workspace, quiet=quiet, verbose=verbose, run="dispose undo") as opened_workspace:
        ran = put_back(opened_workspace.project, plan_id, places=tuple(places or ()), by=by, reason=reason)
    _show(ran, json, quiet)


def finish(
    plan_id: PlanId,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Erase what waits in the quarantine and whose last day is over; a hold freezes it.

    Example: pdpo-audit dispose finish DP-2026-11-30-a1b2c3
    """
    from pdpo_audit.workspace.acts.undoing import finish as end

    with opened(workspace, quiet=quiet, verbose=verbose, run="dispose finish") as opened_workspace:
        ran = end(opened_workspace.project, plan_id)
    _show(ran, json, quiet)


def confirm(
    plan_id: PlanId,
    file: Annotated[Path, typer.Option(help="What the processor or owner sent back.", exists=True, dir_okay=False)],
    by: Annotated[str, typer.Option(help="Who confirms, or who received it.")],
    places: Places = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """File a confirmation for copies on which nothing here acts; the next scan checks what it can see.

    Example: pdpo-audit dispose confirm DP-2026-11-30-a1b2c3 --file reply.pdf --by "Ho Mei"
    """
    from pdpo_audit.workspace.acts.tasks import confirm as file_it

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        filed = file_it(opened_workspace.project, plan_id, file, by=by, places=tuple(places or ()))
    if json:
        show_json(filed)
    elif not quiet:
        say(f"{amount(filed.copies, 'copy', 'copies')}: {plain(filed.file)} (SHA-256 {filed.sha256})")


def certificate(
    plan_id: PlanId,
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the sealed certificate of what was done, for the plan and each owner; a later one supersedes it.

    Example: pdpo-audit dispose certificate DP-2026-11-30-a1b2c3
    """
    from pdpo_audit.workspace.acts.certifying import certify

    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened(workspace, quiet=quiet, verbose=verbose, run="dispose certificate", **seal) as opened_workspace:
        made = certify(opened_workspace.project, plan_id)
    if json:
        show_json(made)
    elif not quiet:
        out.print(plain(made.folder))
        say(f"{plain(made.certificate_id)}; check it with: pdpo-audit verify {plain(made.folder)}")


def _show_plan(made: MadePlan, quiet: bool) -> None:
    out.print(plain(made.plan_id))
    if quiet:
        return
    acts = ", ".join(f"{count:,} {name}" for name, count in made.acts.items())
    say(
        f"{amount(made.copies, 'copy', 'copies')} ({acts}), {made.bytes / 1e6:,.1f} MB;"
        f" it frees {made.frees / 1e6:,.1f} MB"
    )
    if made.no_copy_stays:
        say(f"[yellow]Of {made.no_copy_stays:,} no other copy stays.[/]")
    if made.tasks:
        say(f"{made.tasks:,} are tasks for people: nothing here acts on them.")
    for one in made.refused[:10]:
        say(f"  not taken in: {plain(one.source)}: {plain(one.path)}: {plain(one.why)}")
    if len(made.refused) > 10:
        say(f"  and {len(made.refused) - 10:,} more are not taken in (--json lists them)")
    say(f"Read it: {plain(made.folder)}. Digest: {made.sha256}")
    say(f"Next: pdpo-audit dispose approve {plain(made.plan_id)} --role {made.approvals[0]} --key YOUR.p12")


def _show(ran: Ran, json: bool, quiet: bool) -> None:
    if json:
        show_json(ran)
    elif not quiet:
        table("", [(state.replace("_", " "), count) for state, count in sorted(ran.states.items())])
        for detail, count in sorted(ran.left_alone.items()):
            say(f"  {count:,} {detail.replace('_', ' ')}")
        if ran.overdue:
            say(f"[yellow]{amount(ran.overdue, 'copy waits', 'copies wait')} beyond the last day of the quarantine.[/]")
        elif ran.ends_on:
            say(f"In quarantine until {ran.ends_on}; then: pdpo-audit dispose finish {plain(ran.plan_id)}")
    leave([ExitCode.DONE if ran.complete else ExitCode.TOO_MUCH_SKIPPED])
