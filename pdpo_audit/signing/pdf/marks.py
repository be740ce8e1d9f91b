"""What a signed field shows in the sign-off panel: a mark at the decision, drawn before the seal and chosen by signing.

A sign-off brings no drawing of its own. So no signature can show one decision and state another, or anything else.
"""

from __future__ import annotations

from pdpo_audit.signing.roles import Decision

#: Points in a millimetre.
MM = 72 / 25.4

#: The place of a field in the panel, as report.css sets it (``.marks``): 84 by 5 mm.
WIDTH, HEIGHT = round(84 * MM, 3), round(5 * MM, 3)

#: Where the box of each decision begins, in mm from the left; boxes are 2.6 mm wide, 1 mm below the top.
OFFSETS = {Decision.AGREE: 0.0, Decision.RESERVATIONS: 20.0, Decision.REFUSE: 62.0}

#: What an empty field shows.
BLANK = "blank"

#: The template's places are named by this and the field: ``field-SignOff-legal``.
PLACE = "field-"


def drawings() -> dict[str, bytes]:
    """Each mark by its name, as the content of a form (ISO 32000-1, 8.10): a cross in one of the boxes."""
    return {BLANK: b"", **{decision.value: _cross(offset) for decision, offset in OFFSETS.items()}}


def decision_of(reason: str) -> Decision | None:
    """The decision that a signature states as its reason (``roles.state_reason``); ``None`` where it states none."""
    said = reason.split(": ", 2)[2] if reason.count(": ") >= 2 else ""
    return next((one for one in Decision if said == one.words or said.startswith(f"{one.words} (")), None)


def _cross(offset: float) -> bytes:
    left, right, low, high = ((offset + 0.45) * MM, (offset + 2.5) * MM, 1.45 * MM, 3.5 * MM)
    lines = f"{left:.2f} {low:.2f} m {right:.2f} {high:.2f} l {left:.2f} {high:.2f} m {right:.2f} {low:.2f} l S"
    return f"1.4 w 1 J {lines}".encode()
