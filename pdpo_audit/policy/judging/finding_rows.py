"""Findings as rows of a table: who and where, what is the same for a rule, and each finding's lasting name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import PackIdentity, Severity
from pdpo_audit.model.locations.printed import lasting
from pdpo_audit.policy.judging.constellations import Picture
from pdpo_audit.policy.judging.effects import rank_of_day
from pdpo_audit.policy.judging.words import phrases
from pdpo_audit.policy.terms.fact_table import Codes
from pdpo_audit.policy.terms.identities import Texts, Who
from pdpo_audit.policy.terms.proposals import Proposal
from pdpo_audit.policy.terms.rules import Rule
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.words.authorities import authority_gloss


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same for many rows of one rule."""

    proposal: Proposal
    counted_from: str
    due_on: str
    said: Gloss

    @property
    def explanation(self) -> str:
        """What is said, in English."""
        return self.said.en

    @property
    def explanation_zh(self) -> str:
        """The same in Traditional Chinese."""
        return self.said.zh


#: Part of the table as columns of text.
Columns = dict[str, NDArray[np.object_]]


def rows_in_table(picture: Picture, index: int, mine: Texts, kinds: Codes, described: list[Kind]) -> Columns:
    """The rows of one rule: ``described[kinds[i]]`` for the i-th of ``mine``."""
    pack, rule = picture.rule_packs[index], picture.effects[index].rule
    shown = {name: column for name, column in mine.items() if name != "sha256"}
    head = f"{rule.rule_id}\0{pack.identity.name}\0"
    places = zip(mine["sha256"], mine["source"], mine["path"], strict=True)
    ids = [finding_id(head, sha, source, path) for sha, source, path in places]
    spread = {
        name: np.array([str(getattr(kind, name)) for kind in described] or [""], object)[kinds]
        for name in ("proposal", "counted_from", "due_on", "explanation", "explanation_zh")
    }
    same = constants(pack.identity, rule.rule_id, rule.severity, *_authority(rule, picture.on))
    return {"finding_id": np.array(ids, object), **shown, **spread, **repeated(same, len(ids))}


def repeated(same: dict[str, str], rows: int) -> Columns:
    """The same values in every row."""
    # Not `np.full`: it makes a string of its own for each row, 190 MB for 300,000 findings.
    return {name: np.array([value], object).repeat(rows) for name, value in same.items()}


def _authority(rule: Rule, on: date) -> tuple[Gloss, str, str]:
    rank, strongest = rank_of_day(rule, on), phrases.strongest(rule.carrying)
    return authority_gloss(rule, on), rank.value, strongest.confidence.value


def constants(
    pack: PackIdentity, rule_id: str, severity: Severity, cite: Gloss, rank: str, confidence: str
) -> dict[str, str]:
    """What all findings of one rule have in common."""
    return {
        "rule": rule_id,
        "pack": pack.name,
        "pack_version": pack.version,
        "pack_sha256": pack.sha256,
        "severity": severity.value,
        "authority": cite.en,
        "authority_zh": cite.zh,
        "authority_rank": rank,
        "confidence": confidence,
        "status": "open",
        "determination": "",
    }


def finding_id(head: str, sha: str, source: str, path: str) -> str:
    """The finding's lasting name: rule, pack (not its version), content and place."""
    return sha256(f"{head}{sha}\0{source}\0{lasting(path)}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def of_whole_sources(who: Who, rows: list[int]) -> Texts:
    """Rows that stand for their sources: without the place and the picture of the one holding."""
    blank = np.full(len(rows), "", object)
    return who.rows(rows) | dict.fromkeys(("path", "sha256", "cluster_id", "people_level"), blank)
