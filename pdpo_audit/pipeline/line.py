"""The straight line from sources to a sealed audit: what runs after what. Nothing else knows the order.

    look    sources > 1 inventory > 2 reading, 2b sidecars > hard links, renewed fingerprints
                    > 3 duplicate clusters > 4 faces > 4b text > 4 people levels
    join    shards of other sites > 3 duplicate clusters
    judge   facts > 5 findings and dispositions
    tell    6 content > PDFs, each sealed > workbook > other forms > evidence > seal > verification

A whole audit looks (or joins), then judges, then tells; each of them is a command of its own, and ``run`` calls the
three (``workspace.running``). Opening the workspace and closing the executor is the hall's.

Each stage reads what is pending from the catalogue, computes in batches, and records each batch in one transaction: it
can be repeated, resumed after a kill, and run alone. What judges and tells is loaded when it comes to that: a scan must
not wait for the PDF writer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.queries.links import count_links, mark_links
from pdpo_audit.pipeline.clusters.clustering import form_clusters
from pdpo_audit.pipeline.examination import examine_files, refresh_fingerprints
from pdpo_audit.pipeline.faces import examine_people, grade_people, method_of
from pdpo_audit.pipeline.inventory import Pending, break_off, check_first_looks, take_inventory
from pdpo_audit.pipeline.plan import ScanPlan
from pdpo_audit.pipeline.remembered import (
    PEOPLE_ENGINE,
    PEOPLE_METHOD,
    PEOPLE_SCOPE,
    SIMILARITY_LEVEL,
    TEXT_ENGINE,
    TEXT_METHOD,
    TEXT_SCOPE,
)
from pdpo_audit.pipeline.results import Clustered, Examined, PeopleFound, ScanSummary, TextFound
from pdpo_audit.pipeline.text.reading import examine_text
from pdpo_audit.pipeline.work import Work

if TYPE_CHECKING:
    from pdpo_audit.pipeline.assessment import AssessmentPlan
    from pdpo_audit.pipeline.reporting import Reported, ReportPlan
    from pdpo_audit.policy.judging.evaluation import Assessment
    from pdpo_audit.ports import Progress
    from pdpo_audit.similarity.resolution import Preferences
    from pdpo_audit.sources.locations import Locate


def look(work: Work, plan: ScanPlan) -> ScanSummary:
    """Bring the catalogue up to date with the sources."""
    examined, pending = _examine(work, plan, _take_inventories(work, plan))
    mark_links(work.store)
    clustered = _cluster(work, plan)
    people = _look_for_people(work, plan)
    text = _look_for_text(work, plan)
    _grade_people(work, plan)
    return ScanSummary(
        new=sum(one.new for one in pending),
        changed=sum(one.changed for one in pending),
        moved=sum(one.moved for one in pending),
        vanished=sum(one.vanished for one in pending),
        unchanged=sum(one.unchanged for one in pending),
        examined=examined,
        clustered=clustered,
        people=people,
        text=text,
        text_missing=plan.text_missing,
        hard_links=count_links(work.store),
        not_reached=tuple(one.not_reached for one in pending if one.not_reached),
    )


def join(
    work: Work,
    *,
    level: str,
    crops: bool,
    preferences: Preferences,
    jurisdictions: Mapping[str, str],
    locate: Locate = lambda _ref: None,
) -> Clustered:
    """Form the clusters of what other sites scanned: what they compared stands, and no file is read but what
    ``locate`` finds here."""
    return form_clusters(
        work,
        level=level,
        preferences=preferences,
        jurisdictions=jurisdictions,
        locate=locate,
        crops=crops,
    )


def judge(work: Work, plan: AssessmentPlan) -> Assessment:
    """What the rule packs say of the facts, frozen in the catalogue."""
    from pdpo_audit.pipeline.assessment import assess

    return assess(work, plan)


def tell(plan: ReportPlan, progress: Progress) -> Reported:
    """Write and seal everything an audit leaves behind, and verify it before anybody relies on it.

    :raises MachineError: the audit's folder exists already, or the disk is full.
    :raises VerificationError: what was sealed does not verify.
    """
    from pdpo_audit.pipeline import reporting

    with reporting.built_beside(plan.folder) as building:
        progress.start("Writing and sealing reports", 2 * len(plan.languages) + 5)
        plan = reporting.mask_plan(plan)
        content = reporting.compose_content(plan)
        progress.advance()
        for language in plan.languages:
            reporting.write_pdf(plan, content, language, building)
            progress.advance()
        for language in dict.fromkeys(("en", *plan.languages)):
            reporting.write_workbook_sealed(plan, content, language, building)
            progress.advance()
        reporting.write_others(plan, content, building)
        progress.advance()
        reporting.write_sealed_evidence(plan, content, building)
        progress.advance()
        verification = reporting.verify_sealed(plan, building)
    progress.advance()
    return reporting.Reported(
        folder=plan.folder, content=content, verification=replace(verification, path=str(plan.folder))
    )


def _take_inventories(work: Work, plan: ScanPlan) -> list[Pending]:
    check_first_looks(work, plan.sources)
    work.progress.start("Listing sources", len(plan.sources))
    pending = []
    for source in plan.sources:
        pending.append(take_inventory(work, source, plan.looks.get(source.name), allowed_loss=plan.allowed_loss))
        work.progress.advance()
    return pending


def _examine(work: Work, plan: ScanPlan, pending: Sequence[Pending]) -> tuple[Examined, list[Pending]]:
    total = sum(len(one.files) for one in pending)
    left = total if plan.limit is None else min(total, plan.limit)
    work.progress.start("Reading pictures", left)
    counts, examined = Examined(), list[Pending]()
    for one in pending:
        done = examine_files(work, one, regions=plan.crops, limit=left)
        left -= done.files
        counts = counts.plus(done)
        examined.append(break_off(work, one, done.away) if done.away else one)
    return counts, examined


def _cluster(work: Work, plan: ScanPlan) -> Clustered:
    without_regions = work.store.recall(SIMILARITY_LEVEL) not in ("", "near")
    refresh_fingerprints(work, plan.locate, regions=plan.crops, incomplete=without_regions)
    return form_clusters(
        work,
        level=plan.level,
        preferences=plan.preferences,
        jurisdictions=plan.jurisdictions,
        locate=plan.locate,
        crops=plan.crops,
        thorough=plan.thorough,
    )


def _look_for_people(work: Work, plan: ScanPlan) -> PeopleFound | None:
    faces = plan.faces
    if faces is None:
        return None
    found = examine_people(
        work,
        scope=faces.scope,
        spec=faces.spec,
        detector=faces.detector,
        thumbnails=faces.thumbnails,
        stopped=plan.stop(),
        locate=plan.locate,
    )
    with work.store.transaction() as transaction:
        transaction.remember(PEOPLE_METHOD, method_of(faces.detector))
        transaction.remember(PEOPLE_ENGINE, json.dumps(asdict(faces.detector)))
        transaction.remember(PEOPLE_SCOPE, faces.scope)
    return found


def _look_for_text(work: Work, plan: ScanPlan) -> TextFound | None:
    """What was read by an earlier scan counts on where this one reads nothing."""
    text = plan.text
    if text is None:
        if not work.store.recall(TEXT_METHOD):
            with work.store.transaction() as transaction:
                transaction.remember(TEXT_SCOPE, "missing" if plan.text_missing else "off")
        return None
    found = examine_text(work, scope=text.scope, spec=text.spec, method=text.method, locate=plan.locate)
    with work.store.transaction() as transaction:
        transaction.remember(TEXT_METHOD, text.method)
        transaction.remember(TEXT_ENGINE, json.dumps(asdict(text.engine)))
        transaction.remember(TEXT_SCOPE, text.scope)
    return found


def _grade_people(work: Work, plan: ScanPlan) -> None:
    grade_people(
        work,
        method=work.store.recall(PEOPLE_METHOD),
        name_patterns=plan.name_patterns,
        record_classes=plan.record_classes,
        registered=plan.registered(),
        text=work.store.recall(TEXT_METHOD),
    )
