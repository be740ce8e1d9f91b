"""Small rule packs for the tests, written as an author would write them."""

from __future__ import annotations

from pathlib import Path

HEAD = """rulepack: pdpo-audit/v1
pack:
  id: test-pack
  version: 1.0.0
  title: {en: Test, zh-Hant: 測試}
  summary: {en: Test, zh-Hant: 測試}
"""

AUTHORITY = "[{kind: law, rank: ordinance, cite: Cap. 486, confidence: found, supports: period}]"
HOUSE = "[{kind: house_policy, rank: organisation_policy, cite: schedule, confidence: found, supports: period}]"


def rule(rule_id: str, when: str, retention: str = "", *, authority: str = AUTHORITY, more: str = "") -> str:
    """One rule; ``when`` is a list in flow style."""
    held = f"    retention: {retention}\n" if retention else ""
    return (
        f"  - id: {rule_id}\n"
        "    title: {en: t, zh-Hant: t}\n"
        "    reason: {en: r, zh-Hant: r}\n"
        "    status: active\n"
        "    severity: major\n"
        f"    when: {{all: [{when}]}}\n"
        f"{held}"
        "    propose: review\n"
        f"    authority: {authority}\n"
        f"{more}"
    )


def write_pack(folder: Path, *rules: str, head: str = HEAD, definitions: str = "") -> Path:
    """A pack folder with these rules."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(head + definitions + "rules:\n" + "".join(rules), encoding="utf-8")
    return folder
