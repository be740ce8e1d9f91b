"""Commands for legal holds."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import err, out, plain, say, show_json, table
from pdpo_audit.model.locations.printed import amount

if TYPE_CHECKING:
    from pdpo_audit.workspace.project import Project
    from pdpo_audit.workspace.review.holds import Placed

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], show_default=False)]


Matter = Annotated[str, typer.Option(help="The case, request or complaint.", prompt="Matter")]
IssuedBy = Annotated[str, typer.Option(help="The person who places the hold.", prompt="Issued by")]
IssuerRole = Annotated[str, typer.Option(help="That person's role; only it releases the hold.")]
Kind = Annotated[str, typer.Option(help="legal_hold, access_request, correction_request, complaint or investigation.")]
Digests = Annotated[
    list[str] | None, typer.Option(help="Every copy with these bytes (may be repeated).", show_default=False)
]
Found = Annotated[
    Path | None, typer.Option(help="What `person find --json` printed, reviewed: those pictures and all their copies.")
]
Pattern = Annotated[str, typer.Option(help="Places that match this pattern, such as '2023/**' (docs/patterns.md).")]
Cluster = Annotated[str, typer.Option(help="Every holding of this duplicate cluster.")]
OfSource = Annotated[str, typer.Option(help="Everything in this source.")]
Everything = Annotated[bool, typer.Option("--everything", help="Cover all holdings.")]
ExpectNone = Annotated[bool, typer.Option("--expect-none", help="Place it although it selects no holding yet.")]


def add(
    matter: Matter,
    issued_by: IssuedBy,
    role: IssuerRole = "legal",
    kind: Kind = "legal_hold",
    sha256: Digests = None,
    found: Found = None,
    path: Pattern = "",
    cluster: Cluster = "",
    source: OfSource = "",
    captured_from: Day = None,
    captured_until: Day = None,
    everything: Everything = False,
    expect_none: ExpectNone = False,
    review_on: Day = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Place a hold: nothing it selects is proposed for erasure until it is released.

    Example: pdpo-audit hold add --matter "HCA 123/2026" --issued-by "Wong Siu Ling" --source hr-archive
    """
    from pdpo_audit.workspace.review.holds import Selectors, add_hold

    selectors = Selectors(
        sha256=tuple(sha256 or ()),
        found=found,
        path_pattern=path,
        cluster_id=cluster,
        source=source,
        captured_from=_day(captured_from),
        captured_until=_day(captured_until),
    )
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        placed = add_hold(
            project,
            kind=kind,
            matter=matter if json or quiet else _meant(project, matter, source),
            issued_by=issued_by,
            issuer_role=role,
            selectors=selectors,
            review_on=_day(review_on),
            everything=everything,
            expect_none=expect_none,
        )
        show_json(placed) if json else _tell(placed, quiet)
        _tell_open(project)


def _meant(project: Project, matter: str, source: str) -> str:
    """The matter in the words of the settings, where somebody who can be asked says that it is the same one."""
    from pdpo_audit.workspace.rules.matters import meant_matter

    meant = meant_matter(project, matter, source) if err.is_terminal else ""
    if meant and typer.confirm(f'Is it the open matter "{meant}" of the settings?', default=True, err=True):
        return meant
    return matter


def _tell_open(project: Project) -> None:
    """On the error stream, also where little or JSON is wanted: what is held for another reason is no small thing."""
    from pdpo_audit.workspace.rules.matters import unheld_told

    for one in unheld_told(project):
        say(f"[yellow]Look after:[/] {plain(one)}")


def _tell(placed: Placed, quiet: bool) -> None:
    if quiet:
        return
    out.print(plain(placed.hold.hold_id))
    say(f"{amount(placed.holdings, 'holding is', 'holdings are')} on hold by it now{':' if placed.first else '.'}")
    for place in placed.first:
        say(f"  {plain(place)}")
    if placed.holdings > len(placed.first):
        say(f"  and {placed.holdings - len(placed.first):,} more")
    say("In force from today. Run pdpo-audit assess to see what it holds.")


def list_all(
    workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Every hold, released ones included.

    Example: pdpo-audit hold list
    """
    from pdpo_audit.workspace.review.holds import list_holds, spoken

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        holds = list_holds(opened_workspace.project)
        _tell_open(opened_workspace.project)
    if json:
        show_json(holds)
        return
    rows: list[tuple[object, ...]] = [
        (
            hold.hold_id,
            hold.kind,
            hold.matter,
            f"{hold.issued_by} ({hold.issuer_role})",
            spoken(hold),
            hold.starts_on,
            hold.review_on or "",
            hold.released_on or "in force",
        )
        for hold in holds
    ]
    if rows:
        table("", rows, headers=("hold", "kind", "matter", "issued by", "selects", "from", "review", "released"))
    elif not quiet:
        say("No hold is placed.")


def release(
    hold: Annotated[str, typer.Argument(help="The hold's id.")],
    by: Annotated[str, typer.Option(help="The person who releases it.", prompt="Released by")],
    role: Annotated[str, typer.Option(help="That person's role: the one that placed the hold.")] = "legal",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """End a hold from today on.

    Example: pdpo-audit hold release H-20261120-a1b2c3 --by "Wong Siu Ling" --role legal
    """
    from pdpo_audit.workspace.review.holds import release_hold

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        released = release_hold(opened_workspace.project, hold, released_by=by, role=role)
    if json:
        show_json(released)
    elif not quiet:
        out.print(f"{plain(released.hold_id)} released on {released.released_on}")


def restore(
    audit: Annotated[Path, typer.Argument(help="The folder of a sealed audit.")],
    other: Annotated[
        bool, typer.Option("--other", help="Although it is of another workspace, or keys/memory.key was lost.")
    ] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Bring back the holds that were in force when an audit was sealed: the catalogue was lost.

    Example: pdpo-audit hold restore reports/2026-11-20-a1b2c3
    """
    from pdpo_audit.workspace.setup.held import restore_holds

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        done = restore_holds(opened_workspace.project, audit, other=other)
    if json:
        show_json(done)
    elif not quiet:
        again = amount(len(done.restored), "hold is", "holds are")
        say(f"{again} in force again, {len(done.known)} known before. Next: pdpo-audit run")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
