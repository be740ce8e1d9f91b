"""Which copies a plan takes in: by rule, owner, source, duplicate cluster, place, or what people decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pdpo_audit.catalogue.sayings.judgements import load_determinations
from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.locations.patterns import is_at
from pdpo_audit.model.reviews.erasures import INSTEAD
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.decisions import DecisionKind
from pdpo_audit.workspace.acts.standing import Now, Place
from pdpo_audit.workspace.exporting import newest_assessment
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.choices import kept_until
from pdpo_audit.workspace.rules.assessing import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a plan is to take in, each condition that is set holding; nothing set is everything that is due.

    ``act`` overrides the act that the ladder carries: with ``reason`` it is a named decision of whoever prepares.
    ``until`` is the last day of an exception (``keep``).
    """

    rule: str = ""
    owner: str = ""
    source: str = ""
    cluster: str = ""
    places: tuple[str, ...] = ()
    decided: bool = False
    act: DisposalAct | None = None
    reason: str = ""
    until: str = ""

    def words(self) -> str:
        """The selection as the plan states it."""
        said = [
            f"{name} {value}"
            for name, value in (
                ("rule", self.rule), ("owner", self.owner), ("source", self.source), ("cluster", self.cluster),
                ("places", ", ".join(self.places)), ("act", self.act or ""), ("until", self.until),
            )
            if value
        ]  # fmt: skip
        return "; ".join([*said, *(["decided by people"] if self.decided else [])]) or "everything that is due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One copy that a plan takes in, the act, and the named decision that it rests on, where it does."""

    source: str
    path: str
    now: Now
    act: DisposalAct
    decision: str = ""
    until: str = ""


def choose(
    project: Project, known: Mapping[Place, Now], wanted: Wanted, found_by_rule: Collection[Place] = ()
) -> list[Chosen]:
    """The copies that fit, each with its act; ``found_by_rule`` are those on which the rule wanted finds something.

    :raises CallError: nothing fits, or what is wanted cannot be.
    """
    decided = _decisions(project)
    found = [
        chosen
        for (source, path), now in known.items()
        if (not wanted.rule or (source, path) in found_by_rule)
        and _fits(wanted, source, path, now)
        and (chosen := _chosen(wanted, source, path, now, decided.get((source, path)))) is not None
    ]
    if not found:
        raise CallError(
            f"no copy fits: {wanted.words()}",
            advice="pdpo-audit export dispositions shows what is due; --act with --reason plans what no rule proposes",
        )
    return sorted(found, key=lambda one: (one.source, one.path))


def _fits(wanted: Wanted, source: str, path: str, now: Now) -> bool:
    return (
        bool(now.sha256)
        and (not wanted.source or source == wanted.source)
        and (not wanted.owner or now.owner == wanted.owner)
        and (not wanted.cluster or now.cluster_id.casefold() == wanted.cluster.casefold())
        and (not wanted.places or is_at(wanted.places, source, path))
    )


def _chosen(wanted: Wanted, source: str, path: str, now: Now, decided: tuple[str, str, str] | None) -> Chosen | None:
    """A copy with its act: the one that is wanted, that a person decided on, or that the ladder carries."""
    kind, by, reason = decided or ("", "", "")
    instead = reason.removeprefix(INSTEAD).split(".")[0] if reason.startswith(INSTEAD) else ""
    words = f"{by}: {reason}" if decided else ""
    if wanted.act is not None:
        words = wanted.reason or words
        return Chosen(source=source, path=path, now=now, act=wanted.act, decision=words, until=wanted.until)
    if kind == DecisionKind.DISAGREE.value:
        last = kept_until(reason)
        until = last.isoformat() if last else ""
        keeps = Chosen(source=source, path=path, now=now, act=DisposalAct.KEEP, decision=words, until=until)
        return keeps if wanted.decided else None
    if kind == DecisionKind.POSTPONED.value or (wanted.decided and not decided):
        return None
    act = instead or (now.proposed if now.outcome is Outcome.DUE else "")
    if act not in [one.value for one in DisposalAct]:
        return None
    return Chosen(source=source, path=path, now=now, act=DisposalAct(act), decision=words)


def _decisions(project: Project) -> dict[Place, tuple[str, str, str]]:
    """What people decided on the findings of each copy: kind, who, reason; a refusal counts before anything else."""
    made = load_determinations(project.store)
    audit = newest_assessment(project)
    if not made or audit is None:
        return {}
    order = {DecisionKind.AGREE.value: 0, DecisionKind.PARTLY.value: 1, DecisionKind.POSTPONED.value: 2}
    best: dict[Place, tuple[str, str, str]] = {}
    for frame in tables(project, audit).chunks(Table.FINDINGS):
        rows = frame[frame["finding_id"].isin(made)]
        for row in rows.to_dict("records"):
            place = (str(row["source"]), str(row["path"]))
            said = (str(row["determination"]), str(row["decided_by"]), str(row["decision_reason"]))
            if place not in best or order.get(said[0], 3) > order.get(best[place][0], 3):
                best[place] = said
    return best
