"""Commands for the review pages."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import err, out, plain, say, show_json, table
from pdpo_audit.model.locations.printed import amount

Name = Annotated[str, typer.Argument(help="Somebody in [[people]].")]


def serve(
    bind: Annotated[
        str, typer.Option(help="Address and port instead of [review] bind; port 0 is any free one.", show_default=False)
    ] = "",
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Serve the review pages until Ctrl-C; prints a one-time link for set-up. -v logs every request, without paths.

    Example: pdpo-audit review serve
    """
    from pdpo_audit.review.serving import serve as serve_pages

    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(message)s")

    def announce(address: str, link: str) -> None:
        if not quiet:
            say(f"Review pages at {plain(address)} (Ctrl-C ends them). Who decides needs a personal link:")
            say("  pdpo-audit review invite NAME")
            say("Set-up in the browser, once:")
        out.print(plain(link), soft_wrap=True)
        out.file.flush()

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        serve_pages(opened_workspace.project, announce, bind=bind)


def invite(
    name: Name,
    days: Annotated[int, typer.Option(min=1, max=90, help="Days until the link expires.")] = 14,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a personal link to the review pages; the first browser that uses it is the only one that can.

    Example: pdpo-audit review invite "Ho Mei"
    """
    from pdpo_audit.workspace.review.invitations import invite as invite_person

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        invited = invite_person(opened_workspace.project, name, days=days)
    if json:
        show_json(invited)
        return
    out.print(plain(invited.link), soft_wrap=True)
    if not quiet:
        say(f"For {plain(invited.person)} alone, until {plain(invited.expires_at)}. It is shown only this once.")
        if not invited.served:
            err.print("The pages were never served here: put the address that `review serve` prints in its place.")


def token(
    name: Name,
    purpose: Annotated[str, typer.Option("--for", help="What calls with it, such as the ticket system.")],
    scope: Annotated[str, typer.Option(help="look, or decide as well; never more than the person may.")] = "look",
    days: Annotated[int, typer.Option(min=1, max=365, help="Days until the token expires.")] = 90,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a token with which a program calls the API for a person; `review revoke` takes it back.

    Example: pdpo-audit review token "Ho Mei" --for "ticket system"
    """
    from pdpo_audit.workspace.review.entering.tokens import make_token

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        made = make_token(opened_workspace.project, name, purpose=purpose, scope=scope, days=days)
    if json:
        show_json(made)
        return
    out.print(plain(made.token), soft_wrap=True)
    if not quiet:
        say(f"Acts for {plain(made.person)} ({made.scope}) until {plain(made.expires_at)}. It is shown only this once.")


def revoke(
    name: Name,
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take back every link and token of a person, and end their sessions.

    Example: pdpo-audit review revoke "Ho Mei"
    """
    from pdpo_audit.workspace.review.entering.tokens import shut_out

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        count, tokens = shut_out(opened_workspace.project, name)
    if not quiet:
        taken = f"{amount(count, 'link')} and {amount(tokens, 'token')}"
        say(f"{taken} of {plain(name)} taken back; their sessions have ended")


def list_all(
    workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Who was invited and who has tokens, and what became of each.

    Example: pdpo-audit review list
    """
    from pdpo_audit.workspace.review.entering.tokens import list_tokens
    from pdpo_audit.workspace.review.invitations import list_invitations

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        known, tokens = list_invitations(opened_workspace.project), list_tokens(opened_workspace.project)
    if json:
        show_json({"links": known, "tokens": tokens})
        return
    rows: list[tuple[object, ...]] = [
        *((one.person, "link", one.state, one.made_at, one.made_by, one.expires_at) for one in known),
        *((one.person, f"token ({one.scope}): {one.purpose}", one.state, one.made_at, one.made_by, one.expires_at)
          for one in tokens),
    ]  # fmt: skip
    if rows:
        table("", rows, headers=("person", "what", "state", "made at", "by", "expires at"))
    elif not quiet:
        say("Nobody was invited yet.")


def metadata(
    output: Annotated[Path, typer.Option("-o", "--output", help="A new folder for the table and the sidecars.")],
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write what was kept of copies with their masters: a table, and an XMP sidecar for each master by its SHA-256.

    Example: pdpo-audit review metadata -o kept
    """
    from pdpo_audit.workspace.review.beside.keeping import write_kept

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        files = write_kept(opened_workspace.project, output)
    if json:
        show_json({"files": files})
    elif not quiet:
        say(f"{amount(len(files), 'file')} in {plain(output)}")
