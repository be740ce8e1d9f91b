"""Commands for what was made: handout, audits."""

from __future__ import annotations

from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import as_json, moment, out, plain, say, show_json, table
from pdpo_audit.model.locations.printed import amount


def handout(
    owner: Annotated[
        str | None, typer.Option(help="One owner, as the settings name them (default: all).", show_default=False)
    ] = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One owner's list as PDF and workbook, with that owner's copies only; for all owners at once without --owner.

    Example: pdpo-audit handout --owner "Human Resources"
    """
    from pdpo_audit.workspace.report.handing.handouts import hand_out

    with opened(workspace, quiet=quiet, verbose=verbose, run="handout") as opened_workspace:
        made = hand_out(opened_workspace.project, owner)
    if json:
        show_json(made)
        return
    for one in made:
        held = amount(one.copies, "copy", "copies")
        out.print(f"{plain(one.owner or '(no owner)')}: {held}, {one.due:,} due: {plain(one.folder)}")
    if not quiet:
        say("Handouts name people, places and files, and end with a purge ([catalogue] keep.handouts).")


def audits(workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """The audits made so far: day, seal, who signed, whether what lies there verifies, and which were periodic reviews.

    Example: pdpo-audit audits
    """
    from pdpo_audit.workspace.plans.standing import reviews_of
    from pdpo_audit.workspace.report.handing.listing import list_audits

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        made = list_audits(opened_workspace.project)
        reviews = reviews_of(opened_workspace.project)
    if json:
        show_json([{**as_json(one), "review": reviews.get(one.audit_id, "")} for one in made])
        return
    rows: list[tuple[object, ...]] = [
        (
            one.audit_id, one.assessed_on, moment(one.sealed_at),
            one.seal_sha256[:16], "draft" if one.draft else "final", "; ".join(one.signers) or "nobody", one.result,
            reviews.get(one.audit_id, ""),
        )
        for one in made
    ]  # fmt: skip
    if rows:
        table("", rows, headers=("audit", "assessed on", "sealed at", "seal", "state", "signed by", "result", "review"))
    elif not quiet:
        say("No audit was reported yet. pdpo-audit report writes one.")
