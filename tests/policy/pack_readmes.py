"""The tables of the packs' READMEs, made from the packs: ``python -m tests.policy.pack_readmes`` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pdpo_audit.policy.judging.constellations import fact_names_of
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.policy.terms.facts import STAGES as FOUND
from pdpo_audit.policy.terms.rules import Pack, Rule, Status

POLICIES = Path(__file__).parents[2] / "policies"
COLUMNS = ("rule", "what", "severity", "status", "act", "counted from", "rests on", "confidence")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"


def rule_row(rule: Rule) -> str:
    """One rule: what it finds, how grave, whether it decides, the act that it proposes, its event, its authorities."""
    retention = rule.retention
    events = [*(retention.start.facts if retention.start else ()), *retention.ends_with] if retention else []
    dated = bool(retention and (retention.counts or retention.ends_with))
    act = str(rule.act) if dated or rule.act != "review" else ""
    names = ", ".join(dict.fromkeys(f"`{fact.name}`" for fact in events))
    cites = "; ".join(f"{item.cite} [{item.rank.value}]" for item in rule.authorities)
    sure = ", ".join(dict.fromkeys(item.confidence.value.replace("_", " ") for item in rule.authorities))
    cells = (rule.rule_id, rule.title.en, rule.severity.value, rule.status.value, act, names, cites, sure)
    return "| " + " | ".join(cells) + " |"


def facts_needed(pack: Pack) -> str:
    """Which facts people supply and which the audit finds, in the order of the registry."""
    asked = {name for rule in pack.rules for name in fact_names_of(rule)}
    found = [f"`{name}`" for name, fact in REGISTRY.items() if name in asked and fact.supplier in FOUND]
    said = [f"`{name}`" for name, fact in REGISTRY.items() if name in asked and fact.supplier not in FOUND]
    return (
        f"From you (settings, a register, or the answers to `pdpo-audit questions`): {', '.join(said) or 'none'}.\n\n"
        f"Found by the audit itself: {', '.join(found) or 'none'}.\n"
    )


def rewritten(text: str, pack: Pack) -> str:
    """The README with its table of rules and its facts as the pack has them."""
    rows = HEAD + "\n".join(rule_row(rule) for rule in pack.rules) + "\n"
    text = re.sub(r"(## Rules\n\n).*?(?=\n## )", lambda found: found[1] + rows, text, flags=re.DOTALL)
    needed = facts_needed(pack)
    return re.sub(r"(## Facts it needs\n\n).*?(?=\n## )", lambda found: found[1] + needed, text, flags=re.DOTALL)


def overview(packs: Sequence[Pack]) -> str:
    """The table of all packs: what each covers, how many rules decide, which wait for a lawyer."""
    lines = ["| pack | what it covers | rules | drafts (off) |", "|---|---|---|---|"]
    for pack in packs:
        drafts = [rule.rule_id for rule in pack.rules if rule.status is Status.DRAFT]
        name, covers = pack.identity.name, pack.summary.en
        lines.append(
            f"| [{name}]({name}/README.md) | {covers} | {len(pack.rules) - len(drafts)} | {', '.join(drafts)} |"
        )
    return "\n".join(lines) + "\n"


def rewritten_overview(text: str, packs: Sequence[Pack]) -> str:
    """The page about all packs with its table as the packs are."""
    return re.sub(r"(## The packs\n\n).*?(?=\n## )", lambda found: found[1] + overview(packs), text, flags=re.DOTALL)


def pack_folders() -> list[Path]:
    """The folders of the packs that ship."""
    return sorted(path for path in POLICIES.iterdir() if path.is_dir())


if __name__ == "__main__":
    whole = POLICIES / "README.md"
    whole.write_text(
        rewritten_overview(whole.read_text(encoding="utf-8"), load_packs(pack_folders())), encoding="utf-8"
    )
    for folder in pack_folders():
        readme = folder / "README.md"
        readme.write_text(rewritten(readme.read_text(encoding="utf-8"), load_pack(folder)), encoding="utf-8")
