"""The breakdowns of a report, read off the counted cubes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.clusters import SAME_PIXELS, Relation
from pdpo_audit.model.findings import Act, Outcome, Severity
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.reports.content.legibility import legible
from pdpo_audit.reports.counting.cluster_pass import ClusterPass
from pdpo_audit.reports.counting.cubes import Cube, Weight
from pdpo_audit.reports.counting.passes import split
from pdpo_audit.reports.figures import (
    Graded,
    Grades,
    Integrity,
    RuleResult,
    Share,
    SkippedShare,
    Totals,
    Urgent,
)

#: Holdings that stand for their picture: each picture once.
PICTURES = frozenset({"single", "master"})
#: A face that people could recognise, named or not.
RECOGNISABLE = frozenset({PeopleLevel.P2.value, PeopleLevel.P3.value})
FACE_BANDS = ("0", "1", "2-5", "more than 5")
WINDOWS = ("passed", "30_days", "90_days", "one_year", "later", "no_date")
SENSITIVE = ("child", "identity_document", "medical", "incident", "biometric")
EXACT = frozenset(relation.value for relation in SAME_PIXELS)
_NOT_LOOKED_FOR = "not looked for"


def unexamined(skipped: Iterable[SkippedShare]) -> tuple[SkippedShare, ...]:
    """What was not examined: without sidecars, which were."""
    return tuple(row for row in skipped if row.reason != SkipReason.SIDECAR)


def totals(
    holdings: Cube,
    findings: Cube,
    dispositions: Cube,
    clusters: int,
    skipped: Sequence[SkippedShare],
    links: Mapping[str, int],
    events: Mapping[str, int],
) -> Totals:
    """The audit in numbers."""
    everything, additional = holdings.total(), holdings.total(place="additional")
    return Totals(
        holdings=everything.rows,
        bytes=everything.bytes,
        pictures=holdings.total(place=PICTURES).rows,
        clusters=clusters,
        holdings_in_clusters=holdings.total(place=frozenset({"master", "additional"})).rows,
        additional_copies=additional.rows,
        additional_bytes=additional.bytes,
        not_decoded=holdings.total(decoded="no").rows,
        skipped=sum(row.items for row in unexamined(skipped)),
        sidecars=sum(row.items for row in skipped if row.reason == SkipReason.SIDECAR),
        findings=findings.total().rows,
        findings_for_action=findings.total(action="yes").rows,
        dispositions=dispositions.total().rows,
        links=sum(links.values()),
        events=sum(events.values()),
    )


def urgent(header: AuditHeader, holdings: Cube, findings: Cube, dispositions: Cube) -> Urgent:
    """What cannot wait: public sources, children, identity documents, critical findings, holds."""
    external = frozenset(record.name for record in header.sources if record.public == "yes")
    everywhere = _flags(holdings)
    return Urgent(
        external_holdings=holdings.total(source=external).rows,
        external_recognisable=holdings.total(source=external, people_level=RECOGNISABLE).rows,
        external_sensitive=flagged(holdings, source=external).rows,
        children=everywhere.get("child", Weight()).rows,
        identity_documents=everywhere.get("identity_document", Weight()).rows,
        legible=legible(holdings),
        external_legible=legible(holdings, source=external),
        critical_findings=findings.total(severity=Severity.CRITICAL.value).rows,
        on_hold=dispositions.total(outcome=Outcome.ON_HOLD.value).rows,
    )


def _flags(cube: Cube, **where: str | frozenset[str]) -> dict[str, Weight]:
    """The weights per sensitivity flag; a holding with several flags counts under each."""
    found: dict[str, Weight] = {}
    for cell, weight in cube.by("sensitivity", **where).items():
        for flag in flags(cell):
            found[flag] = found.get(flag, Weight()) + weight
    return found


def flags(cell: str) -> tuple[str, ...]:
    """The sensitivity flags of a cell; "not looked for" is none."""
    return () if cell == _NOT_LOOKED_FOR else split(cell)


def flagged(cube: Cube, **where: str | frozenset[str]) -> Weight:
    """Holdings with any sensitivity flag, each once."""
    cells = frozenset(cell for cell in cube.by("sensitivity") if flags(cell))
    return cube.total(sensitivity=cells, **where)


def by(cube: Cube, dimension: str, **where: str | frozenset[str]) -> tuple[Share, ...]:
    """Holdings and pictures per value of a column, most holdings first."""
    holdings = cube.by(dimension, **where)
    pictures = cube.by(dimension, place=PICTURES, **where)
    shares = [_share(key, holdings, pictures) for key in holdings]
    return tuple(sorted(shares, key=lambda share: (-share.holdings, share.key)))


def _share(key: str, holdings: dict[str, Weight], pictures: dict[str, Weight]) -> Share:
    weight = holdings.get(key, Weight())
    return Share(key=key, pictures=pictures.get(key, Weight()).rows, holdings=weight.rows, bytes=weight.bytes)


def levels(cube: Cube, clusters: dict[str, int], copies: dict[str, int]) -> tuple[Share, ...]:
    """Pictures and holdings per people level, in the ladder's order, empty levels included.

    A picture held more than once counts under its cluster's level (``clusters``), the highest of its copies, and so do
    its ``copies``; holdings count under their own.
    """
    holdings, singles = cube.by("people_level"), cube.by("people_level", place="single")
    return tuple(
        Share(
            key=level.value,
            pictures=singles.get(level.value, Weight()).rows + clusters.get(level.value, 0),
            holdings=holdings.get(level.value, Weight()).rows,
            bytes=holdings.get(level.value, Weight()).bytes,
            held=singles.get(level.value, Weight()).rows + copies.get(level.value, 0),
        )
        for level in PeopleLevel
    )


def bands(cube: Cube) -> tuple[Share, ...]:
    """Pictures and holdings per band of faces, of those whose faces were looked for."""
    looked = frozenset(level.value for level in PeopleLevel if level is not PeopleLevel.UNKNOWN)
    holdings = cube.by("band", people_level=looked)
    pictures = cube.by("band", people_level=looked, place=PICTURES)
    return tuple(_share(name, holdings, pictures) for name in FACE_BANDS)


def relations(cube: Cube) -> tuple[Share, ...]:
    """Additional copies per relation to their master, in the closed list's order."""
    holdings = cube.by("relation", place="additional")
    known = [relation.value for relation in Relation if relation.value in holdings]
    return tuple(_share(key, holdings, {}) for key in known)


