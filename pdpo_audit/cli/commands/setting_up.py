"""Commands that prepare and put away: init, purge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import err, out, plain, say, show_json
from pdpo_audit.workspace.setup.initialising import Answers, SourceAnswers, create_workspace, name_sources


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
    """Make a workspace: ask in an officer's order and write a commented pdpo-audit.toml.

    Example: pdpo-audit init audit --source /mnt/nas/campaigns --authorised-by "General Counsel"
    """
    sources = name_sources(source or [])
    answers = Answers(
        organisation=organisation,
        authorised_by=authorised_by,
        purpose=purpose,
        pia_reference=pia_reference,
        open_matters=open_matter,
        sources=sources,
    )
    if ask and err.is_terminal and not json:
        answers = _ask(answers)
    file = create_workspace(folder, answers)
    if json:
        show_json({"settings": file})
    elif not quiet:
        out.print(f"Made {plain(file)}")
        if answers.open_matters:
            matter = " ".join(answers.open_matters.split())
            say("The open matter is recorded: until a hold says what it concerns, everything counts as held:")
            say(f'  pdpo-audit hold add --kind legal_hold --matter "{plain(matter)}" ...')
        say(f"Next: read through it, then: pdpo-audit run --workspace {plain(folder)}")


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
        out.print(f"Forgot {purged.holdings:,} holdings and {purged.boxes:,} face boxes.")
        for file, ends_on in purged.backups:
            out.print(
                f"{plain(file)} still holds what was forgotten, until {ends_on}; delete it where that is too late."
            )
        if purged.ended.any():
            ended = purged.ended
            out.print(
                f"Ended: the texts of {ended.texts:,} events, {ended.files:,} spreadsheets and backups,"
                f" {ended.reports:,} folders of reports and copies."
            )


def _ask(answers: Answers) -> Answers:
    """Ask in an officer's order: authority, open matters, then each folder. Enter leaves a value empty."""
    say("Press Enter where you do not know: the report will say what is missing.\n")
    organisation = _prompt("Organisation", answers.organisation)
    authorised_by = _prompt("Who authorised this audit", answers.authorised_by)
    purpose = _prompt("What is it for", answers.purpose)
    pia = _prompt("Reference of the privacy impact assessment", answers.pia_reference)
    matters = _prompt("Is litigation, a complaint or an access request open (which)", answers.open_matters)
    sources = [_ask_source(source) for source in answers.sources]
    while path := _prompt("Folder that holds pictures (Enter to end)", ""):
        named = name_sources([Path(path).expanduser()], [source.name for source in sources])
        sources.append(_ask_source(named[0]))
    return Answers(
        organisation=organisation,
        authorised_by=authorised_by,
        purpose=purpose,
        pia_reference=pia,
        open_matters=matters,
        sources=tuple(sources),
    )


def _ask_source(source: SourceAnswers) -> SourceAnswers:
    say(f"\n{plain(source.uri)}")
    return SourceAnswers(
        name=_prompt("  Name", source.name),
        uri=source.uri,
        owner=_prompt("  Accountable owner", source.owner),
        purpose=_prompt("  Purpose the pictures are kept for", source.purpose),
        record_class=_prompt("  Record class (campaign_portrait, employee_photo ...)", source.record_class),
        vendor=_prompt("  Vendor that holds them, if any", source.vendor),
        jurisdiction=_prompt("  Jurisdiction (HK, CN ...)", source.jurisdiction),
        city=_prompt("  City", source.city),
        external_facing=_ask_public(source.external_facing),
    )


def _ask_public(known: bool | str | None) -> bool | str | None:
    """Yes, no, partly, or nothing where nobody knows."""
    words: dict[str, bool | str | None] = {"yes": True, "no": False, "partly": "partly", "": known}
    while (said := _prompt("  Can the public see it (yes, no, partly; Enter: not known)", "").lower()) not in words:
        say("  Answer yes, no or partly, or press Enter.")
    return words[said]


def _prompt(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()
