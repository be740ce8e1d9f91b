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

AUTHORITY = "[{kind: law, rank: ordinance, cite: Cap. 615, confidence: found, supports: period}]"
HOUSE = "[{kind: house_policy, rank: organisation_policy, cite: schedule, confidence: found, supports: period}]"
ADOPTED = "    adopted: {by: Board, on: 2000-01-01, reference: minutes 7}\n"
SUGGESTED = "[{kind: suggestion, rank: suggested_default, cite: pack, confidence: judgement, supports: period}]"


def rule(
    rule_id: str, when: str, retention: str = "", *, authority: str = "", propose: str = "", more: str = ""
) -> str:
    """One rule; ``when`` is a list in flow style. What limits keeping is house policy and proposes erasure."""
    limits = "keep_no_longer_than" in retention or "ends_with" in retention
    authority = authority or (HOUSE if "keep_no_longer_than" in retention else AUTHORITY)
    adopted = ADOPTED if authority == HOUSE and retention else ""
    propose = propose or ("erase_this_copy" if limits else "review")
    held = f"    retention: {retention}\n" if retention else ""
    return (
        f"  - id: {rule_id}\n"
        "    title: {en: t, zh-Hant: t}\n"
        "    reason: {en: r, zh-Hant: r}\n"
        "    status: active\n"
        "    severity: major\n"
        f"    when: {{all: [{when}]}}\n"
        f"{held}"
        f"    propose: {propose}\n"
        f"    authority: {authority}\n"
        f"{adopted}{more}"
    )


def write_pack(folder: Path, *rules: str, head: str = HEAD, definitions: str = "") -> Path:
    """A pack folder with these rules."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(head + definitions + "rules:\n" + "".join(rules), encoding="utf-8")
    return folder
