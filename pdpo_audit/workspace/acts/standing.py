"""What the ladder gives for each copy at this moment: asked anew whenever anything that people say has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pdpo_audit.catalogue import log
from pdpo_audit.catalogue.proofs.sayings import said_faults
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.disposition.permissions import Circumstances
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.findings import Outcome
from pdpo_audit.pipeline.holds import holds_over
from pdpo_audit.policy.judging.evaluation import decide, evaluate
from pdpo_audit.policy.stating.holds import stopped_rows
from pdpo_audit.settings import Settings
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import pack_folder, project_facts, project_packs
from pdpo_audit.workspace.rules.matters import standing_holds
from pdpo_audit.workspace.rules.packs import names_in_force
from pdpo_audit.workspace.setup.held import refuse_unsaid

#: A place: source and printed path.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is known of one copy at this moment: the ladder's outcome, the act it carries, and the copy's own facts."""

    sha256: str
    outcome: Outcome
    proposed: str
    rule: str
    rules: str
    due_on: str
    stopped: bool
    master: bool
    cluster_id: str
    relation: str
    owner: str
    people_level: str
    flags: tuple[str, ...]


def case_of(now: Now, *, decided: bool, preserved: bool, legal: bool, excepted: bool) -> Circumstances:
    """The case of the contract's table for a copy as it stands: what is known of it, and what people and copies add."""
    return Circumstances(
        outcome=now.outcome,
        proposed=now.proposed,
        decided=decided,
        additional=bool(now.cluster_id) and not now.master,
        preserved=preserved,
        legal=legal,
        stopped=now.stopped,
        excepted=excepted,
    )


def why_settings_forbid(settings: Settings, act: DisposalAct, source: str) -> str:
    """Why the settings do not allow an act in a source; empty where they do. To keep is always allowed."""
    allowed = settings.disposition
    if act is DisposalAct.KEEP:
        return ""
    if act.value not in allowed.allow:
        return f"{act.value} is not in [disposition] allow"
    return f"{source} is protected by the settings" if source in allowed.protected else ""


class LadderNow:
    """The outcome of every copy, worked out when first asked and again when its token has changed.

    The token is made of the newest event (whatever people say appends one in its own transaction), the day, and the
    settings, packs and registers as files: reading it takes well under a millisecond. ``rule`` is one whose findings
    are wanted as well.
    """

    def __init__(self, project: Project, rule: str = "") -> None:
        self._project, self._rule = project, rule
        self._token: tuple[Any, ...] = ()
        self._found: Mapping[Place, Now] = {}
        self._named: frozenset[Place] = frozenset()

    def token(self, transaction: Transaction) -> tuple[Any, ...]:
        """What everything here rests on, as it is now."""
        project = self._project
        day = project.clock().date()
        files = [project.settings_path, *(project.folder / one.file for one in project.settings.registers)]
        files += [
            pack_folder(name, project.folder) / "pack.yaml" for name in names_in_force(project.settings.policy.packs)
        ]
        written = tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)
        return (log.last(transaction.connection), day, written)

    def is_fresh(self, transaction: Transaction) -> bool:
        """Whether what was worked out still stands, asked inside the transaction of an act."""
        return bool(self._token) and self.token(transaction) == self._token

    def refresh(self) -> None:
        """Work everything out anew, until nothing has changed meanwhile.

        :raises VerificationError: what people said is not what the event log says.
        """
        project = self._project
        while True:
            project.refresh()
            with project.store.reading() as connection:
                token = self.token(Transaction(connection=connection))
            if token == self._token:
                return
            refuse_unsaid(said_faults(project.store), "disposed of")
            self._found, self._named = _all(project, self._rule)
            self._token = token

    def of(self, source: str, path: str) -> Now | None:
        """What is known of the copy at a place; ``None`` where none is known."""
        return self._found.get((source, path))

    def places(self) -> Mapping[Place, Now]:
        """Every copy that is known."""
        return self._found

    def found(self) -> frozenset[Place]:
        """The copies on which the rule that was named finds something, whichever rule gives them their act."""
        return self._named


def _all(project: Project, rule: str) -> tuple[dict[Place, Now], frozenset[Place]]:
    """Every copy as it stands, and those on which ``rule`` (where one is named) finds something."""
    words: dict[str, str] = {}

    def said(value: object) -> str:
        """The word once for all copies of which it is said: each row brings one of its own."""
        return words.setdefault(word := str(value or ""), word)

    facts = project_facts(project)
    day = project.clock().date()
    holds = holds_over(project.store, project.memory, facts, standing_holds(project))
    packs = project_packs(project)
    named: frozenset[Place] = frozenset()
    if rule:
        whole = evaluate(packs, facts, holds, on=day)
        mine, found = whole.findings[whole.findings["rule"] == rule], whole.dispositions
        named = frozenset((said(source), str(path)) for source, path in zip(mine["source"], mine["path"], strict=True))
    else:
        found = decide(packs, facts, holds, on=day)
    columns = [found[name] for name in ("source", "path", "outcome", "act", "due_rule", "rules", "due_on")]
    known = [
        facts[name]
        for name in (
            "sha256", "duplicate.is_master", "cluster_id", "duplicate.relation", "owner", "people_level", "sensitivity",
        )
    ]  # fmt: skip
    rows = zip(*columns, *known, stopped_rows(facts), strict=True)
    known_now = {
        (said(source), path): Now(
            sha256=str(sha256), outcome=Outcome(outcome), proposed=said(act), rule=said(due_rule), rules=said(rules),
            due_on=said(due_on), stopped=bool(stopped), master=master is True, cluster_id=said(cluster),
            relation=said(relation), owner=said(owner), people_level=said(level),
            flags=tuple(flags) if isinstance(flags, tuple | list) else (),
        )
        for source, path, outcome, act, due_rule, rules, due_on, sha256, master, cluster, relation, owner, level, flags,
        stopped in rows
    }  # fmt: skip
    return known_now, named