def sensitivity(cube: Cube) -> tuple[Share, ...]:
    """Pictures and holdings per sensitivity flag; a picture with several counts under each."""
    holdings, pictures = _flags(cube), _flags(cube, place=PICTURES)
    keys = [*SENSITIVE, *sorted(set(holdings) - set(SENSITIVE))]
    return tuple(_share(key, holdings, pictures) for key in keys)


def sensitivity_looked_for(cube: Cube) -> bool:
    """Whether anything supplied sensitivity flags: otherwise they are "not looked for", never "none"."""
    return any(cell != _NOT_LOOKED_FOR for cell in cube.by("sensitivity"))


def sensitivity_unlooked(cube: Cube) -> int:
    """Copies of which nothing says whether any flag applies: for them "none" would be half true."""
    return cube.total(sensitivity=_NOT_LOOKED_FOR).rows


def grades(findings: Cube, **where: str | frozenset[str]) -> Grades:
    """Findings per grade."""
    found = findings.by("severity", **where)
    return Grades(**{severity.value: found.get(severity.value, Weight()).rows for severity in Severity})


def principles(findings: Cube) -> tuple[Graded, ...]:
    """Findings per data protection principle that their authority names; one with several counts under each."""
    by_principle: dict[str, set[str]] = {}
    for authority in findings.by("authority"):
        for name in named_principles(authority):
            by_principle.setdefault(name, set()).add(authority)
    return tuple(
        Graded(key=name, grades=grades(findings, authority=frozenset(authorities)))
        for name, authorities in sorted(by_principle.items())
    )


