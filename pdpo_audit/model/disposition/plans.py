"""A plan of disposition: one line a copy, sealed, and never changed; what changes is another plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pdpo_audit.model.disposition.acts import DisposalAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """A copy that stays: where it lies, and the bytes that it must have (SHA-256, hex) when the act is done."""

    source: str
    path: str
    sha256: str
    master: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A file that belongs to a picture and goes the same way: a sidecar, named with its own digest."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """What is to be done with one copy, why, and what remains.

    ``number`` counts from 1. ``outcome`` and ``proposed`` are what the ladder said when the plan was made; it is asked
    again before the act. ``decision`` is the named decision where no rule proposes the act. ``keepers`` are the copies
    that stay, none where no copy is kept. ``links`` counts the names of the file; ``shared`` says that its blocks
    belong to other files, too. ``frees`` are bytes that its end gives back, 0 where a link or shared blocks keep them.
    ``task`` says why nothing here acts on it (``Detail``), empty where it does.
    ``until`` is the end of an exception (``keep``). ``legal`` says why a third approval is needed, empty where not.
    """

    number: int
    source: str
    path: str
    sha256: str
    bytes: int
    act: DisposalAct
    rule: str
    authority: str
    due_on: str
    outcome: str
    proposed: str
    owner: str
    cluster_id: str
    people_level: str
    keepers: tuple[Keeper, ...] = ()
    companions: tuple[Companion, ...] = ()
    links: int = 1
    shared: bool = False
    frees: int = 0
    task: str = ""
    until: str = ""
    legal: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHeader:
    """What a plan is about and what it needs; ``items_sha256`` fixes every line, and so its digest the whole plan.

    ``approvals`` are the roles that must approve, each by another person. ``approval_days`` count from an approval.
    ``preparer`` made the plan under the account ``account`` and cannot approve it; nor does the seal (``seal_sha256``).
    """

    plan_id: str
    organisation: str
    organisation_zh: str
    made_at: str
    preparer: str
    account: str
    selection: str
    assessed_on: str
    approvals: tuple[str, ...]
    approval_days: int
    quarantine_days: int
    copies_that_stay: int
    alarm_days: int
    packs: tuple[str, ...]
    sources: tuple[str, ...]
    items: int
    items_sha256: str
    seal_sha256: str
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What one person said of a plan, bound to its digest; ``decision`` is ``approve`` or ``reject``.

    ``signer_sha256`` is the certificate (SHA-256, hex) of the person's own key.
    """

    plan_id: str
    plan_sha256: str
    name: str
    role: str
    decision: str
    comment: str
    at: str
    signer_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one line: ``place`` is where the bytes wait (printed, inside the source), ``device`` and ``inode``
    what tells the file there from another; ``made`` is the SHA-256 of what was put in its place; ``stays_read_at`` is
    when the copies that stay were read back last, empty where none is named."""

    number: int
    state: str
    detail: str = ""
    method: str = ""
    at: str = ""
    place: str = ""
    device: int = 0
    inode: int = 0
    ends_on: str = ""
    made: str = ""
    made_at: str = ""
    verified: str = ""
    left_behind: str = ""
    stays_read_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the lines of a plan come to: copies by act, tasks for people, bytes, bytes that it frees, and of how many
    erased copies no other stays."""

    acts: Mapping[str, int]
    tasks: int
    bytes: int
    frees: int
    no_copy_stays: int

    @classmethod
    def of(cls, items: Sequence[PlanItem]) -> Sums:
        """The sums of some lines."""
        return cls(
            acts=dict(Counter(item.act.value for item in items)),
            tasks=sum(bool(item.task) for item in items),
            bytes=sum(item.bytes for item in items),
            frees=sum(item.frees for item in items),
            no_copy_stays=sum(item.act is DisposalAct.ERASE and not item.keepers for item in items),
        )
