"""Stage 5: the facts of every holding, and what the rule packs say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.audits import StoredAudit
from pdpo_audit.catalogue.queries.contents import content_rows
from pdpo_audit.catalogue.sayings.holds import SELECTED, known_holds
from pdpo_audit.catalogue.stated.documents import read_metadata
from pdpo_audit.catalogue.stated.sidecars import accompanied
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.audits import SOURCE_FACTS, SourceRecord
from pdpo_audit.model.clocks import last_day
from pdpo_audit.model.events import Details
from pdpo_audit.model.findings import OPEN_MATTER, Hold
from pdpo_audit.model.locations.patterns import compiled
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.pictures import Metadata, laid_over
from pdpo_audit.model.tables import Table
from pdpo_audit.model.text.marks import NONE_LEGIBLE, NOT_LOOKED_FOR
from pdpo_audit.pipeline.holds import holds_over, remember_selected
from pdpo_audit.pipeline.returning.facts import lay_returns
from pdpo_audit.pipeline.work import Work
from pdpo_audit.policy.judging.evaluation import Assessment, evaluate
from pdpo_audit.policy.stating.registers import Register
from pdpo_audit.policy.terms.flags import JOINED, joined_flags
from pdpo_audit.policy.terms.rules import Pack
from pdpo_audit.ports import TableSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternFacts:
    """Facts (by dotted name) for the holdings of a source whose places match a pattern."""

    source: str
    match: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPlan:
    """The packs, the facts of every holding, and the name and day under which the result is frozen.

    ``methods`` says which method did what, for the report; ``registers`` were laid over the facts already;
    ``standing`` are holds that nobody placed yet.
    """

    packs: Sequence[Pack]
    facts: pd.DataFrame
    audit_id: str
    on: date
    methods: Mapping[str, str]
    registers: Sequence[Register] = ()
    standing: Sequence[Hold] = ()


def assess(work: Work, plan: AssessmentPlan) -> Assessment:
    """Evaluate the packs on the facts of every holding, and freeze the result under the audit's name.

    The event of the assessment names the packs and registers that it used by their SHA-256 (``files_used``).
    """
    started = work.clock()
    work.progress.start("Evaluating rules", len(plan.facts))
    while True:
        holds = holds_over(work.store, work.memory, plan.facts, plan.standing)
        assessment = evaluate(plan.packs, plan.facts, holds, on=plan.on)
        with work.store.transaction() as transaction:
            if known_holds(transaction.connection) != [
                replace(hold, also=frozenset()) for hold in holds if hold.kind != OPEN_MATTER
            ]:
                continue  # a hold was placed or released meanwhile: it counts from then on
            selected = remember_selected(transaction, work.memory, holds, plan.facts, plan.on)
            details = {**_details(assessment, plan), SELECTED: selected}
            entry = transaction.append_event("assessed", details, at=work.clock(), actor=work.actor)
            audit = StoredAudit(
                audit_id=plan.audit_id,
                started_at=started.isoformat(timespec="seconds"),
                finished_at="",
                assessed_on=plan.on.isoformat(),
                folder="",
                event=entry.event.sequence,
                methods=dict(plan.methods),
            )
            recorded.record_assessment(transaction, audit, assessment.findings, assessment.dispositions)
        work.progress.advance(len(plan.facts))
        return assessment


def files_used(packs: Sequence[Pack], registers: Sequence[Register]) -> dict[str, str]:
    """The packs and registers of an assessment by their SHA-256, under the names that its event gives them."""
    return {
        **{f"pack_{pack.identity.name}": pack.identity.sha256 for pack in packs},
        **{f"register_{one.name}": one.digest for one in registers},
    }


def is_file_used(name: str) -> bool:
    """Whether a detail of an assessment's event names a pack or a register."""
    return name.startswith(("pack_", "register_"))


def _details(assessment: Assessment, plan: AssessmentPlan) -> Details:
    counts = assessment.dispositions["outcome"].value_counts().sort_index()
    return {
        "audit": plan.audit_id,
        "on": plan.on.isoformat(),
        **files_used(plan.packs, plan.registers),
        "findings": len(assessment.findings),
        **{f"outcome_{name}": int(count) for name, count in counts.items()},
    }


_LONG = ["relation_evidence", "phash", "people_reason", "notes", "sidecars"]  # columns that no fact rests on


