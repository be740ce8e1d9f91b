"""Assess: the rule packs over everything that the catalogue holds, on a stated day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.audits import StoredAudit
from pdpo_audit.catalogue.proofs.sayings import said_faults
from pdpo_audit.catalogue.queries.tables import CatalogueTables
from pdpo_audit.catalogue.sayings.judgements import load_answers
from pdpo_audit.errors import CallError, SettingsError
from pdpo_audit.model.audits import SOURCE_FACTS
from pdpo_audit.model.findings import CountedBy, Severity
from pdpo_audit.model.locations.printed import PLACES, amount
from pdpo_audit.model.locations.printed import VERSION as PRINTED
from pdpo_audit.model.methods import COMPARISON, FINGERPRINTS
from pdpo_audit.model.tables import Table
from pdpo_audit.pipeline import line
from pdpo_audit.pipeline.assessment import AssessmentPlan, files_used, is_file_used
from pdpo_audit.pipeline.facts.collecting import PatternFacts, collect_facts
from pdpo_audit.pipeline.facts.stated import rights_beside, rights_of_pictures
from pdpo_audit.pipeline.identifying import lay_identifiers, namings_beside, namings_of_pictures
from pdpo_audit.pipeline.registering import Registered, lay_registers
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, SCAN_UNDER_WAY, SIMILARITY_LEVEL, TEXT_METHOD
from pdpo_audit.pipeline.returning.facts import returns_of
from pdpo_audit.pipeline.returning.overdue import lay_overdue, overdue_since
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.policy.stating.answers import Answer, apply_answers, parse_answer, stored_answer
from pdpo_audit.policy.stating.registers import Register
from pdpo_audit.policy.telling.rolling import roll_up
from pdpo_audit.policy.telling.standings import adopted_before
from pdpo_audit.policy.terms.fact_table import UnfitError
from pdpo_audit.policy.terms.facts import REGISTRY, STAGES, nearest
from pdpo_audit.policy.terms.flags import says_stop
from pdpo_audit.policy.terms.rules import Pack
from pdpo_audit.resources import resource
from pdpo_audit.workspace.kept_totals import keep_totals
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.awaiting import lay_awaited
from pdpo_audit.workspace.rules.classes import check_stated_classes
from pdpo_audit.workspace.rules.determining import lay_determinations
from pdpo_audit.workspace.rules.matters import standing_holds
from pdpo_audit.workspace.rules.packs import names_in_force
from pdpo_audit.workspace.rules.standing import lay_policies, standing_packs
from pdpo_audit.workspace.setup.held import refuse_unsaid
from pdpo_audit.workspace.setup.persons import record_people
from pdpo_audit.workspace.setup.registers import registers
from pdpo_audit.workspace.setup.run_lock import exclusive
from pdpo_audit.workspace.stopping import remove_stored, stopped_digests

#: What is told where the newest scan did not come to its end.
BROKEN_OFF = "the last scan was broken off: what it had not read yet is missing here (pdpo-audit scan goes on)"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSummary:
    """What the rules said: findings by severity, holdings by outcome of the ladder; ``warnings`` on supplied facts."""

    audit_id: str
    assessed_on: date
    findings: Mapping[str, int]
    outcomes: Mapping[str, int]
    warnings: tuple[str, ...] = ()

    def worst(self) -> Severity | None:
        """The gravest severity that any finding has."""
        return next((severity for severity in Severity if self.findings.get(severity.value)), None)


@exclusive("assess")
def assess(project: Project, on: date | None = None) -> AssessmentSummary:
    """Evaluate the settings' rule packs as of ``on`` (today in Hong Kong) and freeze the result.

    :raises VerificationError: what people said is not what the event log says, or is gone.
    """
    refuse_unsaid(said_faults(project.store), "judged")
    broken_off = bool(project.store.recall(SCAN_UNDER_WAY))
    if not project.store.recall(SIMILARITY_LEVEL):
        words = "the first scan was broken off" if broken_off else "nothing has been scanned yet"
        raise CallError(words, advice="pdpo-audit scan" + (" goes on where it stopped" if broken_off else ""))
    record_people(project)
    day = on or project.clock().date()
    packs = project_packs(project)
    check_stated_classes(project, lambda: packs)
    audit_id = f"{day.isoformat()}-{project.token()}"
    stated = registers(project)
    laid = _laid(project, stated)
    answered = lay_awaited(project, apply_answers(laid.facts, answers(project)))
    facts = lay_policies(answered, packs, day)
    remove_stored(project, stopped_digests(facts))
    plan = AssessmentPlan(
        packs=packs,
        facts=facts,
        audit_id=audit_id,
        on=day,
        methods=methods(project, stated),
        registers=stated,
        standing=standing_holds(project),
    )
    assessment = line.judge(project.alone(), plan)
    keep_totals(project)
    idle = tuple(
        f"register {name}: {amount(count, 'row names', 'rows name')} no holding" for name, count in laid.idle.items()
    )
    severities = assessment.findings["severity"].value_counts()
    return AssessmentSummary(
        audit_id=audit_id,
        assessed_on=day,
        findings={severity.value: int(severities.get(severity.value, 0)) for severity in Severity},
        outcomes=recorded.count_outcomes(project.store, audit_id),
        warnings=(
            *([BROKEN_OFF] if broken_off else []),
            *idle,
            *not_understood(project),
            *adopted_before(packs),
            *assessment.warnings,
        ),
    )


def files_changed(project: Project, audit: StoredAudit) -> bool:
    """Whether a pack or a register reads otherwise now than when the assessment was made.

    Of an assessment whose texts the log has forgotten nothing can be said; it counts as unchanged.
    """
    made = next((one.event for one in project.store.events() if one.event.sequence == audit.event), None)
    used = {name: value for name, value in (made.details if made else {}).items() if is_file_used(name)}
    return bool(used) and used != files_used(project_packs(project), registers(project))


def rolled_up(project: Project, by: CountedBy, audit_id: str) -> pd.DataFrame:
    """The findings of an assessment counted by rule, principle, source or owner; a column for each grade."""
    found = tables(project, audit_id).chunks(Table.FINDINGS)
    return roll_up(pd.concat(list(found), ignore_index=True), project_packs(project), by)


def tables(project: Project, audit_id: str | None = None) -> CatalogueTables:
    """The exported tables as the catalogue stands, with the findings of one assessment."""
    return CatalogueTables(
        project.store,
        project.source_records(),
        detector=project.store.recall(PEOPLE_METHOD),
        text=project.store.recall(TEXT_METHOD),
        audit_id=audit_id,
    )


def project_facts(project: Project) -> pd.DataFrame:
    """Every fact known of every holding, one row a holding: from the stages, settings, registers and answers."""
    facts = lay_awaited(project, apply_answers(_laid(project, registers(project)).facts, answers(project)))
    return lay_policies(facts, project_packs(project), project.clock().date())


def lock_pictures(project: Project) -> frozenset[str]:
    """Remove every stored picture that the stop rule speaks of now; the SHA-256 (hex) of the files it holds."""
    read, given = registers(project), answers(project)
    stated = [pattern.facts for pattern in pattern_facts(project)]
    stated += [row.facts for register in read for row in register.rows]
    stated += [{answer.fact: answer.value} for answer in given]
    flagged = any(says_stop(facts.get("sensitivity")) for facts in stated)
    stopped = stopped_digests(apply_answers(_laid(project, read).facts, given)) if flagged else frozenset()
    remove_stored(project, stopped)
    return stopped


def _laid(project: Project, stated: Sequence[Register]) -> Registered:
    facts = collect_facts(
        tables(project),
        project.source_records(),
        pattern_facts(project),
        rights_of_pictures(project.store),
        rights_beside(project.store),
        returns_of(project.store, project.clock().date()),
    )
    patterns = project.settings.people.name_patterns
    facts = lay_identifiers(
        facts, namings_of_pictures(project.store, patterns), patterns, namings_beside(project.store, patterns)
    )
    facts = lay_overdue(facts, overdue_since(project.store, project.clock().date()))
    laid = lay_registers(facts, stated)
    return replace(laid, facts=lay_determinations(project, laid.facts))


def supplied_facts(project: Project) -> frozenset[str]:
    """The facts that a stage, a setting, a register or an answer supplies here."""
    supplied = {name for name, fact in REGISTRY.items() if fact.supplier in STAGES}
    for source in project.settings.sources:
        supplied |= {name for name, of in SOURCE_FACTS.items() if getattr(source, of)}
    supplied |= {name for pattern in pattern_facts(project) for name in pattern.facts}
    supplied |= {name for register in registers(project) for name in register.columns()}
    return frozenset(supplied | {answer.fact for answer in answers(project)})


def answers(project: Project) -> list[Answer]:
    """What people answered so far, as far as this version understands it; ``not_understood`` tells the rest."""
    return [answer for row in load_answers(project.store) if isinstance(answer := stored_answer(row), Answer)]


def not_understood(project: Project) -> tuple[str, ...]:
    """The answers that count and cannot be read as their fact's value any more, each in a sentence."""
    read = [stored_answer(row) for row in load_answers(project.store)]
    return tuple(answer for answer in read if isinstance(answer, str))


