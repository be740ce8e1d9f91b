"""Commands for declared sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import finish, opened, reached_code
from pdpo_audit.cli.showing import plain, say, show_json, table

if TYPE_CHECKING:
    from pdpo_audit.workspace.scan.listing import DeclaredSource
    from pdpo_audit.workspace.scan.reaching import CheckedSource


def add(
    place: Annotated[
        str,
        typer.Argument(help="A folder that holds pictures, or a store: webdavs://, s3://, sftp://, smb://, imaps://."),
    ],
    name: Annotated[str, typer.Option(help="What it is called (default: the folder's own name, or the host).")] = "",
    owner: Annotated[str, typer.Option(help="Accountable person or unit.")] = "",
    purpose: Annotated[str, typer.Option(help="What the pictures are kept for.")] = "",
    record_class: Annotated[str, typer.Option(help="The record class of most of them.")] = "",
    jurisdiction: Annotated[str, typer.Option(help="Where the copies lie: HK, Hong Kong, CN ...")] = "",
    city: Annotated[str, typer.Option(help="The city where they lie.")] = "",
    vendor: Annotated[str, typer.Option(help="The data processor that holds them.")] = "",
    contract: Annotated[str, typer.Option(help="The contract with it.")] = "",
    public: Annotated[bool | None, typer.Option("--public/--not-public", help="Whether the public can see it.")] = None,
    may_write: Annotated[bool, typer.Option("--may-write", help="Take a login that could do more than read.")] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Declare a folder or a store as a source; what stands in the settings stays as it is.

    Example: pdpo-audit source add /mnt/nas/campaigns --owner "Creative Services" --jurisdiction HK

    A store: pdpo-audit source add "smb://files/photos?credential=env:SHARE_LOGIN" --name files
    """
    from pdpo_audit.workspace.rules.answering import read_class, read_place
    from pdpo_audit.workspace.setup.changing import add_source

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        called = add_source(
            project, place, name, owner=owner, purpose=purpose, record_class=read_class(project, record_class),
            jurisdiction=read_place(jurisdiction), city=city, vendor=vendor, contract=contract, external_facing=public,
            may_write=may_write,
        )  # fmt: skip
    if json:
        show_json({"source": called})
    elif not quiet:
        say(f"Declared as {plain(called)}. Next: pdpo-audit scan")


def list_all(
    workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """The declared sources: what is said of each, when it was last reached, what it holds, what that costs.

    Example: pdpo-audit source list
    """
    from pdpo_audit.workspace.scan.listing import list_sources

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        found = list_sources(opened_workspace.project)
    if json:
        show_json(found)
        return
    rows: list[tuple[object, ...]] = [
        (one.source, one.uri, one.owner or "(no owner)", one.jurisdiction or "(no place)", one.record_class, one.public,
         _reached(one), one.files, f"{one.bytes / 1e6:,.1f}", _cost(one))
        for one in found
    ]  # fmt: skip
    if rows:
        headers = ("source", "place", "owner", "jurisdiction", "record class", "public", "reached", "files", "MB")
        table("", rows, headers=(*headers, "HK$ a month"))
    elif not quiet:
        say("No source is declared yet. pdpo-audit source add FOLDER")


def _reached(one: DeclaredSource) -> str:
    """When a source was last reached, and why the last scan did not."""
    when = one.reached_at[:10] or ("never wholly" if one.doubt else "never scanned")
    return f"{when}; last scan: {_DOUBTS[one.doubt]}" if one.doubt else when


def _cost(one: DeclaredSource) -> str:
    return "" if one.cost_hkd_per_month is None else f"{one.cost_hkd_per_month:,.2f}"


def remove(
    name: Annotated[str, typer.Argument(help="The source, as `source list` names it.")],
    by: Annotated[str, typer.Option(help="The person who says so.", prompt="Your name")],
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take a source out of the settings. No picture is touched, and what was scanned of it stays known until a purge.

    Example: pdpo-audit source remove old-share --by "Chan Tai Man"
    """
    from pdpo_audit.workspace.setup.changing import remove_source

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        remove_source(opened_workspace.project, name, by=by)
    if not quiet:
        say(f"{plain(name)} is declared no more. Copies known of it are told as not declared until a purge.")


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
        for one in checked:
            if one.beyond:
                say(f"{plain(one.source)}: its login may do more than read there: {', '.join(one.beyond)}.")
    finish([reached_code(one.reached and (not one.doubt or one.accepted) for one in checked)])


#: What a doubt of the last scan is called on the screen (``model.locations.roots.Doubt``).
_DOUBTS = {
    "missing": "could not be listed",
    "empty": "was empty",
    "link": "a link took its place",
    "other_store": "another disk or share lay at its place",
    "loss": "too many files were missing",
    "folders": "folders could not be listed any more",
    "broken_off": "went away before all that is new was read",
}


def _show(checked: list[CheckedSource]) -> None:
    rows: list[tuple[object, ...]] = [
        (one.source, "yes" if one.reached else f"no: {one.detail}", one.files, _said(one), one.since) for one in checked
    ]
    table("", rows, headers=("source", "reached now", "files known", "last scan", "since"))
    if any(one.doubt and not one.accepted for one in checked):
        say("Of what was not reached nothing counts as held or gone. Mount it, or let it be read, and scan again.")
        say("What can be listed and is as it should be: pdpo-audit source check NAME --accept --by PERSON")


def _said(one: CheckedSource) -> str:
    if not one.doubt:
        return "reached" if one.files else ""
    lost = f" ({one.lost:,} missing)" if one.lost else ""
    return f"{_DOUBTS[one.doubt]}{lost}{'; accepted, scan again' if one.accepted else ''}"
