"""Sorting by metadata alone: a quick guess before a scan, and how good the guess was after one."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.errors import CallError
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.pipeline.beside.sorting import compare_sorting, list_sources
from pdpo_audit.sources.sorting import sort
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.scan.transfers import check_transfers

#: Said wherever such groups are shown.
UNVERIFIED = "sorted by names, sizes, dates and cameras; no picture was compared, nothing was recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedFiles:
    """Files that look like copies by their metadata; ``note`` says what such a group is worth."""

    files: int
    groups: tuple[tuple[str, ...], ...]
    note: str = UNVERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class SortingReport:
    """How sorting by metadata alone compares with what verification found.

    Pairs of holdings: ``pairs_found`` of the verified ones, ``pairs_missed``, and ``pairs_wrong`` that it would have
    joined although they are not in one duplicate cluster; with examples as ``source:path``.
    """

    pairs_found: int
    pairs_missed: int
    pairs_wrong: int
    missed: tuple[tuple[str, str], ...]
    wrong: tuple[tuple[str, str], ...]


def sort_files(project: Project, options: ScanOptions) -> SortedFiles:
    """Group the files of the sources by metadata alone. Nothing enters the catalogue: a guess is no finding.

    :raises CallError: no source is declared.
    """
    sources = [source for source in project.sources() if not options.only or source.name in options.only]
    if not sources:
        raise CallError("no source is declared", advice="pdpo-audit scan FOLDER, or add [[sources]] to the settings")
    check_transfers(project, options)
    with project.work(options.workers, gentle=options.gentle) as work:
        listed = list_sources(work, sources)
    groups = sorted(tuple(_shown(listed[place].ref) for place in group) for group in sort(listed))
    return SortedFiles(files=len(listed), groups=tuple(groups))


def report_sorting(project: Project) -> SortingReport:
    """Compare sorting by metadata with the duplicate clusters in force."""
    compared = compare_sorting(project.store)
    return SortingReport(
        pairs_found=compared.scale.found,
        pairs_missed=compared.scale.missed,
        pairs_wrong=compared.scale.wrong,
        missed=tuple((_shown(one), _shown(other)) for one, other in compared.missed),
        wrong=tuple((_shown(one), _shown(other)) for one, other in compared.wrong),
    )


def _shown(ref: ImageRef) -> str:
    return f"{ref.source}:{ref.path}"
