"""Commands that hand spreadsheets to people and read them back: questions and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.model.locations.printed import amount

if TYPE_CHECKING:
    from pdpo_audit.workspace.rules.asking import Question

Sheet = Annotated[Path, typer.Argument(help="The spreadsheet (.xlsx).")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The same, as an option.", show_default=False)]


def export_questions(
    file: Sheet = Path("questions.xlsx"),
    output: Output = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only look: today is not kept as the day on which they were put.")
    ] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The facts that rules wait for, grouped into as few questions as possible, to fill in and read back.

    The day is kept as the day on which the questions were put: an owner who does not say a purpose within ninety
    days becomes a finding (CORE-23).

    Example: pdpo-audit questions export questions.xlsx
    """
    from pdpo_audit.workspace.rules.asking import export_questions as export

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        asked = export(opened_workspace.project, output or file, preview=preview)
    if json:
        show_json(asked)
    elif not quiet:
        if not asked.questions:
            out.print("No rule waits for a fact that people could supply.")
            return
        always = [question for question in asked.questions if question.ask == "always"]
        best = always[: min(10, len(always))]
        out.print(
            f"{amount(len(asked.questions), 'question')} in {plain(output or file)}, {len(always)} of them always."
        )
        if not preview:
            say("Kept as put today. To look only: --preview.")
        out.print(
            f"Answer these {len(best)} and {amount(best[-1].resolved, 'holding resolves', 'holdings resolve')}"
            + _unless(asked.questions)
        )


def _unless(questions: Sequence[Question]) -> str:
    """What the promise leaves open."""
    later = sum(question.ask == "if it applies" for question in questions)
    return f", unless an answer leads to one of {later} more (column ask)." if later else "."


def import_answers(
    file: Sheet,
    by: Annotated[str, typer.Option(help="Who answered, where a row does not say.")] = "",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Read the answers back as facts, with who and when; a file with a mistake is refused whole.

    Example: pdpo-audit questions import questions.xlsx --by "Chan Tai Man"
    """
    from pdpo_audit.workspace.rules.asking import import_answers as take

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        count = take(opened_workspace.project, file, by)
    if json:
        show_json({"answers": count})
    elif not quiet:
        out.print(f"{amount(count, 'answer is a fact', 'answers are facts')} now.")
        say("Run pdpo-audit assess to see what they decide.")


def list_answers(
    workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Every answer given so far: who said what, when, for which part of the library, and whether it counts.

    Example: pdpo-audit questions list
    """
    from pdpo_audit.workspace.rules.asking import given_answers

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        given = given_answers(opened_workspace.project)
    if json:
        show_json(given)
        return
    rows: list[tuple[object, ...]] = [
        (one.answer_id, one.fact, one.value, one.source, one.pattern, one.answered_by, one.answered_on, one.standing)
        for one in given
    ]
    if rows:
        table("", rows, headers=("id", "fact", "answer", "source", "pattern", "by", "on", "standing"))
    elif not quiet:
        say("Nobody has answered a question yet. pdpo-audit questions export writes them to a spreadsheet.")


def undo_answer(
    answer: Annotated[str, typer.Argument(help="The answer's id, as `questions list` shows it.")],
    by: Annotated[str, typer.Option("--by", help="The person who takes it back.", prompt="Your name")],
    workspace: WorkspaceDir = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take an answer back; the one given before it counts again, and both stay on record.

    Example: pdpo-audit questions undo A-3 --by "Chan Tai Man"
    """
    from pdpo_audit.workspace.rules.asking import undo_answer as take_back

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        one = take_back(opened_workspace.project, answer, by=by)
    if not quiet:
        say(f"{plain(one.answer_id)} ({plain(one.fact)}) taken back. Run pdpo-audit assess to see what that changes.")


def export_decisions(
    file: Sheet = Path("decisions.xlsx"),
    output: Output = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The findings of the newest assessment with columns for decision and reason.

    Example: pdpo-audit decisions export decisions.xlsx
    """
    from pdpo_audit.workspace.review.deciding import export_decisions as export

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        count = export(opened_workspace.project, output or file)
    if json:
        show_json({"findings": count, "file": output or file})
    elif not quiet:
        out.print(f"{amount(count, 'finding')} in {plain(output or file)}.")


def import_decisions(
    file: Sheet,
    instead: Annotated[
        bool, typer.Option("--instead", help="In place of what other people decided; the log keeps both.")
    ] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Read decisions back as determinations; a file made of another assessment is refused.

    Example: pdpo-audit decisions import decisions.xlsx
    """
    from pdpo_audit.workspace.review.deciding import import_decisions as take

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        count = take(opened_workspace.project, file, instead=instead)
    if json:
        show_json({"decisions": count})
    elif not quiet:
        out.print(f"{amount(count, 'determination')} recorded.")
