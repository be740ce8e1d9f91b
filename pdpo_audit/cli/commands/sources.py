"""Commands for declared sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import finish, opened, reached_code
from pdpo_audit.cli.showing import say, show_json, table

if TYPE_CHECKING:
    from pdpo_audit.workspace.scan.reaching import CheckedSource


def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these sources.")] = None,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Say that these sources are as they should be, and what is missing is gone."),
    ] = False,
    by: Annotated[str, typer.Option(help="The person who says so.")] = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Try whether the sources can be reached, and show what the last scan could not take for what it knew.

    Example: pdpo-audit source check studio-nas --accept --by "Chan Tai Man"
    """
    from pdpo_audit.workspace.scan.reaching import accept_sources, check_sources

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        checked = accept_sources(project, names or [], by=by) if accept else check_sources(project, names or [])
    if json:
        show_json(checked)
    elif not quiet:
        _show(checked)
    finish([reached_code(one.reached and (not one.doubt or one.accepted) for one in checked)])


#: What a doubt of the last scan is called on the screen (``model.locations.roots.Doubt``).
_DOUBTS = {
    "missing": "could not be listed",
    "empty": "was empty",
    "link": "a link took its place",
    "other_store": "another disk or share lay at its place",
    "loss": "too many files were missing",
    "folders": "folders could not be listed any more",
}


def _show(checked: list[CheckedSource]) -> None:
    rows: list[tuple[object, ...]] = [
        (one.source, "yes" if one.reached else f"no: {one.detail}", one.files, _said(one), one.since) for one in checked
    ]
    table("", rows, headers=("source", "reached now", "files known", "last scan", "since"))
    if any(one.doubt and not one.accepted for one in checked):
        say("Of what was not reached nothing counts as held or gone. Mount it and scan again, or say that it is as it")
        say("should be: pdpo-audit source check NAME --accept --by PERSON")


def _said(one: CheckedSource) -> str:
    if not one.doubt:
        return "reached" if one.files else ""
    lost = f" ({one.lost:,} missing)" if one.lost else ""
    return f"{_DOUBTS[one.doubt]}{lost}{'; accepted, scan again' if one.accepted else ''}"
