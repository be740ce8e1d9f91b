"""What waits for the next run: clusters of which a copy was told apart, findings on masters that come and go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.clusters import master_of
from pdpo_audit.catalogue.places import path_of
from pdpo_audit.catalogue.queries.contents import places_of
from pdpo_audit.catalogue.queries.naming import NamedHolding, holdings_of_content
from pdpo_audit.catalogue.reviewing.keeping import places_of_holdings
from pdpo_audit.catalogue.sayings.judgements import load_judgements, masters_of
from pdpo_audit.model.judgements import Judgement, JudgementKind
from pdpo_audit.pipeline.clusters.confirming import place_digest
from pdpo_audit.policy.judging.conditions import fact_names_in
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import project_packs

#: Of the pictures that were told apart, so many of the newest are looked up.
_APART = 100
Where = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A master that somebody confirmed and that the next run puts in the place of the present one.

    ``holding`` is the copy, ``new`` and ``old`` are source and path of the two.
    """

    judgement: Judgement
    holding: int
    new: Where
    old: Where


def move_in(project: Project, cluster_id: str) -> Move | None:
    """The change of master of a duplicate cluster that waits for the next run, if there is one."""
    with project.store.reading() as connection:
        said = masters_of(connection, cluster_id)
    copy = copy_confirmed(project, said[-1], cluster_id) if said else None
    if copy is None or copy.is_master:
        return None
    present = master_of(project.store, cluster_id)
    old = places_of_holdings(project.store, [present])[present]
    return Move(
        judgement=said[-1], holding=copy.holding, new=(copy.source, copy.path), old=(str(old.source), path_of(old))
    )


def copy_confirmed(project: Project, said: Judgement, cluster_id: str = "") -> NamedHolding | None:
    """The copy that a confirmation speaks of: at its place, else the first with its bytes (in a cluster)."""
    held = [one for one in holdings_of_content(project.store, said.left) if cluster_id in ("", one.cluster_id)]
    if not held:
        return None
    refs = {place.holding: place.ref for place in places_of(project.store, [held[0].content])}
    there = [one for one in held if one.holding in refs and place_digest(refs[one.holding]) == said.place]
    return (there or held)[0]


def rules_of_masters(project: Project) -> frozenset[str]:
    """The rules that ask whether a copy is the master: what they say of one is asked anew when masters change."""
    return _rules(project, project.clock().date().isoformat(), project.settings.digest())


@lru_cache(maxsize=4)
def _rules(project: Project, _day: str, _settings: str) -> frozenset[str]:
    return frozenset(
        rule.rule_id
        for pack in project_packs(project)
        for rule in pack.rules
        if "duplicate.is_master" in fact_names_in(rule.when)
    )


class Waiting:
    """What of the newest assessment waits for the next run, looked up as it is asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._moves: dict[str, Move | None] = {}

    @cached_property
    def apart(self) -> frozenset[str]:
        """The clusters of which a copy was told apart since: the next run puts them together anew."""
        store, since = self._project.store, self._since
        rejected = [one for one in load_judgements(store, JudgementKind.REJECTED) if one.at >= since]
        return frozenset(
            str(held.cluster_id)
            for one in rejected[-_APART:]
            for digest in (one.left, one.right)
            for held in holdings_of_content(store, digest)
            if held.cluster_id
        )

    def holds(self, finding: Mapping[str, Any]) -> bool:
        """Whether a finding cannot be decided before the next run, which ends it or makes it anew."""
        cluster = str(finding["cluster_id"] or "")
        if not cluster:
            return False
        if cluster in self.apart:
            return True
        if not self._moved or finding["rule"] not in rules_of_masters(self._project):
            return False
        if cluster not in self._moves:
            self._moves[cluster] = move_in(self._project, cluster)
        move = self._moves[cluster]
        return move is not None and (str(finding["source"]), str(finding["path"])) in (move.new, move.old)

    @cached_property
    def _moved(self) -> bool:
        """Whether anybody has confirmed a master since."""
        return any(one.at >= self._since for one in load_judgements(self._project.store, JudgementKind.MASTER))

    @cached_property
    def _since(self) -> str:
        return load_audits(self._project.store)[-1].started_at
