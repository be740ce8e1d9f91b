"""Run: the main job from folders to sealed reports, in a workspace that is made when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdpo_audit.errors import CallError
from pdpo_audit.workspace.opening import Workspace
from pdpo_audit.workspace.project import ScanOptions, find_workspace

if TYPE_CHECKING:
    from pdpo_audit.pipeline.results import ScanSummary
    from pdpo_audit.workspace.report.reporting import ReportSummary
    from pdpo_audit.workspace.rules.assessing import AssessmentSummary

#: Where ``run FOLDER`` keeps its work when nobody said where.
DEFAULT_FOLDER = "pdpo-audit-workspace"


#: What is assumed where a workspace had to be made: nobody named one, or the one that was named was not there yet.
_NONE_GIVEN = "No workspace was given: one was made with default settings. Owners, purposes and places are not known."
_NONE_THERE = "A new workspace was made with default settings. Owners, purposes and places are not known."


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a whole audit did."""

    assumptions: tuple[str, ...]
    scanned: ScanSummary
    assessed: AssessmentSummary
    reported: ReportSummary


def open_for(paths: Sequence[Path], folder: Path | None, here: Path, **ways: Any) -> Workspace:
    """The workspace to work in: the one named, the nearest one, or a new one; ``paths`` join it as sources.

    What had to be assumed is kept with the workspace and printed on the report.
    """
    found = folder if folder and (folder / "pdpo-audit.toml").is_file() else None
    if folder is None:
        found = find_workspace(here)
    if found is not None:
        workspace = Workspace.open(found, **ways)
    elif not paths:
        raise CallError("there is no workspace here", advice="pdpo-audit run FOLDER, or pdpo-audit init DIR")
    else:
        for path in paths:
            if not path.is_dir():
                raise CallError(f"{path} is no folder", advice="give the folder that holds the pictures")
        workspace = Workspace.create(_new_home(paths, folder, here), **ways)
        assume = workspace.project.assumptions.append
        assume(_NONE_GIVEN if folder is None else _NONE_THERE)
        assume("Nobody was asked who authorised this audit, or whether litigation, a complaint or a request is open.")
    if paths:
        names = workspace.add(*paths)
        if names:
            workspace.project.assumptions.append(f"Sources were named after their folders: {', '.join(names)}.")
    return workspace


def run(workspace: Workspace, options: ScanOptions, paths: Sequence[Path] = ()) -> RunSummary:
    """Scan (copies, people, text), assess, report and seal: the verbs of ``pipeline.line`` in turn."""
    from pdpo_audit.workspace.setup.run_lock import run_lock

    with run_lock(workspace.project, "run"):
        return _run(workspace, options, paths)


def _run(workspace: Workspace, options: ScanOptions, paths: Sequence[Path]) -> RunSummary:
    if paths:
        roots = {str(path.resolve()) for path in paths}
        chosen = tuple(source.name for source in workspace.project.sources() if source.uri in roots)
        options = replace(options, only=chosen)
    from pdpo_audit.workspace.setup.identities import try_seal

    try_seal(workspace.project)
    scanned = workspace.scan(options)
    assessed = workspace.assess()
    reported = workspace.report()
    return RunSummary(
        assumptions=tuple(workspace.project.assumptions), scanned=scanned, assessed=assessed, reported=reported
    )


def _new_home(paths: Sequence[Path], folder: Path | None, here: Path) -> Path:
    home = folder or here / DEFAULT_FOLDER
    for path in paths:
        if home.resolve().is_relative_to(path.resolve()):
            raise CallError(
                f"the workspace would lie inside {path}, which is being audited",
                advice="start from another folder, or say where with --workspace DIR",
            )
    return home
