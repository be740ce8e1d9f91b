"""Acts of disposition, the states that a copy passes through, and why one was left alone: closed lists."""

from __future__ import annotations

from enum import StrEnum


class DisposalAct(StrEnum):
    """What is done with one copy; ``KEEP`` is recorded and touches nothing."""

    ERASE = "erase"
    TAKE_DOWN = "take_down"
    RESTRICT = "restrict"
    MASK = "mask"
    STRIP = "strip"
    LINK = "link"
    KEEP = "keep"


#: Acts after which the copy is not at its place any more as it was; its bytes wait in a quarantine and end there.
ENDING = frozenset({DisposalAct.ERASE, DisposalAct.LINK, DisposalAct.MASK, DisposalAct.STRIP})
#: Acts that move the copy to a declared place of the same file system, where it goes on being held.
MOVING = frozenset({DisposalAct.TAKE_DOWN, DisposalAct.RESTRICT})


class State(StrEnum):
    """Where one copy of a plan stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    QUARANTINED = "quarantined"
    DONE = "done"
    CERTIFIED = "certified"
    FAILED = "failed"
    UNDONE = "undone"
    AWAITING_OWNER = "awaiting_owner"


#: States in which nothing is left to do for ``dispose run``.
SETTLED = frozenset({State.DONE, State.CERTIFIED, State.FAILED, State.UNDONE, State.AWAITING_OWNER, State.QUARANTINED})


class Detail(StrEnum):
    """Why a copy was left alone, or what is to be known of what was done; empty where there is nothing."""

    NONE = ""
    CHANGED = "changed"  # its bytes are not those of the plan
    MISSING = "missing"  # nothing is at its place
    NO_FILE = "no_file"  # a link, a folder or something else is at its place
    ON_HOLD = "on_hold"  # a hold, a request or an open matter selects it now
    OUTCOME = "outcome"  # the ladder gives another outcome now, for which the act is not allowed
    NOT_ASSESSED = "not_assessed"  # nothing is known of a copy at this place any more
    NOT_APPROVED = "not_approved"  # fewer valid approvals than the plan needs
    EXPIRED = "expired"  # the approvals are older than they may be
    NO_COPY_LEFT = "no_copy_left"  # the copy that must stay is gone, changed, or about to go
    STRANDED = "stranded"  # it lies in the quarantine and its place is taken: a person looks
    HIDDEN = "hidden"  # gone from its place and still kept by the store under it
    NO_PERMISSION = "no_permission"
    READ_ONLY = "read_only"
    DISK_FULL = "disk_full"
    OTHER_MOUNT = "other_mount"  # the declared place is on another file system, mount or subvolume
    NAME_TAKEN = "name_taken"  # something else is at the place to which it would go
    NOT_REACHED = "not_reached"  # the source is not there, or another one lies at its place
    READ_ERROR = "read_error"
    IN_CONTAINER = "in_container"  # part of a file: its owner takes it out
    NO_DISPOSER = "no_disposer"  # this program acts at no such place: a task, or an instruction
    COMPANION = "companion"  # a file that belongs to it cannot follow
    NOT_ALLOWED = "not_allowed"  # the settings allow no such act
    NOT_MASKED = "not_masked"  # no new file could be made that passes its check
    UNSURE = "unsure"  # what the disk shows fits no step of the act: a person looks
    PLACE_TAKEN = "place_taken"  # something lies at its place again
    OVERDUE = "overdue"  # the owner's confirmation has not come by its day


class Method(StrEnum):
    """How it was done, in the words of the certificate; never more than what was seen."""

    NONE = ""
    QUARANTINED = "quarantined"
    UNLINKED = "unlinked"
    MOVED_TO_RESTRICTED = "moved_to_restricted"
    TAKEN_DOWN = "taken_down"
    REPLACED_BY_LINK = "replaced_by_link"
    ANONYMISED = "anonymised"
    STRIPPED = "stripped"
    KEPT = "kept"
    INSTRUCTED_PROCESSOR = "instructed_processor"
    REDACTED_IN_CONTAINER = "redacted_in_container"


#: Beyond the reach of every act here: named in each plan and certificate.
NEVER_REACHED = (
    "backups", "snapshots", "older_versions", "caches", "sync_clients", "undeclared_copies", "media",
)  # fmt: skip
