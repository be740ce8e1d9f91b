"""Commands for samples: what a store probably holds, and manual checks of the face pass."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Paths, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened, opened_for
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.model.locations.printed import amount

if TYPE_CHECKING:
    from pdpo_audit.sampling.intervals import Estimate
    from pdpo_audit.workspace.sampling.estimating import StoreEstimate

Seed = Annotated[
    int | None, typer.Option(help="The number that the draw begins with (default: by chance).", show_default=False)
]


def estimate(
    paths: Paths = None,
    points: Annotated[float, typer.Option(min=0.5, max=10, help="Shares within so many percentage points.")] = 2.0,
    people: Annotated[bool, typer.Option("--people/--no-people", help="Look for people in the sample.")] = True,
    seed: Seed = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What the sources probably hold, from a random sample, with 95 % intervals; which source to look at first.

    Everything is listed, and only the sample is read. Near copies come on top: a sample cannot tell them.

    Example: pdpo-audit estimate --points 2
    """
    from pdpo_audit.workspace.sampling.estimating import estimate as estimate_store

    with opened_for(list(paths or []), workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        drawn_by = secrets.randbelow(2**31) if seed is None else seed
        found = estimate_store(opened_workspace.project, points=points, people=people, seed=drawn_by)
    if json:
        show_json(found)
        return
    _tell(found)
    if not quiet:
        for note in found.notes:
            say(plain(note))


def _tell(found: StoreEstimate) -> None:
    share = 100 * found.bytes_read / found.bytes if found.bytes else 0.0
    out.print(
        f"{amount(found.files, 'file')}, {found.bytes / 1e9:,.2f} GB listed; {found.files_read:,} read ({share:.2f}%)"
    )
    rows: list[tuple[object, ...]] = [
        ("pictures", _number(found.pictures)),
        ("additional copies, equal byte by byte", _number(found.additional_copies)),
        ("gigabytes of these", _number(found.additional_bytes.times(1e-9), 2)),
        *([("HK$ a year for these", _number(found.yearly_hkd))] if found.yearly_hkd else []),
        *([("pictures with a recognisable person", _percent(found.people_share))] if found.people_share else []),
        *((f"pictures in {name}", _number(one)) for name, one in found.formats.items()),
    ]
    table("", rows, headers=("", "estimate (95 % interval)"))
    sources: list[tuple[object, ...]] = [
        (one.rank, one.name, one.files, _number(one.pictures), _number(one.recognisable)) for one in found.sources
    ]
    table("", sources, headers=("look first", "source", "files", "pictures", "with a recognisable person"))
    out.print(f"Drawn by seed {found.seed}: the same seed draws the same files.")


def _number(one: Estimate, places: int = 0) -> str:
    return f"{one.value:,.{places}f} ({one.low:,.{places}f} to {one.high:,.{places}f})"


def _percent(one: Estimate) -> str:
    return f"{one.value:.1%} ({one.low:.1%} to {one.high:.1%})"


def draw(
    output: Annotated[Path, typer.Option("-o", "--output", help="The spreadsheet to write.")] = Path("sample.xlsx"),
    each: Annotated[int, typer.Option(min=1, help="Pictures of each kind.")] = 150,
    seed: Seed = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Draw pictures for people to check: some that are said to show a recognisable person, some that are not.

    Example: pdpo-audit sample draw --each 150 -o sample.xlsx
    """
    from pdpo_audit.workspace.sampling.checking import draw_sample

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        drawn_by = secrets.randbelow(2**31) if seed is None else seed
        drawn = draw_sample(opened_workspace.project, output, each=each, seed=drawn_by)
    if json:
        show_json(drawn)
    elif not quiet:
        say(
            f"{drawn.positives:,} of {amount(drawn.positives_of, 'picture')} with a recognisable person and "
            f"{drawn.negatives:,} of {amount(drawn.negatives_of, 'other')}: in {plain(drawn.file)}, mixed "
            f"(seed {drawn.seed})."
        )
        say("Look at each, fill in yes or no and who looked, then: pdpo-audit sample read")


def read(
    file: Annotated[Path, typer.Argument(help="The spreadsheet, filled in.")],
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take in what people saw: the error rates of the face pass stand in every report from now on.

    Example: pdpo-audit sample read sample.xlsx
    """
    from pdpo_audit.workspace.sampling.checking import read_sample

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        checked = read_sample(opened_workspace.project, file)
    if json:
        show_json(checked)
    elif not quiet:
        say(plain(f"Taken: {checked.spoken()}."))
        if checked.unanswered:
            say(f"{amount(checked.unanswered, 'row has', 'rows have')} no answer: not counted.")
