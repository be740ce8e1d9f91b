"""Commands for what named people say of pictures: masters, pairs that differ, legal status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import moment, plain, say, show_json, table
from pdpo_audit.model.judgements import LegalDetermination, LegalReason

if TYPE_CHECKING:
    from pdpo_audit.workspace.opening import Workspace

Holding = Annotated[str, typer.Argument(help="A holding, as the tables write it: path, or source:path.")]
By = Annotated[str, typer.Option("--by", help="The person who says so.", prompt="Your name")]
Role = Annotated[str, typer.Option(help="That person's role: reviewer, legal, dpo, owner ...")]
Instead = Annotated[
    bool, typer.Option("--instead", help="In place of what another person said; both stay in the history.")
]
Reason = Annotated[str, typer.Option(help="Why, in that person's words.")]


def master(
    holding: Holding,
    by: By,
    role: Role = "",
    reason: Reason = "",
    instead: Instead = False,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Confirm a holding as the master of its duplicate cluster.

    Example: pdpo-audit decide master "campaigns/2024/final.tif" --by "Chan Tai Man" --role reviewer
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        made = opened_workspace.confirm_master(holding, by=by, role=role, reason=reason, instead=instead)
    if not quiet:
        say(f"{plain(made.judgement_id)}: master confirmed by {plain(made.by)}")


def reject(
    left: Holding,
    right: Holding,
    by: By,
    reason: Annotated[str, typer.Option(help="Why they are not the same picture.", prompt="Reason")],
    role: Role = "",
    instead: Instead = False,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say that two holdings are not the same picture; from the next scan on they share no duplicate cluster.

    Example: pdpo-audit decide reject a.jpg b.jpg --by "Chan Tai Man" --reason "two frames of a burst"
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        made = opened_workspace.reject_pair(left, right, by=by, role=role, reason=reason, instead=instead)
    if not quiet:
        say(f"{plain(made.judgement_id)}: pair rejected by {plain(made.by)}; the next scan separates them")


def legal(
    pictures: Annotated[
        list[str],
        typer.Argument(help="Holdings, ids of duplicate clusters, patterns such as '2023/**', or an .xlsx file."),
    ],
    determination: Annotated[
        LegalDetermination,
        typer.Option("--as", help="What the picture is in law; until somebody says so it is not assessed."),
    ],
    code: Annotated[LegalReason, typer.Option(help="The reason's code.")],
    by: By,
    role: Annotated[str, typer.Option(help="That person's role: dpo or legal.", prompt="Your role")],
    reason: Reason = "",
    instead: Instead = False,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Record the legal determination of pictures; it holds for every copy with the same bytes.

    Example: pdpo-audit decide legal crowd.jpg --as not_personal_data --code not_collected_eastweek --by "Ho" --role dpo
    """
    from pdpo_audit.workspace.review.determining import determine_many

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        made = determine_many(
            opened_workspace.project, pictures, determination, code=code, by=by, role=role, reason=reason,
            instead=instead,
        )  # fmt: skip
    for one in made if not quiet else ():
        say(f"{plain(one.judgement_id)}: {plain(one.value)}, determined by {plain(one.by)} ({plain(one.role)})")


def list_all(
    history: Annotated[
        bool, typer.Option("--history", help="Everything that was said and taken back, as long as the log keeps it.")
    ] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The judgements in force, with who made them and the pictures they hold for.

    Example: pdpo-audit decide list
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        if history:
            _show_history(opened_workspace, json=json)
            return
        known = opened_workspace.judgements()
    if json:
        show_json(known)
        return
    rows: list[tuple[object, ...]] = [
        (one.judgement_id, one.kind, one.left, one.right or one.value, one.by, one.at[:10], one.reason or one.code)
        for one in known
    ]
    if rows:
        table("", rows, headers=("id", "what", "holding", "other, or status", "by", "on", "reason"))
    elif not quiet:
        say("Nobody has judged a picture yet.")


def _show_history(workspace: Workspace, *, json: bool) -> None:
    from pdpo_audit.workspace.review.replacing import history

    past = history(workspace.project)
    if json:
        show_json(past)
        return
    rows: list[tuple[object, ...]] = [
        (moment(one.at), one.event, one.judgement_id, one.by, one.role, one.value, one.reason) for one in past
    ]
    table("", rows, headers=("at", "what", "id", "by", "role", "status, or replaced by", "reason"))


def undo(
    judgement: Annotated[str, typer.Argument(help="The judgement's id, as `decide list` shows it.")],
    by: By,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take a judgement back; the event log keeps that it was made.

    Example: pdpo-audit decide undo M-3F2A91C40B77 --by "Chan Tai Man"
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        made = opened_workspace.undo(judgement, by=by)
    if not quiet:
        say(f"{plain(made.judgement_id)} taken back; the next scan proposes anew")
