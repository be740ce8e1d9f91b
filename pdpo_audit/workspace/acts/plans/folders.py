"""The folder of a plan, ``disposals/<id>/``: plan, approvals, log and certificate, each sealed, readable without us."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.model.disposition.plans import PlanHeader, PlanItem
from pdpo_audit.model.disposition.writing import write_header, write_item
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.disposals.checks import APPROVALS, ITEMS, PLAN
from pdpo_audit.workspace.project import Project

if TYPE_CHECKING:
    from pdpo_audit.workspace.setup.identities import Seal

__all__ = ["APPROVALS", "DISPOSALS", "ITEMS", "PLAN", "disposals_folder", "keep_file", "seal_file", "write_plan"]

DISPOSALS = "disposals"
#: The plan for people to read and to sort.
WORKBOOK = "plan.xlsx"


def disposals_folder(project: Project, plan_id: str) -> Path:
    """Where everything of a plan lies."""
    return project.folder / DISPOSALS / plan_id


def keep_file(file: Path, content: bytes) -> None:
    """Write a file that appears whole and outlives a loss of power."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def seal_file(project: Project, file: Path, seal: Seal) -> None:
    """Put the organisation's detached seal beside a file."""
    url = project.settings.signing.timestamp_url
    with file.open("rb") as stream:
        signature = sign_detached(stream, seal.identity, signed_at=project.clock(), timestamp_url=url)
    keep_file(file.with_name(f"{file.name}.p7s"), signature)


def write_plan(project: Project, header: PlanHeader, items: Sequence[PlanItem], seal: Seal) -> Path:
    """Write the plan in every form into a folder under a hidden name; the caller gives it its own."""
    from pdpo_audit.reports.disposals.sheets import write_workbook
    from pdpo_audit.workspace.acts.plans.printing import print_plan

    ready = project.folder / DISPOSALS / f".{header.plan_id}.part"
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir(parents=True)
    keep_file(ready / PLAN, write_header(header))
    with (ready / ITEMS).open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{write_item(item)}\n" for item in items)
    write_workbook(ready / WORKBOOK, items)
    for name, pdf in print_plan(project, header, items):
        keep_file(ready / name, pdf)
    for file in sorted(ready.iterdir()):
        if file.name != ITEMS:  # the plan fixes them by their digest
            seal_file(project, file, seal)
    return ready
