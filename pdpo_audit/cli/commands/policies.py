"""Commands for rule packs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import finish, opened
from pdpo_audit.cli.showing import as_json, out, plain, say, show_json, table
from pdpo_audit.errors import CallError, ExitCode
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.workspace.project import Project, find_workspace

if TYPE_CHECKING:
    from pdpo_audit.workspace.rules.packs import TestedPack

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
    from pdpo_audit.workspace.rules.packs import find_packs, list_packs, shipped_packs

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
    """Load packs, say everything that is wrong with them with its line, and lint them.

    Ends with 2 when a pack cannot be used; remarks alone end with 0.

    Example: pdpo-audit policy check ./our-overrides
    """
    from pdpo_audit.workspace.project import now
    from pdpo_audit.workspace.rules.packs import check_packs, find_packs

    base, settled = _settled(workspace)
    folders = find_packs(packs or [], base, settled)
    remarks = check_packs(folders, now().date(), _supplied(workspace))
    if json:
        show_json(remarks)
        return
    for remark in remarks:
        out.print(plain(remark))
    if not quiet:
        say(f"{amount(len(folders), 'pack')} can be used; {amount(len(remarks), 'remark')}.")


def test(
    packs: Packs = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run the packs' own tests and say what they reach; ends with 2 when one does not come out as expected.

    Example: pdpo-audit policy test hk-hr
    """
    from pdpo_audit.workspace.rules.packs import find_packs, test_packs

    base, settled = _settled(workspace)
    tested = test_packs(find_packs(packs or [], base, settled))
    if json:
        show_json([{"pack": one.pack, "passed": one.passed, **as_json(one.reached)} for one in tested])
    else:
        for one in tested:
            if not quiet or not one.passed:
                _show_tested(one)
    finish([ExitCode.DONE if one.passed else ExitCode.WRONG_CALL for one in tested])


def explain(
    asked: Annotated[
        str, typer.Argument(metavar="HOLDING|FINDING", help="A path as the tables write it, or a finding's id.")
    ],
    source: Annotated[str, typer.Option(help="The source, where two have this path.")] = "",
    language: Annotated[str, typer.Option(help="en or zh-Hant.")] = "en",
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Every rule considered for a holding: each condition with its value, line and verdict, and the ladder.

    Example: pdpo-audit policy explain "leavers/2017/portrait.jpg" --language zh-Hant
    """
    from pdpo_audit.workspace.rules.explaining import explain_holding, explained_lines

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        told = explain_holding(opened_workspace.project, asked, source, _spoken(language))
    if json:
        show_json(told)
        return
    for line in explained_lines(told, language=_spoken(language), everything=True):
        out.print(plain(line))


def diff(
    old: Annotated[str, typer.Argument(help="A pack by name or folder.")],
    new: Annotated[str, typer.Argument(help="The pack that would take its place.")],
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What would change on this catalogue if another version of a pack were in force.

    Example: pdpo-audit policy diff hk-hr ./our-hr
    """
    from pdpo_audit.workspace.rules.explaining import compare_packs

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        told = compare_packs(opened_workspace.project, [old], [new])
    if json:
        frames = {"outcomes": told.outcomes, "holdings": told.holdings, "appeared": told.appeared, "gone": told.gone}
        show_json({name: frame.to_dict("records") for name, frame in frames.items()})
        return
    table(
        "Outcomes before and after",
        list(told.outcomes.itertuples(index=False, name=None)),
        ("before", "after", "holdings"),
    )
    out.print(
        f"\n{amount(len(told.holdings), 'holding changes', 'holdings change')}; "
        f"{amount(len(told.appeared), 'finding appears', 'findings appear')}, {len(told.gone):,} gone."
    )
    for row in told.holdings.head(50).itertuples():
        out.print(
            f"  {plain(row.source)}: {plain(row.path)}: {plain(row.outcome_before)} -> {plain(row.outcome_after)}"
        )


def schema() -> None:
    """The JSON-Schema of a pack, for editors.

    Example: pdpo-audit policy schema
    """
    from pdpo_audit.workspace.rules.packs import pack_schema

    show_json(pack_schema())


def _show_tested(tested: TestedPack) -> None:
    reached = tested.reached
    good = sum(case.passed for case in reached.results)
    seen = reached.conditions - len(reached.one_sided)
    out.print(
        f"{plain(tested.pack)}: {good} of {amount(len(reached.results), 'test')} as expected; "
        f"{seen} of {reached.conditions} conditions seen both true and false"
    )
    for case in reached.results:
        for failure in case.failures:
            out.print(f"  line {case.line}, {plain(case.name)}: {plain(failure)}")
    for what, names in (
        ("never fires", reached.never_fired),
        ("never silent", reached.never_silent),
        ("exception never used", reached.exceptions_unused),
    ):
        if names:
            out.print(f"  {what} in any test: {plain(', '.join(names))}")


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
    from pdpo_audit.workspace.project import now
    from pdpo_audit.workspace.rules.packs import find_packs, read_aloud

    base, settled = _settled(workspace)
    texts = read_aloud(find_packs(packs or [], base, settled), now().date())
    if json:
        show_json(texts)
        return
    for text in texts:
        key = _spoken(language)
        out.print(f"[bold]{plain(text.rule)}[/] {plain(text.title[key])}")
        out.print(f"  {plain(text.sentence[key])}")
        out.print(f"  {plain(text.authority)} ({plain(text.authority_rank)}; {plain(text.legal_review)})\n")
    if not texts and not quiet:
        say("No rules.")


def _spoken(language: str) -> Literal["en", "zh-Hant"]:
    """A language that packs are written in."""
    match language:
        case "en":
            return "en"
        case "zh-Hant":
            return "zh-Hant"
    raise CallError(f'packs do not speak "{language[:40]}"', advice="choose en or zh-Hant")


def _supplied(workspace: Path | None) -> frozenset[str]:
    """The facts that something supplies here; none without a workspace."""
    from pdpo_audit.workspace.rules.assessing import supplied_facts

    folder = workspace or find_workspace(Path.cwd())
    if folder is None:
        return frozenset()
    with opened(folder, quiet=True, verbose=False) as opened_workspace:
        return supplied_facts(opened_workspace.project)


def _settled(workspace: Path | None) -> tuple[Path, tuple[str, ...]]:
    """Where relative packs are looked for, and the packs that the settings name; none without a workspace."""
    from pdpo_audit.workspace.rules.packs import names_in_force

    folder = workspace or find_workspace(Path.cwd())
    if folder is None:
        return Path.cwd(), ()
    return folder, names_in_force(Project(folder).settings.policy.packs)
