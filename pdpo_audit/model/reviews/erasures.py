"""Whether the erasure of a copy was proposed or decided, by what a finding proposes and what a person said to it."""

from __future__ import annotations

#: Proposals of rules that name an erasure, whatever act the ladder carries for them.
ERASING = frozenset({"erase_this_copy", "erase_additional_copies", "erase_all_copies", "record_purpose_or_erase"})
#: What proposes no erasure by itself, and means one once a person agreed.
ONE_STAYS = "keep_one_master"
#: How the recorded reason of a decision names another act than the proposed one; the act and a full stop follow.
INSTEAD = "Proposed instead: "


def erases(proposal: str, determination: str, reason: str) -> bool:
    """Whether an erasure is proposed here, or was decided."""
    if determination == "partly" and reason.startswith(INSTEAD):
        return reason.startswith(f"{INSTEAD}erase")
    return proposal in ERASING or (proposal == ONE_STAYS and determination == "agree")


def refuses(determination: str, reason: str) -> bool:
    """Whether a person decided that the copy stays, or that something else is done with it."""
    other = determination == "partly" and reason.startswith(INSTEAD) and not reason.startswith(f"{INSTEAD}erase")
    return determination == "disagree" or other
