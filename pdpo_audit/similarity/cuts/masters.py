"""The cuts that tell which picture another was made from by its size (``comparison/codings``)."""

from __future__ import annotations

from pdpo_audit.similarity.cuts.table import Cut

_DAY = "2026-11-30"

MASTERS = (
    Cut(
        name="enlarged",
        value=0.10,
        unit="share of coefficients",
        what="beyond half a step of the enlarged picture",
        copies=(0.02, 0.06),
        strangers=(0.19, 0.95),
        corpus="7 photographs, sharp and soft, coded at 75 to 95",
        measured=_DAY,
    ),
    Cut(
        name="carried",
        value=0.225,
        unit="steps",
        what="half of the reduced coefficients lie that near to rounded ones",
        copies=(0.04, 0.24),
        strangers=(0.242, 0.55),
        corpus="14 photographs, sharp and soft, coded at 60 to 92",
        measured=_DAY,
    ),
)
