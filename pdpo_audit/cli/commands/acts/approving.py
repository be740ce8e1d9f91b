"""Commands in which people say something of a plan, with keys of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, KeyCertificate, PassphraseFile, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import asker, opened
from pdpo_audit.cli.showing import moment, out, plain, say, show_json
from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.approvals import REJECT
from pdpo_audit.workspace.setup.identities import KeyPlace

Role = Annotated[str, typer.Option(help="The role in which you speak: owner, dpo, legal or compliance.")]
OwnKey = Annotated[str, typer.Option(help="Your own PKCS#12 or PEM file, or your key on a token; never the seal.")]
OwnName = Annotated[str, typer.Option(help="Your name as in [[people]] (default: your certificate's).")]
Comment = Annotated[str, typer.Option(help="A remark that is signed along.")]


def approve(
    plan_id: Annotated[str, typer.Argument(metavar="[PLAN]", help="Plan, or its folder or plan.json.")] = "",
    role: Role = "",
    key: OwnKey = "",
    name: OwnName = "",
    comment: Comment = "",
    accept: Annotated[Path | None, typer.Option(help="Take in an approval signed elsewhere.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the signed approval to this file.")
    ] = None,
    certificate: KeyCertificate = None,
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Approve a plan with your own key: two different people at least, none of them whoever prepared it.

    Who has no account here signs the plan's folder with -o FILE; --accept takes that file in.

    Example: pdpo-audit dispose approve DP-2026-11-30-a1b2c3 --role dpo --key chan.p12
    """
    place = KeyPlace(key=key, certificate=certificate, passphrase_file=passphrase_file, ask=asker())
    _say(plan_id, _Given(role, name, comment, False, place, accept, output), workspace, json, quiet, verbose)


def reject(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="Plan, or its folder or plan.json.")],
    role: Role = "",
    key: OwnKey = "",
    name: OwnName = "",
    comment: Comment = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the signed refusal to this file.")
    ] = None,
    certificate: KeyCertificate = None,
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Refuse a plan: it is over, and another has to be made.

    Example: pdpo-audit dispose reject DP-2026-11-30-a1b2c3 --role legal --key wong.p12 --comment "litigation is near"
    """
    place = KeyPlace(key=key, certificate=certificate, passphrase_file=passphrase_file, ask=asker())
    _say(plan_id, _Given(role, name, comment, True, place, None, output), workspace, json, quiet, verbose)


class _Given:
    """What was given on the command line of somebody who says something of a plan."""

    def __init__(
        self, role: str, name: str, comment: str, rejects: bool, key: KeyPlace, accept: Path | None, output: Path | None
    ) -> None:
        self.role, self.name, self.comment, self.rejects = role, name, comment, rejects
        self.key, self.accept, self.output = key, accept, output


def _say(plan_id: str, given: _Given, workspace: Path | None, json: bool, quiet: bool, verbose: bool) -> None:
    from pdpo_audit.workspace.acts import approving

    word = approving.Word(role=given.role, name=given.name, comment=given.comment, reject=given.rejects)
    if given.accept is None and not (plan_id and given.role and given.key.key):
        raise CallError("who says it, in which role, of which plan?", advice="PLAN --role ROLE --key FILE")
    if given.output is not None:
        written = approving.sign_word(Path(plan_id), given.output, key=given.key, word=word)
        out.print(plain(written))
        return
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        if given.accept is not None:
            taken = approving.accept(opened_workspace.project, given.accept)
        else:
            taken = approving.approve(opened_workspace.project, plan_id, key=given.key, word=word)
    if json:
        show_json(taken)
    elif not quiet:
        say(f"{plain(taken.name)} ({taken.role}): {taken.decision} {plain(taken.plan_id)}")
        if taken.decision == REJECT:
            say("The plan is ended: nobody is asked any more, and nothing is done under it.")
        elif taken.approved:
            say(f"It is approved until {moment(taken.ends_at)}. Next: pdpo-audit dispose run {plain(taken.plan_id)}")
        elif taken.lacking:
            say(f"Still to approve: {', '.join(taken.lacking)}.")
