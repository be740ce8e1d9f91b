"""The page on duplicates names every rule of a verdict, with the cuts that it asks."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from pdpo_audit.model.clusters import NamedBy
from pdpo_audit.similarity import beyond, closer, resolution, verification
from pdpo_audit.similarity.comparison import verdicts
from pdpo_audit.similarity.cuts import CUTS

PAGE = (Path(__file__).parents[2] / "docs" / "duplicates.md").read_text("utf-8")

#: What a place is that holds another thing: asked before the verdict.
CUTS_OF_LAYING = {"place_blocks", "strong_structure", "shows_through_place", "kept"}


def test_every_rule_of_the_verdict_is_told_with_the_cuts_that_it_asks() -> None:
    table = PAGE[PAGE.index("| rule | cuts |") : PAGE.index("Two that are no copies are a link")]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    told = {rule for row in rows for rule in re.findall(r"`([a-z ]+)`", row[1])}
    code = inspect.getsource(verdicts)
    given = set(re.findall(r'(?:_same\(|_apart\(laid, |rule=)"([a-z ]+)"', code))
    assert len(given) > 10 and told == given
    named = {cut for row in rows for cut in re.findall(r"`([a-z_]+)`", row[2])} - CUTS_OF_LAYING
    asked = set(re.findall(r'cut\("([a-z_]+)"\)', code))
    assert named <= asked and asked <= CUTS.keys()
    others = {cut for cut in asked - named if not cut.startswith("clear_")}  # whether half the size tells it, too
    assert others == {"related"}, "it tells a link from a stranger, no copy from another picture"


def test_every_rule_of_a_closer_look_is_told_with_cuts_that_are() -> None:
    table = PAGE[PAGE.index("| rule of a closer look |") : PAGE.index("## What the evidence says")]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    code = "".join(inspect.getsource(module) for module in (closer, verification, resolution, beyond))
    given = set(
        re.findall(r'(?:Verdict\.[A-Z_]+, |"rule": |OTHER_LINES = |decided_anew\(pair.evidence, )"([a-z ]+)"', code)
    )
    assert len(given) == 9 and {row[1].strip(" `") for row in rows} == given
    assert {cut for row in rows for cut in re.findall(r"`([a-z_]+)`", row[2] + row[3])} <= CUTS.keys()
    decided = set(re.findall(r'(?:Held\(by=|by=|"decided_by": )"([a-z_]+)"', code))
    assert decided and decided <= {cut for row in rows for cut in re.findall(r"`([a-z_]+)`", row[2] + row[3])}


def test_what_names_a_relation_without_a_cut_is_told() -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith("| `named_by` that is no cut")]
    assert set(re.findall(r"`([a-z ]+)`", row.split("|")[2])) == {str(one) for one in NamedBy}
