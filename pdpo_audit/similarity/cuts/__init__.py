"""Every threshold by which pictures are told apart, in one place: what it cuts, where, and what was measured of it."""

from __future__ import annotations

from pdpo_audit.similarity.cuts.candidates import CANDIDATES
from pdpo_audit.similarity.cuts.drawn import DRAWN
from pdpo_audit.similarity.cuts.generations import GENERATIONS
from pdpo_audit.similarity.cuts.laying import LAYING
from pdpo_audit.similarity.cuts.masters import MASTERS
from pdpo_audit.similarity.cuts.origins import ORIGINS
from pdpo_audit.similarity.cuts.relations import RELATIONS
from pdpo_audit.similarity.cuts.table import Cut
from pdpo_audit.similarity.cuts.verdicts import VERDICTS

__all__ = ["CUTS", "Cut", "cut"]

#: All cuts by name.
CUTS: dict[str, Cut] = {
    one.name: one for one in (*LAYING, *VERDICTS, *RELATIONS, *DRAWN, *MASTERS, *ORIGINS, *GENERATIONS, *CANDIDATES)
}


def cut(name: str) -> float:
    """Where a cut lies."""
    return CUTS[name].value
