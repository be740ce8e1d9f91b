"""Commands around acts: a plan for the person shown, the facts of the reply, and what came back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, NoSeal, PassphraseFile, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import SealWays, opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.workspace.acts.requests.planning import RequestKind


def request(
    copies: Annotated[
        Path, typer.Argument(metavar="LIST", help="CSV with source, path and confirmed; or person find --json.")
    ],
    kind: Annotated[RequestKind, typer.Option(help="What the person asks or says.")],
    reference: Annotated[str, typer.Option(help="The reference of the request, not a name.")],
    received: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it was received.")],
    act: Annotated[
        DisposalAct | None, typer.Option(help="Another act than the rules propose: a named decision.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who prepares (default: your account); they cannot approve.")] = "",
    passphrase_file: PassphraseFile = None,
    no_seal: NoSeal = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write a plan for exactly the copies that show a person, as somebody confirmed them: nothing is touched.

    Example: pdpo-audit dispose request confirmed.csv --kind withdrawal --reference DSR-7 --received 2026-11-20
    """
    from pdpo_audit.workspace.acts.requests.planning import PersonRequest, plan_listed

    asked = PersonRequest(kind=kind, reference=reference, received_on=received.date())
    seal: SealWays = {"passphrase_file": passphrase_file, "no_seal": no_seal}
    with opened(workspace, quiet=quiet, verbose=verbose, run="dispose plan", **seal) as opened_workspace:
        made = plan_listed(opened_workspace.project, asked, copies, act=act, preparer=by)
    if json:
        show_json(made)
        return
    out.print(f"{made.plan_id}: {amount(made.copies, 'copy', 'copies')} in {plain(str(made.folder))}")
    for one in made.refused:
        say(f"Not taken in: {plain(one.source)}:{plain(one.path)}: {plain(one.why)}")
    say(f"Next: pdpo-audit dispose approve {made.plan_id} ...; pdpo-audit dispose reply {made.plan_id}")


def reply(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id, or how it begins.")],
    language: Annotated[str, typer.Option(help="en or zh-Hant; both without it.")] = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The facts for the reply to a person: what was done with their copies, what stays and why, what is not reached.

    Example: pdpo-audit dispose reply DP-2026-11-30-a1b2c3
    """
    from pdpo_audit.workspace.acts.requests.replying import reply_facts

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        facts = reply_facts(opened_workspace.project, plan_id)
    if json:
        show_json(facts)
        return
    for one in (language,) if language else ("en", "zh-Hant"):
        out.print(plain(facts.texts[one]))


def returned(
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Copies in which erased ones came back: where they lie, where the erased one lay, and what may have brought them.

    Example: pdpo-audit dispose returned
    """
    from pdpo_audit.workspace.returning.listing import returned_copies

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        found = returned_copies(opened_workspace.project)
    if json:
        show_json(found)
        return
    if not found:
        out.print("Nothing that was certified as erased was found again.")
        return
    rows: list[tuple[object, ...]] = [
        (f"{one.source}: {one.path}", one.match, one.cause, f"{one.erased_source}: {one.erased_path}", one.erased_on,
         one.plan_id, one.until)
        for one in found
    ]  # fmt: skip
    table("", rows, ("copy", "same", "likely cause", "erased copy", "erased on", "plan", "alarm until"))
