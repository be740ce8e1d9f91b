"""The stages of a scan in their order, over whatever the inventory found pending."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from pdpo_audit.catalogue.queries.links import count_links, mark_links
from pdpo_audit.model.audits import DetectorRecord
from pdpo_audit.model.locations.changes import Look
from pdpo_audit.people.detectors.engines import DetectorSpec, describe
from pdpo_audit.pipeline.clusters.clustering import form_clusters
from pdpo_audit.pipeline.examination import examine_files, refresh_fingerprints
from pdpo_audit.pipeline.faces import RecordClasses, examine_people, grade_people, method_of
from pdpo_audit.pipeline.inventory import Pending, check_first_looks, take_inventory
from pdpo_audit.pipeline.results import Clustered, Examined, PeopleFound, ScanSummary
from pdpo_audit.pipeline.work import Work
from pdpo_audit.ports import Source
from pdpo_audit.similarity.resolution import Preferences
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.setup.registers import stated_flags

#: The catalogue's key for the level at which the duplicate clusters in force were found.
SIMILARITY_LEVEL = "similarity_level"
#: The catalogue's key for the method whose face readings are in force, also when a later scan leaves people off.
PEOPLE_METHOD = "people_method"


def run_stages(
    project: Project,
    work: Work,
    sources: Sequence[Source],
    looks: Mapping[str, Look],
    options: ScanOptions,
    level: str,
    *,
    crops: bool,
    lock: Callable[[Project], frozenset[str]],
) -> ScanSummary:
    """Inventory, fingerprints, duplicate clusters at ``level``, people; ``looks`` are walks already taken.

    ``crops`` says whether parts of pictures are looked for, too. ``lock`` removes the stored pictures that the stop
    rule speaks of, and gives the SHA-256 (hex) of the files of which none may be made.
    """
    pending = _take_inventories(project, work, sources, looks)
    examined = _examine(project, work, pending, options.limit, regions=crops)
    mark_links(project.store)
    before = project.store.recall(SIMILARITY_LEVEL)
    refresh_fingerprints(work, locator_of(project.sources()), regions=crops, incomplete=before not in ("", "near"))
    clustered = _cluster(project, work, level, crops=crops, thorough=options.thorough)
    people = _look_for_people(project, work, options, stopped=lock(project))
    return ScanSummary(
        new=sum(one.new for one in pending),
        changed=sum(one.changed for one in pending),
        moved=sum(one.moved for one in pending),
        vanished=sum(one.vanished for one in pending),
        unchanged=sum(one.unchanged for one in pending),
        examined=examined,
        clustered=clustered,
        people=people,
        hard_links=count_links(project.store),
        not_reached=tuple(one.not_reached for one in pending if one.not_reached),
    )


def people_scope(project: Project, options: ScanOptions) -> str:
    """Which pictures the face pass reads."""
    return options.people or project.settings.people.scope


def detector_of(project: Project, *, thorough: bool = False) -> tuple[DetectorSpec, DetectorRecord]:
    """The face engine that the settings name; MachineError where it is missing."""
    people = project.settings.people
    spec = DetectorSpec(name=people.detector, yunet=people.yunet, thorough=thorough)
    return spec, describe(spec)


def _take_inventories(
    project: Project, work: Work, sources: Sequence[Source], looks: Mapping[str, Look]
) -> list[Pending]:
    check_first_looks(work, sources)
    project.progress.start("Listing sources", len(sources))
    allowed, pending = project.settings.execution.source_loss, []
    for source in sources:
        pending.append(take_inventory(work, source, looks.get(source.name), allowed_loss=allowed))
        project.progress.advance()
    return pending


def _examine(project: Project, work: Work, pending: list[Pending], limit: int | None, *, regions: bool) -> Examined:
    total = sum(len(one.files) for one in pending)
    left = total if limit is None else min(total, limit)
    project.progress.start("Reading pictures", left)
    counts = Examined()
    for one in pending:
        done = examine_files(work, one, regions=regions, limit=left)
        left -= done.files
        counts = counts.plus(done)
    return counts


def _cluster(project: Project, work: Work, level: str, *, crops: bool, thorough: bool) -> Clustered:
    similarity = project.settings.similarity
    return form_clusters(
        work,
        level=level,
        preferences=Preferences(sources=similarity.preferred_sources, jurisdiction=similarity.preferred_jurisdiction),
        jurisdictions={source.name: source.jurisdiction for source in project.settings.sources},
        locate=locator_of(project.sources()),
        crops=crops,
        thorough=thorough,
    )


def _look_for_people(
    project: Project, work: Work, options: ScanOptions, *, stopped: frozenset[str]
) -> PeopleFound | None:
    scope = people_scope(project, options)
    found = None
    method = project.store.recall(PEOPLE_METHOD)
    if scope != "off":
        spec, detector = detector_of(project, thorough=options.thorough)
        method = method_of(detector)
        found = examine_people(
            work,
            scope=scope,
            spec=spec,
            detector=detector,
            thumbnails=project.settings.report.thumbnails != "none",
            stopped=stopped,
            locate=locator_of(project.sources()),
        )
        with project.store.transaction() as transaction:
            transaction.remember(PEOPLE_METHOD, method)
            transaction.remember("people_engine", json.dumps(asdict(detector)))
            transaction.remember("people_scope", scope)
    grade_people(
        work,
        method=method,
        name_patterns=project.settings.people.name_patterns,
        record_classes=_record_classes(project),
        registered=stated_flags(project) if project.settings.registers else {},
    )
    return found


def _record_classes(project: Project) -> RecordClasses:
    """What the settings state of sources and of paths in them."""
    sources = project.settings.sources
    stated = [
        (source.name, entry.match, entry.facts().get("record.class")) for source in sources for entry in source.facts
    ]
    return RecordClasses(
        by_source={source.name: source.record_class for source in sources},
        by_path=[(name, match, str(value)) for name, match, value in stated if value],
    )
