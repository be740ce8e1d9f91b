"""A case: a duplicate cluster or a single holding, with what differs, what the rules say, and what was decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pdpo_audit.catalogue.queries.cases import (
    Copy,
    copies_of_cluster,
    copies_of_holding,
    dispositions_at,
    links_of,
)
from pdpo_audit.catalogue.queries.contents import some_places
from pdpo_audit.catalogue.queries.naming import holdings_named
from pdpo_audit.catalogue.queries.pages import read_page
from pdpo_audit.catalogue.reviewing.decisions import decisions_on, first_found, marks_on
from pdpo_audit.catalogue.reviewing.invitations import record_access
from pdpo_audit.catalogue.sayings.judgements import judgements_of
from pdpo_audit.catalogue.stated.texts import kinds_of
from pdpo_audit.model.judgements import Judgement
from pdpo_audit.model.tables import Table
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, TEXT_METHOD
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.four_eyes.hiding import blank, hidden_findings
from pdpo_audit.workspace.review.queue import assessed
from pdpo_audit.workspace.review.reviewers import AbsentError, Reviewer

#: Findings of one case that are shown and decided together.
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A picture that is related and no duplicate: where it lies first, how it is related, how similar (0 to 1)."""

    content: int
    source: str
    path: str
    kind: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What an audit found in a case after somebody had decided on it: the case is asked again for this alone."""

    decided_at: str
    decided_by: str
    findings: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a reviewer sees of one picture; ``version`` changes with anything that a decision rests on."""

    key: str
    cluster_id: str
    copies: tuple[Copy, ...]
    #: Copies in sources that this reviewer does not see.
    hidden: int
    findings: tuple[Mapping[str, Any], ...]
    dispositions: Mapping[tuple[str, str], Mapping[str, Any]]
    judgements: tuple[Judgement, ...]
    history: tuple[Any, ...]
    links: tuple[Link, ...]
    #: Findings that are new since somebody decided here, and when and by whom that was.
    news: News | None
    #: Findings that this reviewer has to read as the second person, by id: the number of the look.
    hidden_looks: Mapping[str, int]
    version: str
    #: Kinds of identity number that are legible on the copies, and topics that words on them hint at.
    numbers: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def master(self) -> Copy | None:
        """The master, where this reviewer sees it."""
        return next((one for one in self.copies if one.is_master), None)


def open_case(project: Project, reviewer: Reviewer, key: str) -> Case:
    """The case of a duplicate cluster's id, or of a finding's.

    :raises AbsentError: there is none that this reviewer may see.
    """
    audit_id = assessed(project)
    cluster_id = key if key.startswith("DC-") else ""
    named = None if cluster_id else _finding(project, reviewer, audit_id, key)
    everything = _copies(project, cluster_id, named)
    copies = tuple(one for one in everything if one.source in reviewer.sources)
    if not copies and (named is None or named["path"]):
        raise AbsentError("there is no such case", advice="it may be gone since; the queue shows what there is")
    findings = _findings(project, reviewer, audit_id, cluster_id, copies) if copies else (named or {},)
    said = _judgements(project, copies)
    ids = [str(one["finding_id"]) for one in findings]
    unread = hidden_findings(project, reviewer, ids)
    read = project.store.recall(TEXT_METHOD)
    numbers, hints = kinds_of(project.store, {one.content for one in copies}, read)
    return Case(
        key=key,
        cluster_id=cluster_id,
        copies=copies,
        hidden=len(everything) - len(copies),
        findings=tuple(blank(one) if one["finding_id"] in unread else one for one in findings),
        dispositions=dispositions_at(project.store, audit_id, [(one.source, one.path) for one in copies]),
        judgements=said,
        history=tuple(decisions_on(project.store, [one for one in ids if one not in unread])),
        links=_links(project, reviewer, copies),
        news=_news(project, findings, [one for one in ids if one not in unread]),
        hidden_looks=unread,
        version=_version(copies, findings, said, marks_on(project.store, ids)),
        numbers=numbers,
        hints=hints,
    )


def case_of_copy(project: Project, reviewer: Reviewer, source: str, path: str) -> str:
    """The key of the case of a copy: its duplicate cluster, or its first finding; empty where it has neither.

    :raises AbsentError: there is no such copy that this reviewer may see.
    """
    found = [one for one in holdings_named(project.store, f"{source}:{path}") if one.source == source]
    if not found or source not in reviewer.sources:
        raise AbsentError("there is no such copy", advice="it may be gone since; the copies show what there is")
    if found[0].cluster_id:
        return found[0].cluster_id
    where = {"source": source, "path": path}
    rows = read_page(project.store, Table.FINDINGS, assessed(project), where, rows=1, within=reviewer.sources)
    return str(dict(zip(rows.columns, rows.rows[0], strict=True))["finding_id"]) if rows.rows else ""