def collect_facts(
    tables: TableSource,
    sources: Mapping[str, SourceRecord],
    patterns: Sequence[PatternFacts],
    rights: Mapping[str, Mapping[str, Any]],
    beside: Mapping[str, Mapping[tuple[str, str], Any]] | None = None,
    returned: Mapping[tuple[str, str, str], Mapping[str, Any]] | None = None,
) -> pd.DataFrame:
    """One row a holding: who it is, and every fact known of it under its registered name; unknown is ``None``.

    ``rights`` holds what the pictures' own metadata say: fact name to SHA-256 (hex) to value; ``beside`` what those
    say that have sidecars, with them: fact name to source and path to value. ``returned`` says of copies (source, path,
    SHA-256 in hex) that an erased one came back in them.
    """
    parts = [part.drop(columns=_LONG, errors="ignore") for part in tables.chunks(Table.HOLDINGS)]
    holdings = pd.concat(parts, ignore_index=True)
    clusters = pd.concat(list(tables.chunks(Table.CLUSTERS)), ignore_index=True)
    copies = dict(zip(clusters["cluster_id"], clusters["copies"], strict=True))
    found = dict(zip(clusters["cluster_id"], clusters["first_seen"], strict=True))
    said = zip(clusters["cluster_id"], clusters["contradictions"], strict=True)
    contradicting = {name: tuple(text.split(";")) for name, text in said if text}
    identity = holdings[["source", "path", "sha256", "cluster_id", "owner", "jurisdiction", "people_level"]]
    named = holdings["people_level"] == PeopleLevel.P3.value
    columns: dict[str, Any] = {
        "file.format": _known(holdings["format"]),
        "file.bytes": holdings["bytes"],
        "file.first_seen_on": _dates(holdings["first_seen"]),
        "image.captured_on": capture_days(holdings),
        "duplicate.copies": holdings["cluster_id"].map(lambda name: int(copies.get(name, 1))),
        "duplicate.is_master": holdings["is_master"].where(holdings["cluster_id"] != "", None),
        "duplicate.relation": _known(holdings["relation"]),
        "duplicate.first_found_on": _dates(holdings["cluster_id"].map(lambda name: found.get(name, ""))),
        "duplicate.contradictions": holdings["cluster_id"].map(contradicting.get).astype(object),
        "people.level": holdings["people_level"].where(holdings["people_level"] != PeopleLevel.UNKNOWN.value, None),
        "people.faces": holdings["faces"].astype(object).where(holdings["faces"].notna(), None),
        "people.named": named.astype(int).where(holdings["people_level"] != PeopleLevel.UNKNOWN.value, None),
        **_flagged(holdings),
    }
    frame = pd.concat([identity, pd.DataFrame(columns, index=holdings.index)], axis=1)
    _lay_rights(frame, rights, beside or {})
    lay_returns(frame, returned or {})
    _share_stated(frame)
    for name, of in SOURCE_FACTS.items():
        values = {source: getattr(record, of) for source, record in sources.items()}
        frame[name] = holdings["source"].map({source: value or None for source, value in values.items()})
    frame["location.external_facing"] = holdings["source"].map(
        {source: {"yes": True, "no": False}.get(record.public) for source, record in sources.items()}
    )
    return lay_patterns(frame, patterns)


def _lay_rights(
    frame: pd.DataFrame,
    rights: Mapping[str, Mapping[str, Any]],
    beside: Mapping[str, Mapping[tuple[str, str], Any]],
) -> None:
    """What pictures say; the same bytes may have sidecars of their own elsewhere: what these say holds for one copy."""
    for name, of_picture in rights.items():
        frame[name] = frame["sha256"].map(of_picture).astype(object).where(frame["sha256"].isin(of_picture), None)
    if not beside:
        return
    places = list(zip(frame["source"], frame["path"], strict=True))
    for name, at in beside.items():
        values = [at.get(place, before) for place, before in zip(places, frame[name], strict=True)]
        frame[name] = pd.Series(values, index=frame.index, dtype=object)


