"""Scan: inventory, fingerprints, duplicate clusters, people. Resumable at any point; quick where nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.changes import Look
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, SCAN_UNDER_WAY, SIMILARITY_LEVEL, TEXT_METHOD
from pdpo_audit.pipeline.results import ScanSummary
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.scan import resting
from pdpo_audit.workspace.scan.parts import PART, read_part
from pdpo_audit.workspace.setup.run_lock import run_lock

if TYPE_CHECKING:
    from pdpo_audit.policy.terms.rules import Pack

#: Between the names of sources in the event log.
SEPARATOR = "; "

__all__ = ["SEPARATOR", "ScanSummary", "details_of", "scan"]


def scan(project: Project, options: ScanOptions) -> ScanSummary:
    """Bring the catalogue up to date with the sources.

    Where they are as the last scan left them nothing is loaded but what lists them: the stages start only when there is
    work, with what was listed by then.
    """
    with run_lock(project, "scan"):
        began = project.clock()
        rest = None if options.shard else resting.look(project, options)
        if rest is not None and rest.summary is not None:
            rest.record(
                details_of(rest.summary, options, began),
                at=project.clock(), actor=project.actor, salt=project.entropy(16),
            )  # fmt: skip
            return rest.summary
        return _scan(project, options, rest.looks if rest else {}, began)


def _scan(project: Project, options: ScanOptions, looks: Mapping[str, Look], began: datetime) -> ScanSummary:
    from pdpo_audit.workspace.scan.reaching import check_clock
    from pdpo_audit.workspace.scan.transfers import check_transfers

    check_clock(project)
    check_transfers(project, options)
    with project.work(options.workers, gentle=options.gentle) as work:
        from pdpo_audit.catalogue.queries.totals import skipped_by_reason
        from pdpo_audit.pipeline import line
        from pdpo_audit.workspace.returning.keys import end_keys, watched
        from pdpo_audit.workspace.rules.classes import check_stated_classes
        from pdpo_audit.workspace.scan.planning import plan_scan

        check_stated_classes(project, partial(_packs, project))
        plan = plan_scan(project, options, looks, _locked)
        resting.disturb(project)
        with project.store.transaction() as transaction:
            transaction.remember(SCAN_UNDER_WAY, "yes")
            if options.shard and not read_part(options.shard).is_all:
                transaction.remember(PART, options.shard)
        end_keys(project)
        summary = line.look(replace(work, watched=watched(project)), plan)
    with project.store.transaction() as transaction:
        transaction.remember(SCAN_UNDER_WAY, "")
        partly = plan.level == "near" and not plan.crops
        transaction.remember(SIMILARITY_LEVEL, f"{plan.level} without crops" if partly else plan.level)
        if not summary.not_reached and not options.shard:
            resting.settle(project, transaction, options, summary)
        details = details_of(summary, options, began)
        transaction.append_event("scanned", details, at=project.clock(), actor=project.actor)
    if back := summary.examined.returned:
        copies = amount(back, "copy", "copies")
        project.progress.note(f"certified as erased and in a source again: {copies} (rule CORE-26)")
    if not summary.examined.files:
        return summary
    recall = project.store.recall
    return replace(summary, listed=skipped_by_reason(project.store, recall(PEOPLE_METHOD), recall(TEXT_METHOD)))


def _packs(project: Project) -> tuple[Pack, ...]:
    """The rule packs in force; what reads them loads pandas, and a scan seldom asks."""
    from pdpo_audit.workspace.rules.assessing import project_packs

    return project_packs(project)


def _locked(project: Project) -> frozenset[str]:
    """What the stop rule holds; asked where pictures are made, and as dear as the packs."""
    from pdpo_audit.workspace.rules.assessing import lock_pictures

    return lock_pictures(project)


def details_of(summary: ScanSummary, options: ScanOptions, began: datetime) -> Details:
    """A scan for the event log; ``sources`` is empty where it was of all. It ends with its event."""
    return {
        "began": began.isoformat(timespec="seconds"),
        "sources": SEPARATOR.join(options.only),
        "new": summary.new,
        "changed": summary.changed,
        "moved": summary.moved,
        "vanished": summary.vanished,
        "unchanged": summary.unchanged,
        "not_reached": SEPARATOR.join(one.source for one in summary.not_reached),
        "files_read": summary.examined.files,
        "duplicate_clusters": summary.clustered.clusters,
        "pictures_read_for_faces": summary.people.read if summary.people else None,
        "pictures_read_for_text": summary.text.read if summary.text else None,
    }