def note_look(project: Project, reviewer: Reviewer, case: Case) -> None:
    """Keep that somebody looked at a case: the cluster, or the picture by its digest."""
    with project.store.transaction(durable=False) as transaction:
        record_access(
            transaction, at=project.clock().isoformat(timespec="seconds"), person=reviewer.name, what="case",
            subject=case.cluster_id or next((one.sha256.hex() for one in case.copies), case.key),
        )  # fmt: skip


def _finding(project: Project, reviewer: Reviewer, audit_id: str, key: str) -> Mapping[str, Any] | None:
    where = {"finding_id": key}
    found = read_page(project.store, Table.FINDINGS, audit_id, where, rows=1, within=reviewer.sources)
    return dict(zip(found.columns, found.rows[0], strict=True)) if found.rows else None


def _copies(project: Project, cluster_id: str, finding: Mapping[str, Any] | None) -> Sequence[Copy]:
    """The copies of a duplicate cluster, or the one of a finding; none where it speaks of a whole source."""
    detector = project.store.recall(PEOPLE_METHOD)
    if cluster_id:
        return copies_of_cluster(project.store, cluster_id, detector)
    if finding is None or not finding["path"]:
        return ()
    held = [one for one in holdings_named(project.store, str(finding["path"])) if one.source == finding["source"]]
    return copies_of_holding(project.store, held[0].holding, detector) if held else ()


def _findings(
    project: Project, reviewer: Reviewer, audit_id: str, cluster_id: str, copies: Sequence[Copy]
) -> tuple[Mapping[str, Any], ...]:
    one = copies[0]
    where = {"cluster_id": cluster_id} if cluster_id else {"source": one.source, "path": one.path}
    found = read_page(project.store, Table.FINDINGS, audit_id, where, rows=_MOST, within=reviewer.sources)
    return tuple(dict(zip(found.columns, row, strict=True)) for row in found.rows)


def _judgements(project: Project, copies: Sequence[Copy]) -> tuple[Judgement, ...]:
    return tuple(judgements_of(project.store, {one.digest for one in copies}))


def _news(project: Project, findings: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> News | None:
    """The open findings that no audit had when the newest decision of this case was made."""
    open_ones = {str(one["finding_id"]): one for one in findings if not one["determination"]}
    last = next((row for row in decisions_on(project.store, ids) if not row.taken_back_at), None)
    if last is None or not open_ones:
        return None
    first = first_found(project.store, list(open_ones))
    new = tuple(one for name, one in open_ones.items() if _moment(first.get(name, "")) > _moment(last.recorded_at))
    return News(decided_at=last.recorded_at, decided_by=last.decided_by, findings=new) if new else None


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _links(project: Project, reviewer: Reviewer, copies: Sequence[Copy]) -> tuple[Link, ...]:
    """Pictures that are related and no duplicates, as far as this reviewer sees them."""
    mine = {one.content for one in copies}
    found = [link for link in links_of(project.store, sorted(mine)) if link[0] not in mine]
    places = some_places(project.store, [content for content, _, _ in found], most=1)
    return tuple(
        Link(content=content, source=place.ref.source, path=place.ref.path, kind=kind, similarity=similarity)
        for content, kind, similarity in found
        for place in places.get(content, [])
        if place.ref.source in reviewer.sources
    )


def _version(
    copies: Sequence[Copy],
    findings: Sequence[Mapping[str, Any]],
    said: Sequence[Judgement],
    marks: Sequence[Sequence[str]],
) -> str:
    """A digest of what a decision rests on: the copies, their master, the findings and everything said so far."""
    rests_on = [
        [[one.holding, one.digest.hex(), one.relation, one.confirmed_by] for one in copies],
        [[one[name] or "" for name in ("finding_id", "pack_sha256", "proposal", "due_on", "severity", "status",
                                       "determination")] for one in findings],
        [[one.judgement_id, one.value, one.by, one.at] for one in said],
        marks,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of the metadata or rights in the master and in a copy."""

    field: str
    master: str
    copy: str

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return self.master != self.copy


def differences(master: Copy, copy: Copy) -> list[Difference]:
    """Everything that is stated of two copies, field by field."""
    sides = [_stated(master), _stated(copy)]
    names = dict.fromkeys([*sides[0], *sides[1]])
    return [Difference(field=name, master=sides[0].get(name, ""), copy=sides[1].get(name, "")) for name in names]


def _stated(one: Copy) -> dict[str, str]:
    said = {
        "format": one.format, "bytes": f"{one.bytes:,}", "size": f"{one.width} x {one.height}",
        "modified": one.modified, "captured": one.captured, "first_seen": one.first_seen, "people_level": one.level,
        "sha256": one.sha256.hex(),
    }  # fmt: skip
    for name, value in sorted(one.stated.items()):
        if name not in ("captured_at", "reader") and value not in (None, "", [], {}):
            said[name] = _words(value)
    return said


def _words(value: object) -> str:
    """What metadata say of a field, as people read it: names one after the other."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
