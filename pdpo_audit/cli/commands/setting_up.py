"""Commands that prepare and put away: init, purge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import asker, opened
from pdpo_audit.cli.showing import err, out, plain, say, show_json
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.tool import SETTINGS_FILE
from pdpo_audit.workspace.project import now
from pdpo_audit.workspace.setup.initialising import Answers, create_workspace, name_sources, stated_matter


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the workspace shall lie.")] = Path(),
    source: Annotated[list[Path] | None, typer.Option(help="A folder that holds pictures; may be repeated.")] = None,
    organisation: Annotated[str, typer.Option(help="Name of the organisation.")] = "",
    authorised_by: Annotated[str, typer.Option(help="Who authorised this audit.")] = "",
    purpose: Annotated[str, typer.Option(help="What the audit is for.")] = "",
    pia_reference: Annotated[str, typer.Option(help="Privacy impact assessment of the face pass.")] = "",
    open_matter: Annotated[str, typer.Option(help="Litigation, a complaint or an access request that is open.")] = "",
    ask: Annotated[bool, typer.Option("--ask/--no-ask", help="Ask for what no option says.")] = True,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a workspace: ask in an officer's order and write a commented pdpo-audit.toml. On one that exists: change it.

    What is answered for a new workspace is kept: after Ctrl-C the same command goes on.

    Example: pdpo-audit init audit --source /mnt/nas/campaigns --authorised-by "General Counsel"
    """
    sources = name_sources(source or [])
    given = Answers(
        organisation=organisation,
        authorised_by=authorised_by,
        purpose=purpose,
        pia_reference=pia_reference,
        open_matters=open_matter,
        sources=sources,
    )
    asking = ask and err.is_terminal and not json
    if asking and (folder / SETTINGS_FILE).is_file():
        _change(folder, given)
        return
    answers = _interview(folder, given) if asking else given
    file = create_workspace(folder, answers)
    if asking:
        from pdpo_audit.workspace.rules.answering import forget_answers

        forget_answers(folder)
    if json:
        show_json({"settings": file})
    elif not quiet:
        out.print(f"Made {plain(file)}")
        _after(folder, answers, asking=asking)


def _interview(folder: Path, given: Answers) -> Answers:
    from pdpo_audit.cli.interviews.officer import hold_interview
    from pdpo_audit.cli.interviews.prompts import Interview
    from pdpo_audit.workspace.rules.answering import keep_answers, kept_answers

    talk = Interview(said=kept_answers(folder), keep=lambda said: keep_answers(folder, said))
    if talk.said:
        kept = amount(len(talk.said), "answer")
        say(f"{kept} of before kept; the rest is asked now. A line can be changed at the end.\n")
    return hold_interview(talk, given, now().date())


def _change(folder: Path, given: Answers) -> None:
    """Ask again with what the settings say as the answers offered, and change what is answered otherwise."""
    from pdpo_audit.cli.interviews.officer import hold_interview
    from pdpo_audit.cli.interviews.prompts import Interview
    from pdpo_audit.workspace.rules.answering import workspace_classes
    from pdpo_audit.workspace.rules.classes import wrong_classes
    from pdpo_audit.workspace.setup.changing import apply_answers, known_folders, known_matters, offered_answers

    with opened(folder) as workspace:
        project = workspace.project
        say("There is a workspace already: what its settings say is offered, and nothing else in them changes.\n")
        classes = workspace_classes(project)
        for wrong in wrong_classes(project, classes):
            say(f"{plain(wrong)}. Choose another when it is asked.")
        offered = {
            key: said
            for key, said in offered_answers(project).items()
            if not key.endswith(".record_class") or said in classes
        }
        talk = Interview(
            offered=offered, classes=classes, interrupted="nothing is changed before you write the summary"
        )
        answers = hold_interview(talk, replace(given, sources=(*known_folders(project), *given.sources)), now().date())
        known = known_matters(project)
        changed = apply_answers(project, answers)
        out.print(f"Changed {plain(changed)}")
    if (matter := stated_matter(answers)) and matter not in known:
        _tell_matter(folder, matter, answers)
    say(f"Next: pdpo-audit assess --workspace {plain(folder)}, or run where folders came in.")


def _after(folder: Path, answers: Answers, *, asking: bool) -> None:
    from pdpo_audit.cli.interviews.prompts import Interview

    if asking and Interview().confirm("seal", "Make the organisation's seal now", default=True):
        organisation = answers.organisation or "Unnamed organisation"
        ask = asker(new=True)
        assert ask is not None
        from pdpo_audit.workspace.setup.identities import create_seal_file

        seal = create_seal_file(
            folder / "keys" / "seal.p12",
            name=f"{organisation} audit seal"[:64],
            organisation=organisation[:64],
            passphrase=ask("Passphrase of the seal"),
        )
        say(f"Made the seal; tell others its SHA-256: {plain(seal.facts()['sha256'])}")
    if matter := stated_matter(answers):
        _tell_matter(folder, matter, answers)
    say(f"Next: pdpo-audit run --workspace {plain(folder)}")


def _tell_matter(folder: Path, matter: str, answers: Answers) -> None:
    """The whole command of a hold for the open matter: of its kind, on a source, by who signs for legal."""
    from pdpo_audit.workspace.rules.matters import hold_command

    role = next((role for role in ("legal", "dpo", "compliance") if answers.roles.get(role)), "")
    names = [source.name for source in answers.sources]
    command = hold_command(matter, names, issued_by=answers.roles.get(role, ""), role=role, workspace=folder.resolve())
    say("The open matter is recorded: until a hold says what it concerns, everything counts as held:")
    say(f"  {plain(command)}")
    if len(names) > 1:
        say(f"  or with another --source ({plain(', '.join(names[1:]))}), or --everything instead.")
    if not role:
        say("  NAME stands for the person who places it.")


def purge(
    early: Annotated[bool, typer.Option("--early", help="Do not wait for the end date.")] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Forget the working data (paths, fingerprints, faces, metadata) when its end date has come.

    Decisions, digests, audits and the event log stay, and so do the sealed reports.

    Example: pdpo-audit purge
    """
    with opened(workspace, quiet=quiet, verbose=verbose, run="purge") as opened_workspace:
        from pdpo_audit.workspace.purging import purge as purge_data

        purged = purge_data(opened_workspace.project, early=early)
    if json:
        show_json(purged)
    elif not quiet:
        out.print(f"Forgot {amount(purged.holdings, 'holding')} and {amount(purged.boxes, 'face box', 'face boxes')}.")
        for file, ends_on in purged.backups:
            out.print(
                f"{plain(file)} still holds what was forgotten, until {ends_on}; delete it where that is too late."
            )
        if purged.ended.any():
            ended = purged.ended
            out.print(
                f"Ended: the texts of {amount(ended.texts, 'event')}, {ended.files:,} of spreadsheets and backups,"
                f" {amount(ended.reports, 'folder')} of reports and copies."
            )
