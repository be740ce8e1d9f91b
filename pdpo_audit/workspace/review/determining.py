"""Legal determinations of many pictures at once: of a duplicate cluster, of a pattern, of a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.errors import CallError
from pdpo_audit.model.judgements import Judgement, LegalDetermination, LegalReason
from pdpo_audit.model.locations.patterns import matches
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.sheets import read_cells
from pdpo_audit.workspace.exporting import table_frame
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.judging import determine

if TYPE_CHECKING:
    import pandas as pd


def pictures_named(project: Project, names: Sequence[str]) -> list[str]:
    """One holding (``source:path``) of each picture that names mean, in their order.

    A name is a holding, the id of a duplicate cluster, a pattern of paths (``2023/**``, also ``source:pattern``), or a
    spreadsheet (.xlsx) with a column ``cluster_id`` or ``path`` (and ``source``).

    :raises CallError: a name means nothing that is held.
    """
    if all(_is_plain(name) for name in names):
        return list(names)
    held = table_frame(project, Table.HOLDINGS)
    held = held[held["sha256"].fillna("") != ""]
    found: dict[str, str] = {}
    for name in names:
        part = _meant(name, held)
        if not len(part):
            raise CallError(f"{name} means nothing that is held", advice="pdpo-audit export holdings shows what is")
        for row in part.itertuples():
            found.setdefault(str(row.sha256), f"{row.source}:{row.path}")
    return list(found.values())


def determine_many(
    project: Project,
    names: Sequence[str],
    determination: LegalDetermination,
    *,
    code: LegalReason,
    by: str,
    role: str,
    reason: str = "",
    instead: bool = False,
) -> list[Judgement]:
    """``by`` determines what pictures are in law, each by itself; it holds for every copy with the same bytes."""
    return [
        determine(project, holding, determination, code=code, by=by, role=role, reason=reason, instead=instead)
        for holding in pictures_named(project, names)
    ]


def _is_plain(name: str) -> bool:
    return not (name.upper().startswith("DC-") or name.lower().endswith(".xlsx") or any(mark in name for mark in "*?"))


def _meant(name: str, held: pd.DataFrame) -> pd.DataFrame:
    if name.upper().startswith("DC-"):
        return held[held["cluster_id"].fillna("").str.upper() == name.upper()]
    if name.lower().endswith(".xlsx"):
        return _listed(Path(name), held)
    source, colon, pattern = name.partition(":")
    known = colon and source in set(held["source"])
    part = held[held["source"] == source] if known else held
    wanted = pattern if known else name
    if not any(mark in wanted for mark in "*?"):
        return part[part["path"] == wanted]
    return part[[matches(wanted, str(path)) for path in part["path"]]]


def _listed(file: Path, held: pd.DataFrame) -> pd.DataFrame:
    """The holdings that a spreadsheet lists.

    :raises CallError: it has neither column, or a row names nothing that is held.
    """
    rows = read_cells(file)
    headers = [str(cell or "").strip().casefold() for cell in (rows[0] if rows else [])]
    if "cluster_id" not in headers and "path" not in headers:
        raise CallError(f"{file} has neither a column cluster_id nor a column path", advice="give it one of them")
    key = "cluster_id" if "cluster_id" in headers else "path"
    source = headers.index("source") if key == "path" and "source" in headers else None
    picked: list[int] = []
    for number, row in enumerate(rows[1:], 2):
        wanted = str(row[headers.index(key)] or "").strip()
        if not wanted:
            continue
        part = held[held[key].fillna("") == wanted]
        if source is not None and row[source]:
            part = part[part["source"] == str(row[source]).strip()]
        if not len(part):
            raise CallError(f"{file}:{number}: {wanted[:80]} is not held")
        picked += list(part.index)
    return held.loc[picked]
