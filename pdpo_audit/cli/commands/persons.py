"""Commands for a data access request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.commands.inspecting import say_waiting
from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import finish, opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.errors import ExitCode

if TYPE_CHECKING:
    from pdpo_audit.workspace.scan.person_search import SearchResult


def find(
    photos: Annotated[list[Path], typer.Argument(help="Three or more photographs of the one person who asks.")],
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """A ranked list of holdings to review for a data access request: never an answer.

    By picture first; by face only where [faces.search] names purpose, approved_by, pia_reference and expires_on.
    Face descriptions live in memory while this command runs. Each use is an event in the log.

    Example: pdpo-audit person find me1.jpg me2.jpg me3.jpg
    """
    from pdpo_audit.workspace.scan.person_search import find_person

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        result = find_person(opened_workspace.project, photos)
    if json:
        show_json(result)
        finish([_code(result)])
        return
    if result.by_picture:
        rows: list[tuple[object, ...]] = [(one.relation, one.source, one.path) for one in result.by_picture]
        table("Holdings of these photographs", rows, headers=("relation", "source", "path"))
        say_waiting(result.by_picture)
    lines: list[tuple[object, ...]] = [
        (one.rank, "likely" if one.likely else "", one.distance, one.source, one.path, one.owner or "(no owner)")
        for one in result.by_face
    ]
    if lines:
        table("\nFaces to review, nearest first", lines, headers=("rank", "", "distance", "source", "path", "owner"))
        say_waiting(result.by_face)
    else:
        looked = "the library" if result.whole else "what was looked at"
        out.print(f"\nNo face of {looked} is near enough to be listed.")
    for one in (*result.not_compared, *result.pictures_not_compared):
        say(f"Not compared: {plain(one.source)}:{plain(one.path)} ({plain(one.reason)} {plain(one.detail)})")
    for caution in result.cautions:
        say(plain(caution))
    finish([_code(result)])


def _code(result: SearchResult) -> ExitCode:
    """An answer that leaves holdings out is not everything."""
    return ExitCode.DONE if result.whole else ExitCode.TOO_MUCH_SKIPPED