def project_packs(project: Project) -> tuple[Pack, ...]:
    """The packs that the settings name and those that are always in force, with what was said of their rules here."""
    folders = [pack_folder(name, project.folder) for name in names_in_force(project.settings.policy.packs)]
    return standing_packs(project, load_packs(folders))


def pack_folder(name: str, base: Path) -> Path:
    """Where a pack lies: a path is taken from ``base``, a bare name among the packs that come with the program."""
    shipped = resource("policies")
    folder = base / name if "/" in name else shipped / name
    if not (folder / "pack.yaml").is_file():
        known = ", ".join(sorted(path.parent.name for path in shipped.glob("*/pack.yaml")))
        raise SettingsError(f'there is no rule pack "{name}" ({folder}/pack.yaml)', advice=f"known packs: {known}")
    return folder


def pattern_facts(project: Project) -> list[PatternFacts]:
    """The settings' facts by path pattern.

    :raises SettingsError: naming every fact that no rule could use, and every value that does not fit its fact.
    """
    patterns: list[PatternFacts] = []
    wrong: list[str] = []
    for source in project.settings.sources:
        for entry in source.facts:
            facts = entry.facts()
            at = f'{project.settings_path}: source "{source.name}", pattern "{entry.match}"'
            wrong.extend(f"{at}: {mistake}" for name, value in facts.items() if (mistake := _unfit(name, value)))
            patterns.append(PatternFacts(source=source.name, match=entry.match, facts=facts))
    if wrong:
        raise SettingsError("\n".join(wrong), advice=f"mend {project.settings_path.name} and try again")
    return patterns


def _unfit(name: str, value: object) -> str:
    if name not in REGISTRY:
        return f'there is no fact "{name}"{nearest(name, list(REGISTRY))}'
    try:
        parse_answer(REGISTRY[name], tuple(value) if isinstance(value, list) else value)
    except UnfitError as error:
        return str(error).removesuffix("; taken as not supplied")
    return ""


def methods(project: Project, stated: Sequence[Register]) -> dict[str, str]:
    """Which method did what, for the report."""
    kept = {
        f"register {one.name}": f"SHA-256 {one.digest}"
        + (f", supplied by {one.supplied_by}" if one.supplied_by else "")
        for one in stated
    }
    return kept | {
        PLACES: PRINTED,
        "fingerprints": FINGERPRINTS,
        "verification": COMPARISON,
        "people": project.store.recall(PEOPLE_METHOD) or "not run",
        "text": project.store.recall(TEXT_METHOD) or "not run",
        "similarity level": project.store.recall(SIMILARITY_LEVEL) or project.settings.similarity.level,
    }
