"""What an assessment of a made library keeps in memory of each holding."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from benchmarks.policy_speed import POLICIES, library
from benchmarks.stage_memory import make
from pdpo_audit import Workspace
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.workspace.rules.assessing import project_facts


def test_every_distinct_fact_lies_in_memory_once(tmp_path: Path) -> None:
    make(tmp_path / "made", 1_500)
    workspace = Workspace.open(tmp_path / "made")
    facts = project_facts(workspace.project)
    workspace.close()
    assert len(facts) > 1_400
    for name in (name for name, kind in facts.dtypes.items() if kind == "object"):
        known = [value for value in facts[name] if value is not None]
        assert len({id(value) for value in known}) <= max(len(set(known)), 257), name  # small numbers are Python's own


@pytest.mark.slow
def test_rules_take_little_for_each_set_of_facts() -> None:
    """Holdings that differ in everything: what is worked out for each is what grows with a library."""
    packs = load_packs(sorted(folder for folder in POLICIES.iterdir() if folder.is_dir()))
    peaks = []
    for holdings in (2_000, 6_000):
        frame = library(holdings, lifelike=False)
        tracemalloc.start()
        evaluate(packs, frame, [], on=date(2026, 11, 20))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[1] - peaks[0]) / 4_000 < 2_700
