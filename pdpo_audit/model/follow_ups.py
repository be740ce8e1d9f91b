"""What became of what earlier audits proposed: copies erased or still held, and pictures that were made again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A copy that appeared after a copy of the same picture was put up for erasure and went.

    ``erased_source`` and ``erased_path`` name the copy that went, ``proposed_in`` the audit that put it up. ``gone_on``
    is empty where the copy came back to the very place: the scan that missed it is no longer recorded then.
    """

    source: str
    path: str
    owner: str
    cluster_id: str
    first_seen: str
    erased_source: str
    erased_path: str
    proposed_in: str
    gone_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What the catalogue says, today, of what the audit ``audit_id`` (assessed on ``assessed_on``) found.

    ``proposed`` copies had an erasure review due then: ``held`` of them are still at their place, ``gone`` are not,
    ``moved`` lie elsewhere in the same source, and ``not_reached`` where the last scan could not look. ``joined``
    counts copies first seen since of pictures that an earlier audit counted already, ``joined_pictures`` these
    pictures. ``returned`` lists the first of the ``returned_copies``, copies of ``returned_pictures`` of which a copy
    proposed for erasure had gone: they were made again.
    """

    audit_id: str
    assessed_on: str
    proposed: int
    held: int
    gone: int
    moved: int
    joined: int
    joined_pictures: int
    returned_copies: int
    returned_pictures: int
    returned: tuple[Returned, ...]
    not_reached: int = 0

    def summary(self) -> dict[str, object]:
        """The numbers, ready for JSON; no path."""
        names = ("audit_id", "assessed_on", "proposed", "held", "gone", "moved", "not_reached", "joined",
                 "joined_pictures", "returned_copies", "returned_pictures")  # fmt: skip
        return {name: getattr(self, name) for name in names}
