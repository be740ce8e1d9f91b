"""How long do all rule packs take on a million holdings, and is a condition slower than in rule-engine?

    python benchmarks/policy_speed.py [--holdings 1000000] [--facts 20000] [--lifelike]

First one assessment of all packs over random facts in which hardly two holdings are alike (with ``--lifelike``: 40
sources whose folders share their facts), with CPU seconds and peak memory of this process. Then the same five
conditions over the same facts in our engine, from raw columns to verdicts, and in rule-engine (PyPI), one call for each
fact as it is meant to be used: microseconds for each fact and condition, and their ratio, in one run.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pdpo_audit.policy.judging.conditions import Evaluator, Verdict, fact_names_in
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.terms.fact_table import tabulate
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.policy.terms.vocabulary import RECORD_CLASSES

ON = date(2026, 11, 20)
POLICIES = Path(__file__).parents[1] / "policies"

FIVE = """rulepack: pdpo-audit/v1
pack:
  {id: five, version: 1.0.0, title: {en: Five, zh-Hant: 五}, summary: {en: Five, zh-Hant: 五}}
rules:
  - id: FIVE-01
    title: {en: Five, zh-Hant: 五}
    reason: {en: Five, zh-Hant: 五}
    status: active
    severity: minor
    when:
      all:
        - duplicate.copies is at least: 2
        - duplicate.is_master is: false
        - people.level is one of: [P2, P3]
        - location.jurisdiction is not: HK
        - image.captured_on is before: 2024-01-01
    propose: review
    authority: [{kind: house_policy, rank: organisation_policy, cite: none, confidence: judgement}]
"""
THEIRS = (
    'copies >= 2 and not is_master and (level == "P2" or level == "P3") and jurisdiction != "HK" '
    'and captured < d"2024-01-01"'
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--holdings", type=int, default=1_000_000)
    parser.add_argument("--facts", type=int, default=20_000)
    parser.add_argument("--lifelike", action="store_true")
    arguments = parser.parse_args()
    measure_packs(library(arguments.holdings, lifelike=arguments.lifelike))
    compare(library(arguments.facts, lifelike=False))


def peak_mb() -> int:
    """The most memory this process ever held, in MB (Linux counts KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure_packs(frame: pd.DataFrame) -> None:
    """One assessment of every pack that ships."""
    packs = load_packs(sorted(folder for folder in POLICIES.iterdir() if folder.is_dir()))
    rules = sum(len(pack.active_rules) for pack in packs)
    before, start = peak_mb(), time.process_time()
    found = evaluate(packs, frame, [], on=ON)
    spent = time.process_time() - start
    print(f"{len(frame):,} holdings x {rules} rules in {len(packs)} packs: {spent:.1f} s CPU")
    print(f"peak memory {peak_mb():,} MB, of which {before:,} MB before the assessment (the facts themselves)")
    print(f"{len(found.findings):,} findings; outcomes {found.dispositions['outcome'].value_counts().to_dict()}")


def library(rows: int, *, lifelike: bool) -> pd.DataFrame:
    """Random facts; lifelike ones are drawn for each of 400 folders, but for dates, levels and copies."""
    rng = np.random.default_rng(20261120)
    folders = 400 if lifelike else rows
    folder = rng.integers(0, folders, rows) if lifelike else np.arange(rows)

    def pick(values: Sequence[Any], of: int = folders) -> NDArray[np.object_]:
        drawn = np.array([*values, None], object)[rng.integers(0, len(values), of)]
        return drawn[folder] if of == folders else drawn

    def days(share: float, of: int = folders) -> NDArray[np.object_]:
        drawn = (np.datetime64("2015-01-01") + rng.integers(0, 4300, of)).astype("datetime64[D]").astype(object)
        drawn[rng.random(of) >= share] = None
        found: NDArray[np.object_] = drawn[folder] if of == folders else drawn
        return found

    cluster = rng.integers(0, rows // 4 + 1, rows)
    master = np.zeros(rows, bool)
    master[np.unique(cluster, return_index=True)[1]] = True
    columns: dict[str, Any] = {
        "source": np.array([f"source-{number % 40}" for number in folder], object),
        "path": np.array([f"folder-{place}/image-{number}.jpg" for number, place in enumerate(folder)], object),
        "sha256": np.array([f"{number:064x}" for number in cluster], object),
        "cluster_id": np.array([f"c{number:07d}" for number in cluster], object),
        "people.level": pick(["P0", "P1", "P2", "P3", None], rows),
        "duplicate.copies": rng.integers(1, 9, rows),
        "duplicate.is_master": master,
        "duplicate.relation": np.where(master, "master", pick(["byte-identical", "resized", "pixel-identical"], rows)),
        "image.captured_on": days(0.7, rows),
        "file.first_seen_on": days(1.0),
        "record.class": pick([*RECORD_CLASSES, None]),
        "record.purpose": pick(["campaign", "staff page", None]),
        "record.owner": pick(["Creative", None]),
        "location.jurisdiction": pick(["HK", "CN", "SG", None]),
        "location.external_facing": pick([True, False]),
        "location.transfer_basis": pick(["gba_standard_contract", None]),
        "employment.status": pick(["left", "current", None]),
    }
    for name in ("record.purpose_ended_on", "campaign.ended_on", "consent.expires_on", "employment.ended_on",
                 "licence.ends_on", "incident.closed_on", "school.year_ends_on", "listing.ended_on"):  # fmt: skip
        columns[name] = days(0.25)
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def compare(frame: pd.DataFrame) -> None:
    """The same five conditions, both engines, one run."""
    frame = frame.assign(**{"image.captured_on": frame["image.captured_on"].fillna(date(2020, 1, 1))})
    for name, value in (("people.level", "P0"), ("location.jurisdiction", "HK")):
        frame[name] = frame[name].fillna(value)
    ours, mine = run_ours(frame)
    theirs, others = run_theirs(frame)
    assert list(mine) == others, "the engines disagree"
    per = 1e6 / len(frame) / 5
    print(f"five conditions over {len(frame):,} facts, {sum(others):,} match in both")
    print(f"ours {ours * per:.3f} us a condition, rule-engine {theirs * per:.3f} us: ratio {ours / theirs:.3f}")


def run_ours(frame: pd.DataFrame) -> tuple[float, NDArray[np.bool_]]:
    """CPU seconds from raw columns to verdicts (loading the rule file excluded on both sides), and the matches."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pack.yaml"
        file.write_text(FIVE, encoding="utf-8")
        when = load_pack(file).rules[0].when
    start = time.process_time()
    table = tabulate(frame, [REGISTRY[name] for name in fact_names_in(when)])
    verdict = Evaluator(table, ON).evaluate(when).verdict[table.row_sets]
    return time.process_time() - start, verdict == Verdict.YES


def run_theirs(frame: pd.DataFrame) -> tuple[float, list[bool]]:
    """CPU seconds of rule-engine, one ``matches`` a fact, and the matches."""
    import rule_engine

    names = {"copies": "duplicate.copies", "is_master": "duplicate.is_master", "level": "people.level",
             "jurisdiction": "location.jurisdiction", "captured": "image.captured_on"}  # fmt: skip
    plain = frame[list(names.values())].set_axis(list(names), axis=1)
    facts = [
        {**row, "copies": int(row["copies"]), "is_master": bool(row["is_master"])} for row in plain.to_dict("records")
    ]
    rule = rule_engine.Rule(THEIRS)
    start = time.process_time()
    found = [rule.matches(fact) for fact in facts]
    return time.process_time() - start, found


if __name__ == "__main__":
    main()
