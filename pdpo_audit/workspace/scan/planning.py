"""A scan planned: settings and options turned into what the line needs, before anything is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pdpo_audit.catalogue.whereabouts import was_scanned
from pdpo_audit.errors import CallError
from pdpo_audit.model.locations.changes import Look
from pdpo_audit.model.locations.classes import RecordClasses
from pdpo_audit.model.locations.roots import AllowedLoss
from pdpo_audit.people.detectors.engines import describe
from pdpo_audit.pipeline.plan import FacePlan, ScanPlan, TextPlan
from pdpo_audit.ports import Source
from pdpo_audit.similarity.resolution import Preferences
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.text.engines.opening import TextSpec, is_available
from pdpo_audit.text.engines.opening import describe as describe_text
from pdpo_audit.text.engines.weights import INSTALL
from pdpo_audit.text.text_pass import method_of
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.scan.parts import PART, Part, PartSource, read_part
from pdpo_audit.workspace.setup.registers import stated_flags


def plan_scan(
    project: Project, options: ScanOptions, looks: Mapping[str, Look], stop: Callable[[Project], frozenset[str]]
) -> ScanPlan:
    """What a scan will do.

    :raises CallError: there is no source, or the level finds no duplicates that rules could be applied to.
    :raises MachineError: the face engine or the text engine that the settings name is missing, or not the measured one.
    """
    sources = _sources(project, options)
    similarity, execution = project.settings.similarity, project.settings.execution
    level = options.level or similarity.level
    if level == "metadata":
        raise CallError(
            "sorting by metadata alone finds no duplicates that rules could be applied to",
            advice='pdpo-audit scan --level metadata shows its guesses; an audit needs [similarity] level = "near"',
        )
    return ScanPlan(
        sources=sources,
        looks=looks,
        allowed_loss=AllowedLoss(share=execution.source_loss, files=execution.source_loss_files),
        limit=options.limit,
        level=level,
        crops=level == "near" and (similarity.crops if options.crops is None else options.crops),
        thorough=options.thorough,
        preferences=Preferences(sources=similarity.preferred_sources, jurisdiction=similarity.preferred_jurisdiction),
        jurisdictions={source.name: source.jurisdiction for source in project.settings.sources},
        locate=locator_of(project.sources()),
        faces=_faces(project, options),
        text=_text(project),
        text_missing=_missing_text(project),
        name_patterns=project.settings.people.name_patterns,
        record_classes=_record_classes(project),
        registered=lambda: stated_flags(project) if project.settings.registers else {},
        stop=lambda: stop(project),
    )


def _sources(project: Project, options: ScanOptions) -> Sequence[Source]:
    sources = [source for source in project.sources() if not options.only or source.name in options.only]
    if not sources:
        raise CallError("no source is declared", advice="pdpo-audit scan FOLDER, or add [[sources]] to the settings")
    part = part_of(project, options)
    return sources if part.is_all else [PartSource(source=source, part=part) for source in sources]


def part_of(project: Project, options: ScanOptions) -> Part:
    """The part of the sources that this workspace scans; CallError where it holds another one."""
    part, held = read_part(options.shard) if options.shard else Part(), project.store.recall(PART)
    begun = held or ("1/1" if any(was_scanned(project.store, one.name) for one in project.sources()) else "")
    if begun and begun != str(part):
        holds = f"the part {held} of its sources" if held else "its sources as a whole"
        raise CallError(
            f"this workspace holds {holds}", advice=f"scan --shard {begun}, or take another workspace for another part"
        )
    return part


def _faces(project: Project, options: ScanOptions) -> FacePlan | None:
    scope = options.people or project.settings.people.scope
    if scope == "off":
        return None
    spec = project.detector(thorough=options.thorough)
    thumbnails = project.settings.report.thumbnails != "none"
    return FacePlan(scope=scope, spec=spec, detector=describe(spec), thumbnails=thumbnails)


def _text(project: Project) -> TextPlan | None:
    """Nothing where the pass is off or its engine is not installed: that is told, and no reason to stop."""
    scope, spec = project.settings.text.scope, TextSpec(name=project.settings.text.engine)
    if scope == "off" or not is_available(spec):
        return None
    engine = describe_text(spec)
    return TextPlan(scope=scope, spec=spec, method=method_of(engine), engine=engine)


def _missing_text(project: Project) -> str:
    text = project.settings.text
    return "" if text.scope == "off" or is_available(TextSpec(name=text.engine)) else INSTALL


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
