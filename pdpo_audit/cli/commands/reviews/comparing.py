"""The command that says what changed between two audits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pdpo_audit.cli.options import Json, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table

if TYPE_CHECKING:
    from pdpo_audit.model.reviews.deltas import ChangesOf, Delta

_CAUSES = {
    "library": "the library (copies came, went, moved or changed)",
    "rules": "the rules (another rule pack)",
    "method": "the method (another version of it)",
    "time": "time (its day came)",
    "facts": "the facts (what people and registers stated)",
}
#: Sources and owners that are shown.
_SHOWN = 10


def compare(
    first: Annotated[
        str, typer.Argument(help="An audit: its id or a part that only it has, its day, its folder, or latest.")
    ],
    second: Annotated[str, typer.Argument(help="A later one (default: the newest).")] = "",
    places: Annotated[bool, typer.Option("--places", help="Name the copies, too.")] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What changed between two audits, by cause, source and owner; from the sealed tables, also after a purge.

    Example: pdpo-audit compare 2026-09-30
    """
    from pdpo_audit.workspace.report.comparing import compare as compare_audits

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        delta = compare_audits(opened_workspace.project, first, second)
    if json:
        show_json(delta.document())
        return
    _tell(delta)
    for one in delta.listed if places else ():
        was = f"  (was {one.was_source}:{one.was_path})" if one.was_path else ""
        out.print(plain(f"{one.kind.value}  {one.source}:{one.path}{was}"))
    if not places and delta.listed and not quiet:
        say("--places names the copies; --json has everything.")


def _tell(delta: Delta) -> None:
    copies, clusters, people, found = delta.holdings, delta.clusters, delta.people, delta.findings
    out.print(plain(f"From audit {delta.before.audit_id} to {delta.now.audit_id}"))
    rows: list[tuple[object, ...]] = [
        ("stored copies", copies.before, copies.now, f"{copies.new:,} new, {copies.gone:,} gone"),
        ("", "", "", f"{copies.moved:,} moved, {copies.changed:,} changed, {copies.unchanged:,} as they were"),
        ("", "", "", f"{copies.new_of_known:,} new copies of pictures held before"),
        ("", "", "", f"{copies.again:,} made again after an erasure that was proposed"),
        ("duplicate clusters", clusters.before, clusters.now, f"{clusters.born:,} new, {clusters.ended:,} ended"),
        ("", "", "", f"{clusters.grew:,} grew, {clusters.shrank:,} shrank, {clusters.split:,} split"),
        ("pictures with a recognisable person (P2, P3)", people.before, people.now, f"{people.newly:,} newly found"),
        ("", "", "", f"{people.newly_in_known:,} of them in pictures held before"),
        ("findings", found.before, found.now, f"{found.opened:,} opened, {found.closed:,} closed"),
        ("", "", "", f"{found.reopened:,} opened again; {found.overdue:,} overdue, {found.newly_overdue:,} newly"),
    ]
    table("", rows, headers=("", "before", "now", "change"))
    causes: list[tuple[object, ...]] = [
        (_CAUSES[cause.value], opened_now, found.closed_by[cause]) for cause, opened_now in found.opened_by.items()
    ]
    table("", [*causes, ("together", found.opened, found.closed)], headers=("findings by cause", "opened", "closed"))
    _by("source", delta.sources)
    _by("owner", delta.owners)
    if delta.not_compared:
        say(plain(f"Not compared, for one of the two audits did not reach it: {', '.join(delta.not_compared)}"))
    for name, changed in (("methods", delta.methods_changed), ("rule packs", delta.packs_changed)):
        if changed:
            say(plain(f"Other versions of {name}: {', '.join(changed)}"))


def _by(what: str, rows: tuple[ChangesOf, ...]) -> None:
    shown: list[tuple[object, ...]] = [
        (row.name or "(none)", row.new, row.gone, row.moved, row.changed, row.again, row.opened, row.closed)
        for row in rows[:_SHOWN]
    ]
    if shown:
        table("", shown, headers=(what, "new", "gone", "moved", "changed", "made again", "opened", "closed"))
    if len(rows) > _SHOWN:
        say(f"and {len(rows) - _SHOWN} more")
