"""docs/rules.md says what the registry, the language and the ladder are."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pdpo_audit.model.findings import Outcome
from pdpo_audit.policy.packs.conditions import OPERATORS
from pdpo_audit.policy.packs.retentions import RETENTION_KEYS
from pdpo_audit.policy.packs.rules import RULE_KEYS
from pdpo_audit.policy.packs.schema import json_schema
from pdpo_audit.policy.terms.facts import REGISTRY

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def test_every_fact_stands_in_the_table_with_its_words() -> None:
    for fact in REGISTRY.values():
        (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{fact.name}` |")]
        assert fact.gloss.en in row and fact.type.value in row and all(f"`{word}`" in row for word in fact.values)


def test_every_key_comparison_and_outcome_is_explained() -> None:
    for word in (*RETENTION_KEYS, *(f"{outcome.value}" for outcome in Outcome)):
        assert f"`{word}" in TEXT, word
    for operators in OPERATORS.values():
        assert all(f"`{operator.value}" in TEXT for operator in operators)


def test_the_schema_knows_every_key_and_fact() -> None:
    definitions = json_schema()["$defs"]
    assert set(definitions["rule"]["properties"]) == set(RULE_KEYS)
    assert set(definitions["retention"]["properties"]) == set(RETENTION_KEYS)
    asked = {key.split(" ")[0] for key in definitions["condition"]["properties"]}
    assert set(REGISTRY) <= asked


def test_reports_name_every_fact_in_both_languages() -> None:
    for language in ("en", "zh-Hant"):
        labels = (Path(__file__).parents[2] / "report_templates" / "audit" / "labels" / f"{language}.toml").read_text(
            "utf-8"
        )
        told = tomllib.loads(labels)["facts"]
        assert told == {name: fact.gloss.in_language(language) for name, fact in REGISTRY.items()}
