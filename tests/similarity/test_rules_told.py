"""The page on duplicates names, for every rule of the verdict, the cuts that it asks."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from pdpo_audit.similarity.comparison import verdicts
from pdpo_audit.similarity.cuts import CUTS

PAGE = (Path(__file__).parents[2] / "docs" / "duplicates.md").read_text("utf-8")


def test_every_rule_of_the_verdict_is_told_with_the_cuts_that_it_asks() -> None:
    table = PAGE[PAGE.index("| rule | cuts |") : PAGE.index("## What the evidence says")]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    told = {rule for row in rows for rule in re.findall(r"`([a-z ]+)`", row[1])}
    code = inspect.getsource(verdicts)
    given = set(re.findall(r'(?:_same\(|_apart\(laid, |rule=|if agreement\.other else |laid, )"([a-z ]+)"', code))
    given |= set(re.findall(r'"([a-z ]+)" if agreement.other else "([a-z ]+)"', code)[0])
    assert len(given) > 10 and told == given
    named = {cut for row in rows for cut in re.findall(r"`([a-z_]+)`", row[2])}
    asked = set(re.findall(r'cut\("([a-z_]+)"\)', code))
    assert named <= asked and asked <= CUTS.keys()
    others = {cut for cut in asked - named if not cut.startswith("clear_")}  # whether half the size tells it, too
    assert others == {"related"}, "it tells a link from a stranger, no copy from another picture"
