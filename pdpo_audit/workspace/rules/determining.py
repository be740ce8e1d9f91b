"""Legal determinations as facts: what a named person said of a picture holds for every copy of its bytes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pdpo_audit.catalogue.sayings.judgements import load_judgements
from pdpo_audit.model.judgements import Judgement, JudgementKind
from pdpo_audit.workspace.project import Project


def lay_determinations(project: Project, facts: pd.DataFrame) -> pd.DataFrame:
    """``facts`` with the determinations in force; they count before what a register says of the same picture."""
    made = {one.left.hex(): one for one in load_judgements(project.store, JudgementKind.LEGAL)}
    known = facts["sha256"].isin(made).to_numpy(bool) if made else np.zeros(len(facts), bool)
    if not known.any():
        return facts
    said = [made[digest] for digest in facts["sha256"][known]]
    laid = facts.copy(deep=False)
    for name in _FACTS:
        column = facts[name].to_numpy(object).copy() if name in facts.columns else np.full(len(facts), None, object)
        column[known] = [_fact(name, one) for one in said]
        laid[name] = pd.Series(column, index=facts.index, dtype=object)
    return laid


_FACTS = ("people.legal_determination", "people.determination_reason", "people.determined_by", "people.determined_on")


def _fact(name: str, judgement: Judgement) -> str:
    match name:
        case "people.legal_determination":
            return judgement.value
        case "people.determination_reason":
            return judgement.code
        case "people.determined_by":
            return judgement.by
        case _:
            return judgement.at[:10]
