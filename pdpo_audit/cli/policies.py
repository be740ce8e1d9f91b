"""Commands for rule packs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import finish
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.errors import ExitCode
from pdpo_audit.workspace.project import Project, find_workspace

Packs = Annotated[
    list[str] | None,
    typer.Argument(help="Packs by name or folder (default: those in force here, or all).", show_default=False),
]


def list_all(
    workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """The rule packs that come with the program, and which of them are in force here.

    Example: pdpo-audit policy list
    """
    from pdpo_audit.workspace.policies import find_packs, list_packs, shipped_packs

    base, settled = _settled(workspace)
    in_force = find_packs(settled, base) if settled else []
    lines = list_packs(sorted({*shipped_packs(), *in_force}), in_force)
    if json:
        show_json(lines)
        return
    rows: list[tuple[object, ...]] = [
        (one.name, one.version, one.rules, one.drafts, "in force" if one.in_force else "", one.legal_review)
        for one in lines
    ]
    table("", rows, headers=("pack", "version", "rules", "drafts", "here", "legal review"))


def check(
    packs: Packs = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Load packs and say everything that is wrong with them, each mistake with its line.

    Example: pdpo-audit policy check ./our-overrides
    """
    from pdpo_audit.workspace.policies import find_packs, list_packs

    base, settled = _settled(workspace)
    lines = list_packs(find_packs(packs or [], base, settled))
    if json:
        show_json(lines)
    elif not quiet:
        for one in lines:
            out.print(f"{plain(one.name)} {plain(one.version)}: {one.rules} rules, {one.drafts} drafts, no mistakes")


def test(
    packs: Packs = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run the packs' own tests; ends with 2 when one does not come out as expected.

    Example: pdpo-audit policy test hk-hr
    """
    from pdpo_audit.workspace.policies import find_packs, test_packs

    base, settled = _settled(workspace)
    tested = test_packs(find_packs(packs or [], base, settled))
    if json:
        show_json([{"pack": one.pack, "passed": one.passed, "cases": one.cases} for one in tested])
    for one in tested:
        if json or (quiet and one.passed):
            continue
        good = sum(case.passed for case in one.cases)
        out.print(f"{plain(one.pack)}: {good} of {len(one.cases)} tests as expected")
        for case in one.cases:
            for failure in case.failures:
                out.print(f"  line {case.line}, {plain(case.name)}: {plain(failure)}")
    finish([ExitCode.DONE if one.passed else ExitCode.WRONG_CALL for one in tested])


def render(
    packs: Packs = None,
    language: Annotated[str, typer.Option(help="en or zh-Hant.")] = "en",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Every rule as a sentence with its authority: the text that a lawyer signs off.

    Example: pdpo-audit policy render hk-hr --language zh-Hant
    """
    from pdpo_audit.workspace.policies import find_packs, read_aloud

    base, settled = _settled(workspace)
    texts = read_aloud(find_packs(packs or [], base, settled))
    if json:
        show_json(texts)
        return
    for text in texts:
        key = language if language in text.sentence else "en"
        out.print(f"[bold]{plain(text.rule)}[/] {plain(text.title[key])}")
        out.print(f"  {plain(text.sentence[key])}")
        out.print(f"  {plain(text.authority)} ({plain(text.authority_rank)}; {plain(text.legal_review)})\n")
    if not texts and not quiet:
        say("No rules.")


def _settled(workspace: Path | None) -> tuple[Path, tuple[str, ...]]:
    """Where relative packs are looked for, and the packs that the settings name; none without a workspace."""
    folder = workspace or find_workspace(Path.cwd())
    if folder is None:
        return Path.cwd(), ()
    return folder, Project(folder).settings.policy.packs