def _share_stated(frame: pd.DataFrame) -> None:
    """A release or a declared minor of one copy holds for every copy of the picture that shows the person."""
    child = frame["sensitivity"].map(lambda flags: "child" in (flags or ()))
    frame["people.minors_declared"] = frame["people.minors_declared"].where(~child, True)
    named = (frame["people.level"] == PeopleLevel.P3.value) & (frame["cluster_id"] != "")
    release = frame["rights.model_release"]
    known: dict[str, set[str]] = {}
    for cluster, value in zip(frame.loc[named, "cluster_id"], release[named], strict=True):
        if isinstance(value, str):
            known.setdefault(cluster, set()).add(value)
    shared = frame["cluster_id"].map({cluster: min(said) for cluster, said in known.items() if len(said) == 1})
    frame["rights.model_release"] = release.where(~named | release.notna() | shared.isna(), shared).astype(object)


#: PLUS codes of the model release as the rules' words.
_RELEASES = {"MR-UMR": "unlimited", "MR-LMR": "limited", "MR-NON": "none"}
#: PLUS codes of the age disclosed that speak of a minor (under 18).
_MINORS = {"AG-A17", "AG-A16", "AG-A15", "AG-U14"}


#: The facts that metadata tell, in the order of the frame.
_STATED = ("rights.model_release", "rights.licence_ends_on", "rights.restrictions", "people.minors_declared")


def rights_of_pictures(store: Store) -> dict[str, dict[str, Any]]:
    """What embedded metadata say of rights and minors, by fact and by SHA-256 of the file."""
    facts: dict[str, dict[str, Any]] = {name: {} for name in _STATED}
    for row in content_rows(store):
        for name, value in _stated(read_metadata(row.metadata)).items():
            facts[name][row.sha256.hex()] = value
    return facts


def rights_beside(store: Store) -> dict[str, dict[tuple[str, str], Any]]:
    """What pictures with sidecars and these say together, by fact and by source and path."""
    facts: dict[str, dict[tuple[str, str], Any]] = {name: {} for name in _STATED}
    for one in accompanied(store):
        for name, value in _stated(laid_over(one.metadata, one.beside)).items():
            facts[name][one.source, one.path] = value
    return facts


def _stated(metadata: Metadata) -> dict[str, Any]:
    release = _RELEASES.get(metadata.model_release.rpartition("/")[2])
    minor = metadata.minor_age.rpartition("/")[2] in _MINORS
    values = (release, metadata.licence_ends_on, metadata.usage_terms, minor)
    return {name: value for name, value in zip(_STATED, values, strict=True) if value}


def lay_patterns(frame: pd.DataFrame, patterns: Sequence[PatternFacts]) -> pd.DataFrame:
    """Facts by path pattern, in the order of the settings: a later one overrides an earlier; sensitivity flags join."""
    for pattern in patterns:
        rows = (frame["source"] == pattern.source) & frame["path"].map(compiled(pattern.match).matches).astype(bool)
        for name, value in pattern.facts.items():
            if name not in frame:
                frame[name] = pd.Series([None] * len(frame), index=frame.index, dtype=object)
            frame[name] = frame[name].astype(object)
            plain = value.date() if isinstance(value, datetime) else value
            laid = [plain] * int(rows.sum())
            if name in JOINED:
                laid = [joined_flags(present, plain) for present in frame.loc[rows, name]]
            frame.loc[rows, name] = pd.Series(laid, index=frame.index[rows], dtype=object)
    return frame


def capture_days(holdings: pd.DataFrame) -> pd.Series[Any]:
    """The day from which periods of a recording count: the last that its date may mean, none where it cannot be."""
    sound = holdings["captured"].where(holdings["captured_doubt"] == "", "")
    return sound.map(last_day).astype(object)


def _known(texts: pd.Series[Any]) -> pd.Series[Any]:
    return texts.astype(object).where(texts != "", None)


def _dates(texts: pd.Series[Any]) -> pd.Series[Any]:
    return texts.map(lambda text: date.fromisoformat(text[:10]) if text else None).astype(object)


def _flagged(holdings: pd.DataFrame) -> dict[str, Any]:
    numbers = holdings["identity_numbers"].map(_numbers).astype(object)
    return {
        "image.stale_thumbnail": holdings["stale_thumbnail"].eq(True),
        "image.cached_thumbnail": holdings["cached_thumbnail"].eq(True),
        "sensitivity": holdings["sensitivity"].map(_flags),
        "text.legible_numbers": numbers,
    }


def _numbers(text: str) -> tuple[str, ...] | None:
    return None if text in (NOT_LOOKED_FOR, NONE_LEGIBLE) else tuple(text.split(","))


def _flags(text: str) -> tuple[str, ...] | None:
    if text == "not looked for":
        return None
    return tuple(flag for flag in text.split(",") if flag)
