"""Commands for the plans of reviews."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.model.reviews.plans import Step, differences

if TYPE_CHECKING:
    from pdpo_audit.workspace.opening import Workspace
    from pdpo_audit.workspace.plans.planning import ShownPlan, Wish

Name = Annotated[str, typer.Argument(help="The plan's name.")]
Every = Annotated[
    str | None,
    typer.Option(help='In words ("quarterly", "last weekday of the quarter") or as an RRULE.', show_default=False),
]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="The first day that counts.", show_default=False),
]
Sources = Annotated[list[str] | None, typer.Option("--source", help="A source; may be repeated (default: all).")]
Packs = Annotated[list[str] | None, typer.Option("--pack", help="A rule pack; may be repeated (default: settings).")]
Owner = Annotated[str | None, typer.Option(help="Who is accountable for the review.", show_default=False)]
SignOffs = Annotated[
    list[str] | None, typer.Option("--sign-off", help="A role that signs; may be repeated (default: settings).")
]
Within = Annotated[
    str | None, typer.Option("--sign-off-within", help="Time to sign, such as P14D.", show_default=False)
]
Steps = Annotated[
    list[Step] | None,
    typer.Option("--do", help="What the review does; may be repeated (default: scan, assess, report)."),
]
By = Annotated[str, typer.Option(help="Who says so (default: you).", show_default=False)]


def add(
    name: Name,
    every: Every = None,
    starts: From = None,
    source: Sources = None,
    pack: Packs = None,
    owner: Owner = None,
    sign_off: SignOffs = None,
    sign_off_within: Within = None,
    do: Steps = None,
    by: By = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Plan a review that comes again. A slot on a holiday in Hong Kong is due on the next working day.

    Example: pdpo-audit schedule add quarterly --every "last weekday of the quarter" --owner "Ho Mei"
    """
    from pdpo_audit.workspace.plans.planning import add_plan

    wish = _wish(every, starts, source, pack, owner, sign_off, sign_off_within, do)
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        _tell(add_plan(project, name, wish, by=_speaker(opened_workspace, by)), json=json, quiet=quiet)


def change(
    name: Name,
    every: Every = None,
    starts: From = None,
    source: Sources = None,
    pack: Packs = None,
    owner: Owner = None,
    sign_off: SignOffs = None,
    sign_off_within: Within = None,
    do: Steps = None,
    by: By = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Change a plan from tomorrow (or --from) on; what came before stays as it was planned.

    Example: pdpo-audit schedule change quarterly --every monthly --from 2027-01-04
    """
    from pdpo_audit.workspace.plans.planning import change_plan

    wish = _wish(every, starts, source, pack, owner, sign_off, sign_off_within, do)
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        _tell(change_plan(project, name, wish, by=_speaker(opened_workspace, by)), json=json, quiet=quiet)


def pause(
    name: Name,
    by: By = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Let a plan rest from tomorrow on.

    Example: pdpo-audit schedule pause quarterly
    """
    from pdpo_audit.workspace.plans.planning import pause_plan

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        _tell(pause_plan(project, name, by=_speaker(opened_workspace, by)), json=json, quiet=quiet)


def resume(
    name: Name,
    by: By = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Let a plan that was paused go on, in its rhythm.

    Example: pdpo-audit schedule resume quarterly
    """
    from pdpo_audit.workspace.plans.planning import pause_plan

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        _tell(pause_plan(project, name, by=_speaker(opened_workspace, by), pause=False), json=json, quiet=quiet)


def remove(
    name: Name, by: By = "", workspace: WorkspaceDir = None, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """End a plan from tomorrow on; its history and its reviews stay.

    Example: pdpo-audit schedule remove quarterly
    """
    from pdpo_audit.workspace.plans.planning import remove_plan

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        remove_plan(project, name, by=_speaker(opened_workspace, by))
    if not quiet:
        say(f"{plain(name)} ends today; its history and its reviews stay.")


def list_all(
    workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Every plan with its next review.

    Example: pdpo-audit schedule list
    """
    from pdpo_audit.workspace.plans.planning import list_plans, read_settings_once

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        notes = read_settings_once(opened_workspace.project)
        plans = list_plans(opened_workspace.project)
    if json:
        show_json(plans)
        return
    rows: list[tuple[object, ...]] = [
        (
            one.name,
            one.plan.every if one.plan else "removed",
            "paused" if one.plan and one.plan.paused else one.next[0].due_on if one.next else "none",
            one.plan.owner if one.plan else "",
            len(one.records),
        )
        for one in plans
    ]
    table("", rows, headers=("plan", "every", "next due", "owner", "reviews so far"))
    for note in notes:
        say(f"[yellow]Look after:[/] {plain(note)}")


def show(
    name: Name, workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """One plan: what it says, its next reviews, those so far, and what was said of it before.

    Example: pdpo-audit schedule show quarterly
    """
    from pdpo_audit.workspace.plans.planning import show_plan

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        shown = show_plan(opened_workspace.project, name)
    _tell(shown, json=json, quiet=quiet)
    if json or quiet:
        return
    for record in shown.records:
        what = record.audit_id or record.reason
        out.print(f"{record.day}  due {record.due_on}  {record.state.value}  {plain(what)}")
    for before, version in zip((None, *shown.history), shown.history, strict=False):
        every = version.plan.every if version.plan else ""
        out.print(
            plain(f"{version.stated_at[:10]}  {version.stated_by}: {version.act}, from {version.since} on  {every}")
        )
        for name, old, new in differences(before.plan if before else None, version.plan):
            out.print(plain(f"            {name.replace('_', ' ')}: {old or 'none'} -> {new or 'none'}"))


def _wish(
    every: str | None,
    starts: datetime | None,
    source: list[str] | None,
    pack: list[str] | None,
    owner: str | None,
    sign_off: list[str] | None,
    within: str | None,
    do: list[Step] | None,
) -> Wish:
    from pdpo_audit.workspace.plans.planning import Wish

    return Wish(
        every=every,
        starts_on=starts.date() if starts else None,
        sources=tuple(source) if source else None,
        packs=tuple(pack) if pack else None,
        owner=owner,
        sign_offs=tuple(sign_off) if sign_off else None,
        sign_off_within=within,
        does=tuple(do) if do else None,
    )


def _speaker(workspace: Workspace, by: str) -> str:
    return by or workspace.actor


def _tell(shown: ShownPlan, *, json: bool, quiet: bool) -> None:
    if json:
        show_json(shown)
    elif not quiet and shown.plan:
        plan = shown.plan
        say(f"{plain(shown.name)}: {plain(plan.every)} ({plain(plan.rrule)}){', paused' if plan.paused else ''}")
        said = {"sources": plan.sources, "packs": plan.packs, "sign-offs": plan.sign_offs}
        parts = [f"{name} {', '.join(values)}" for name, values in said.items() if values]
        parts += [f"does {', '.join(step.value for step in plan.does)}"]
        parts += [f"owner {plan.owner}"] if plan.owner else []
        say(plain("; ".join([*parts, f"signed within {plan.sign_off_within}"])))
        say("Next: " + ", ".join(_day(slot.day.isoformat(), slot.due_on.isoformat()) for slot in shown.next))
    elif not quiet:
        say(f"{plain(shown.name)} was removed.")


def _day(day: str, due: str) -> str:
    return due if due == day else f"{due} (moved from {day})"