def named_principles(authority: str) -> tuple[str, ...]:
    """``DPP1`` to ``DPP6`` and ``s.26`` as far as an authority names them, else ``other``."""
    found = {f"DPP{digit}" for digit in re.findall(r"DPP\s?([1-6])", authority)}
    if re.search(r"\bs(?:ection|\.)?\s?26\b", authority):
        found.add("s.26")
    return tuple(sorted(found)) or ("other",)


def rules(header: AuditHeader, findings: Cube) -> tuple[RuleResult, ...]:
    """Every rule that was applied, with what it found; silent rules are listed with zeros."""
    texts = {text.rule: text for text in header.rules}
    places = {name: findings.dimensions.index(name) for name in ("rule", "pack", "authority", "authority_rank")}
    stated = {cell[places["rule"]]: cell for cell in findings.cells}
    names = sorted(set(texts) | set(stated))
    results = []
    for name in names:
        text, cell = texts.get(name), stated.get(name)
        results.append(
            RuleResult(
                rule=name,
                pack=text.pack if text else (cell[places["pack"]] if cell else ""),
                authority=text.authority if text else (cell[places["authority"]] if cell else ""),
                authority_rank=text.authority_rank if text else (cell[places["authority_rank"]] if cell else ""),
                text=text,
                grades=grades(findings, rule=name),
            )
        )
    return tuple(results)


def outcomes(dispositions: Cube) -> tuple[Share, ...]:
    """Holdings per outcome of the ladder, in its order."""
    found = dispositions.by("outcome")
    return tuple(Share(key=rung.value, holdings=found.get(rung.value, Weight()).rows) for rung in Outcome)


def windows(dispositions: Cube) -> tuple[Share, ...]:
    """Holdings that are due or will be, by when."""
    found = dispositions.by("window", outcome=frozenset({Outcome.DUE.value, Outcome.NOT_YET_DUE.value}))
    return tuple(Share(key=name, holdings=found.get(name, Weight()).rows) for name in WINDOWS)


def due_by_act(dispositions: Cube) -> tuple[Share, ...]:
    """Holdings for which something is due, by what it is; an act that nobody stated counts as ``unstated``."""
    found = dispositions.by("act", outcome=Outcome.DUE.value)
    shares = [Share(key=act.value, holdings=found[act.value].rows) for act in Act if act.value in found]
    unstated = sum(weight.rows for key, weight in found.items() if key not in set(Act))
    return (*shares, *([Share(key="unstated", holdings=unstated)] if unstated else []))


def due_by_rank(dispositions: Cube) -> tuple[Share, ...]:
    """Holdings for which something is due, by the rank of the rule that gives the day."""
    found = {
        key or "unstated": weight.rows for key, weight in dispositions.by("due_rank", outcome=Outcome.DUE.value).items()
    }
    return tuple(Share(key=key, holdings=number) for key, number in sorted(found.items(), key=lambda e: (-e[1], e[0])))


def missing_facts(dispositions: Cube) -> tuple[Share, ...]:
    """Facts that are missing, by how many holdings wait for each."""
    found: dict[str, int] = {}
    for names, weight in dispositions.by("missing_facts", outcome=Outcome.CANNOT_DECIDE.value).items():
        for name in split(names):
            found[name] = found.get(name, 0) + weight.rows
    return tuple(Share(key=key, holdings=number) for key, number in sorted(found.items(), key=lambda e: (-e[1], e[0])))


def integrity(holdings: Cube, clusters: ClusterPass) -> Integrity:
    """How far the versions of one picture agree."""
    additional = holdings.total(place="additional").rows
    exact = holdings.total(place="additional", relation=EXACT).rows
    return Integrity(
        exact_copies=exact,
        altered_copies=additional - exact,
        clusters_with_dates_apart=clusters.dates_apart,
        doubtful_dates=sum(weight.rows for doubt, weight in holdings.by("doubt").items() if doubt),
        masters_confirmed=clusters.confirmed,
        masters_proposed=clusters.rows - clusters.confirmed,
        contradicting_clusters=clusters.contradicting_clusters,
        contradictions=clusters.contradictions,
    )
