"""The scenarios of ``scenarios.yaml``: outcomes worked out by hand from the ladder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack
from tests.policy.packs_of_ours import HOUSE, rule, write_pack

DATA = YAML(typ="safe").load((Path(__file__).parent / "scenarios.yaml").read_text(encoding="utf-8"))
EXCEPTION = """    exceptions:
      - id: {id}-X
        when: {{all: [{{{exempt}}}]}}
        {body}
        reason: {{en: r, zh-Hant: r}}
        approved_by: General Counsel
        valid_until: {until}
"""


def fragment(number: int, name: str) -> str:
    """One rule as an author would write it."""
    said = DATA["rules"][name]
    when = ", ".join(f"{{{said[key]}}}" for key in ("when", "also") if key in said)
    more = ""
    if "exception" in said:
        body = said["exception"].removeprefix("{").removesuffix("}")
        more = EXCEPTION.format(id=f"S-{number:02}", exempt=said["exempt"], body=body, until=said["until"])
    authority = HOUSE if said.get("house") else ""
    return rule(f"S-{number:02}", when, said.get("retention", ""), authority=authority, more=more)


def a_hold(number: int, selectors: dict[str, Any]) -> Hold:
    base: dict[str, Any] = {"hold_id": f"H-{number}", "kind": "legal_hold", "matter": "m", "issued_by": "GC"}
    return Hold(**{**base, "issuer_role": "legal", "starts_on": date(2026, 1, 1), **selectors})


@pytest.mark.parametrize("scenario", DATA["scenarios"], ids=lambda scenario: scenario["name"].replace(" ", "-"))
def test_scenario(tmp_path: Path, scenario: dict[str, Any]) -> None:
    on = scenario.get("on", date(2026, 11, 20))
    pack = load_pack(write_pack(tmp_path, *(fragment(n, name) for n, name in enumerate(scenario["rules"], 1))))
    base = {"source": "s", "sha256": "", "cluster_id": ""}
    frame = pd.DataFrame([{**base, "path": f"{n}.jpg", **row} for n, row in enumerate(scenario["rows"])], dtype=object)
    holds = [a_hold(n, selectors) for n, selectors in enumerate(scenario.get("holds", []))]
    found = evaluate([pack], frame, holds, on=on).dispositions
    expected = [text.split(" ") for text in scenario["expect"]]
    assert list(found["outcome"]) == [outcome for outcome, *_ in expected]
    for due, (_, *day) in zip(found["due_on"], expected, strict=True):
        assert not day or due == day[0]
