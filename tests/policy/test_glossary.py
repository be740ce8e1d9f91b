"""Chinese as Hong Kong law writes it: words that are never used, in packs, facts and label files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from pdpo_audit.policy.packs.folders import load_pack
from pdpo_audit.policy.words.authorities import authority_gloss

ROOT = Path(__file__).parents[2]
GLOSSARY = YAML(typ="safe").load((Path(__file__).parent / "glossary.yaml").read_text(encoding="utf-8"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FILES = [
    *sorted((ROOT / "policies").glob("*/*.yaml")),
    *sorted((ROOT / "policies").glob("*/*.md")),
    *sorted((ROOT / "report_templates").rglob("zh-Hant.toml")),
    *sorted((ROOT / "pdpo_audit" / "policy").rglob("*.py")),
    *sorted((ROOT / "pdpo_audit" / "reports").rglob("*.py")),
    *sorted((ROOT / "pdpo_audit" / "review").rglob("*.html*")),
    *sorted((ROOT / "pdpo_audit" / "review").rglob("*.toml")),
]


@pytest.mark.parametrize("entry", GLOSSARY, ids=lambda entry: entry["never"])
def test_no_file_uses_it(entry: dict[str, Any]) -> None:
    assert places_of(entry) == []


def places_of(entry: dict[str, Any]) -> list[str]:
    """Every line with the word, as ``file:line``, but for the expressions in which it is right."""
    found = []
    for file in FILES:
        if not any(name in str(file) for name in entry.get("where", [""])):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for right in entry.get("except", ()):
                line = line.replace(right, "")
            if entry["never"] in line:
                found.append(f"{file.relative_to(ROOT)}:{number}")
    return found


def test_the_glossary_says_what_to_write_and_why() -> None:
    for entry in GLOSSARY:
        assert CHINESE.search(entry["write"]) and entry["why"], entry
        assert entry["never"] not in entry["write"] or entry.get("except"), entry


def test_chinese_names_no_principle_by_its_english_letters() -> None:
    """A Chinese sentence writes 保障資料第2(2)原則 and 第26(1)條, not DPP2(2) and s.26(1)."""
    chinese = re.compile(r"zh-Hant: \"([^\"]*)\"")
    for file in (ROOT / "policies").glob("*/*.yaml"):
        for sentence in chinese.findall(file.read_text(encoding="utf-8")):
            assert not re.search(r"DPP ?\d|\bs\.\d|Cap\.", sentence), (file.parent.name, sentence)
            assert not re.search(r"[\u4e00-\u9fff][,;:!?]", sentence), (file.parent.name, sentence)


def test_every_authority_is_cited_in_chinese() -> None:
    for folder in sorted((ROOT / "policies").glob("hk-*")):
        for rule in load_pack(folder).rules:
            for item in rule.authorities:
                assert CHINESE.search(item.cite_zh), (rule.rule_id, item.cite)
            assert not re.search(r"DPP|Cap\.|\bs\.\d", authority_gloss(rule).zh), rule.rule_id
