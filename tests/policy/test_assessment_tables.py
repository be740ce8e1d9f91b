"""The two tables that an assessment gives: columns, order, determinism, careful words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pdpo_audit.model.findings import CountedBy, Hold
from pdpo_audit.model.tables import COLUMNS, Table, frozen_columns
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack
from pdpo_audit.policy.telling.rolling import roll_up
from pdpo_audit.policy.terms.rules import Pack

POLICIES = Path(__file__).parents[2] / "policies"
ON = date(2026, 11, 20)


@pytest.fixture(scope="module")
def core() -> Pack:
    return load_pack(POLICIES / "hk-core-pdpo")


def library() -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"path": "a.jpg", "duplicate.copies": 3, "duplicate.is_master": True},
        {"path": "b.jpg", "duplicate.copies": 3, "duplicate.is_master": False},
        {"path": "c.jpg", "duplicate.copies": 3, "duplicate.is_master": False, "record.purpose_ended_on": ON},
        {"path": "d.jpg", "people.level": "P0"},
        {"path": "e.jpg", "people.level": None, "duplicate.copies": 2, "duplicate.is_master": False},
    ]
    common = {
        "source": "nas",
        "sha256": "ab" * 32,
        "cluster_id": "c1",
        "owner": "Creative",
        "jurisdiction": "HK",
        "people_level": "P2",
        "people.level": "P2",
        "people.faces": 1,
        "record.retention_policy": "IRS 4",
        "record.purpose_end_confirmed_by": "Creative",
        "notice.reference": "N-1",
        "record.purpose": "campaign",
        "record.owner": "Creative",
        "record.class": "campaign_portrait",
        "location.jurisdiction": "HK",
    }
    return pd.DataFrame([{**common, **row} for row in rows])


def hold(**selectors: Any) -> Hold:
    base: dict[str, Any] = {"hold_id": "LH-1", "kind": "legal_hold", "matter": "arbitration", "issued_by": "GC"}
    return Hold(**{**base, "issuer_role": "legal", "starts_on": date(2026, 1, 1), **selectors})


def test_columns_are_the_promised_ones_in_order(core: Pack) -> None:
    result = evaluate([core], library(), [], on=ON)
    assert tuple(result.findings.columns) == frozen_columns(Table.FINDINGS)
    assert tuple(result.dispositions.columns) == COLUMNS[Table.DISPOSITIONS]
    assert result.findings.map(lambda value: isinstance(value, str)).all(axis=None)
    assert result.dispositions.map(lambda value: isinstance(value, str)).all(axis=None)


def test_one_disposition_for_each_holding_in_the_order_given(core: Pack) -> None:
    result = evaluate([core], library(), [], on=ON).dispositions
    assert list(result["path"]) == ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"]
    assert list(result["outcome"]) == ["no_rule", "flag", "due", "no_rule", "cannot_decide"]
    assert result["due_on"][2] == "2026-11-20"
    assert result["missing_facts"][4] == "people.level"


def test_the_same_input_gives_the_same_bytes(core: Pack) -> None:
    first, second = (evaluate([core], library(), [hold(source="nas")], on=ON) for _ in range(2))
    assert first.findings.to_csv() == second.findings.to_csv()
    assert first.dispositions.to_csv() == second.dispositions.to_csv()


def test_a_finding_keeps_its_name_when_other_rows_come_and_go(core: Pack) -> None:
    whole = evaluate([core], library(), [], on=ON).findings
    part = evaluate([core], library().iloc[1:3].reset_index(drop=True), [], on=ON).findings
    assert set(part["finding_id"]) <= set(whole["finding_id"])
    assert len(part) and whole["finding_id"].is_unique


def test_nothing_is_proposed_for_erasure_while_a_hold_lasts(core: Pack) -> None:
    result = evaluate([core], library(), [hold(path_pattern="c.*", review_on=date(2027, 1, 1))], on=ON)
    held = result.findings[result.findings["path"] == "c.jpg"]
    assert set(held["proposal"]) == {"keep_on_hold"}
    assert result.dispositions["outcome"][2] == "on_hold"
    assert result.dispositions["due_on"][2] == "2027-01-01"
    assert "continuing purpose" in result.dispositions["explanation"][2]


def test_an_empty_library_gives_empty_tables(core: Pack) -> None:
    result = evaluate([core], library().iloc[:0], [], on=ON)
    assert len(result.findings) == 0 and tuple(result.findings.columns) == frozen_columns(Table.FINDINGS)
    assert len(result.dispositions) == 0


def test_a_source_without_owner_is_one_finding_however_many_holdings_it_has(core: Pack) -> None:
    frame = pd.concat([library()] * 50, ignore_index=True).drop(columns="record.owner")
    findings = evaluate([core], frame, [], on=ON).findings
    ownerless = findings[findings["rule"] == "CORE-05"]
    assert len(ownerless) == 1
    assert ownerless.iloc[0]["path"] == "" and ownerless.iloc[0]["cluster_id"] == ""
    assert "250 of the 250 holdings" in ownerless.iloc[0]["explanation"]


def test_a_value_that_does_not_fit_is_named_and_taken_as_unknown(core: Pack) -> None:
    frame = library()
    frame["people.level"] = "P9"
    result = evaluate([core], frame, [], on=ON)
    assert any("people.level" in warning and "P9" in warning for warning in result.warnings)
    assert "not known" in result.dispositions["explanation"][4]


def test_findings_roll_up_by_rule_and_principle(core: Pack) -> None:
    frame = library().drop(columns=["record.owner", "record.purpose"])
    findings = evaluate([core], frame, [], on=ON).findings
    by_rule = roll_up(findings, [core], CountedBy.RULE)
    assert by_rule["findings"].sum() == len(findings)
    assert dict(zip(by_rule["rule"], by_rule["findings"], strict=True)) == findings["rule"].value_counts().to_dict()
    by_principle = roll_up(findings, [core], CountedBy.PRINCIPLE).set_index("principle")["minor"].to_dict()
    assert by_principle["s.26(1)"] == (findings["rule"] == "CORE-02").sum() > 0
    assert by_principle["DPP2(2)"] == findings["rule"].isin(["CORE-02", "CORE-03"]).sum() > by_principle["s.26(1)"]


def test_a_pack_decides_nothing_before_it_takes_effect(core: Pack) -> None:
    later = replace(core, effective_from=date(2026, 11, 21))
    assert evaluate([later], library(), [], on=ON).findings.empty
    assert len(evaluate([later], library(), [], on=date(2026, 11, 21)).findings)
