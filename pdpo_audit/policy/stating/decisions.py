"""Findings as a spreadsheet to decide on, and decisions read back; a stale file is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdpo_audit.errors import CallError
from pdpo_audit.policy.stating.sheets import read_sheet, write_sheet
from pdpo_audit.policy.terms.facts import nearest

if TYPE_CHECKING:
    import pandas as pd


class DecisionKind(StrEnum):
    """What a person says to a finding."""

    AGREE = "agree"
    PARTLY = "partly"
    DISAGREE = "disagree"
    POSTPONED = "postponed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One person's decision on one finding."""

    finding_id: str
    decision: DecisionKind
    reason: str
    decided_by: str
    role: str
    decided_on: date


#: In which roles people decide; the same words as in the settings, which also know who only looks or sets up.
ROLES = ("reviewer", "legal", "compliance", "communications", "dpo", "owner")
_SHOWN = ("finding_id", "severity", "rule", "proposal", "due_on", "owner", "source", "path", "cluster_id", "master",
          "people_level", "authority", "authority_rank", "explanation")  # fmt: skip
#: So many rows have a picture: more would make the file slow to open.
PICTURED = 400
_OPEN = ("decision", "reason", "decided_by", "role", "decided_on")
_STATE = "state"
_WIDTHS = (18, 11, 11, 22, 12, 16, 16, 36, 18, 36, 8, 40, 18, 60, 14, 40, 18, 14, 14, 10)
_PICTURE, _PICTURE_WIDTH = "picture", 15
_GRADES = ("critical", "major", "minor", "observation")


def write_decisions(
    findings: pd.DataFrame,
    file: Path,
    masters: Mapping[str, str] | None = None,
    picture: Callable[[str], bytes] = lambda _cluster: b"",
) -> None:
    """The findings with the columns to fill in, most severe and most urgent first.

    Decisions made earlier are shown where ``determination`` has them. ``masters`` gives the master's place of a
    duplicate cluster, ``picture`` its small pixelated picture (JPEG), shown beside the most severe rows.
    """
    found = sorted(findings.to_dict("records"), key=_urgency)
    rows = [
        [
            "",
            *((masters or {}).get(str(row["cluster_id"]), "") if name == "master" else row[name] for name in _SHOWN),
            row["determination"], "", "", "", "", _state(row),
        ]
        for row in found
    ]  # fmt: skip
    write_sheet(
        file,
        "decisions",
        (_PICTURE, *_SHOWN, *_OPEN, _STATE),
        rows,
        widths=(_PICTURE_WIDTH, *_WIDTHS),
        pictures=[picture(str(row["cluster_id"])) if row["cluster_id"] else b"" for row in found[:PICTURED]],
        open_columns=_OPEN,
        choices=[("decision", -1, tuple(DecisionKind)), ("role", -1, ROLES)] if rows else (),
        dates=("decided_on",),
        hidden=(_STATE,),
    )


def _urgency(row: dict[Any, Any]) -> tuple[int, str, str, str]:
    """Worse grades first, then earlier days, then the owners together."""
    severity = str(row["severity"])
    grade = _GRADES.index(severity) if severity in _GRADES else len(_GRADES)
    return grade, str(row["due_on"] or "9999"), str(row["owner"]), str(row["path"])


def _state(row: dict[Any, Any]) -> str:
    """What a decision rests on; it changes when the finding does."""
    parts = (row["finding_id"], row["pack_sha256"], row["proposal"], row["due_on"], row["severity"])
    return sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_decisions(file: Path, findings: pd.DataFrame, *, today: date) -> tuple[Decision, ...]:
    """Every new decision. Raises ``CallError`` with all mistakes; a file made of other findings is refused whole."""
    current = {str(row["finding_id"]): row for row in findings.to_dict("records")}
    made: list[Decision] = []
    wrong: list[str] = []
    stale: list[str] = []
    for number, row in read_sheet(file, ("finding_id", *_OPEN, _STATE)):
        if not _is_new(row, current):
            continue
        finding = current.get(str(row["finding_id"]))
        if finding is None or _state(finding) != row[_STATE]:
            stale.append(f"{file}:{number}: finding {str(row['finding_id'])[:40]} has changed or is gone")
            continue
        mistakes = _mistakes(row, today)
        wrong.extend(f"{file}:{number}: {mistake}" for mistake in mistakes)
        if not mistakes:
            made.append(_decision(row, today))
    _refuse(stale, wrong)
    return tuple(made)


def _is_new(row: dict[str, Any], current: dict[str, dict[Any, Any]]) -> bool:
    """Something is written that is not merely the earlier decision shown again; nothing is dropped in silence."""
    said = str(row.get("decision") or "").strip()
    earlier = str(current.get(str(row.get("finding_id")), {}).get("determination", ""))
    return bool(_beside(row)) or (bool(said) and said != earlier)


def _beside(row: dict[str, Any]) -> list[tuple[str, str]]:
    """What is written in the columns beside the decision."""
    cells = ((name, str(row.get(name) if row.get(name) is not None else "").strip()) for name in _OPEN[1:])
    return [(name, text) for name, text in cells if text]


def _refuse(stale: Sequence[str], wrong: Sequence[str]) -> None:
    if stale:
        advice = "The file was made of another assessment; export the decisions again. Nothing was taken over."
        raise CallError("\n".join([*stale, *wrong]), advice=advice)
    if wrong:
        raise CallError("\n".join(wrong), advice="Nothing was taken over; correct these rows and import again.")


def _mistakes(row: dict[str, Any], today: date) -> list[str]:
    said = str(row.get("decision") or "").strip()
    kinds = tuple(str(kind.value) for kind in DecisionKind)
    found = []
    if not said:
        name, text = _beside(row)[0]
        found.append(
            f"column decision is empty, but {name} says {text[:40]!r}: one of {', '.join(kinds)} belongs there"
        )
    elif said not in kinds:
        found.append(f'"{said[:40]}" is no decision{nearest(said, kinds) or "; it is one of " + ", ".join(kinds)}')
    if said and said != DecisionKind.AGREE and not str(row.get("reason") or "").strip():
        found.append("a reason is needed unless the decision is to agree")
    if not str(row.get("decided_by") or "").strip():
        found.append("nobody is named who decided (column decided_by)")
    role = str(row.get("role") or "").strip()
    if role and role.casefold() not in ROLES:
        hint = nearest(role.casefold(), ROLES) or f"; it is one of {', '.join(ROLES)}"
        found.append(f'role: "{role[:40]}" is no role that decides{hint}')
    try:
        if _day(row.get("decided_on"), date.min) > today:
            found.append(f"decided_on: {_day(row.get('decided_on'), today)} is in the future; today is {today}")
    except ValueError:
        found.append(f"decided_on: {str(row.get('decided_on'))[:40]!r} is no date such as 2026-11-20")
    return found


def _decision(row: dict[str, Any], today: date) -> Decision:
    return Decision(
        finding_id=str(row["finding_id"]),
        decision=DecisionKind(str(row["decision"]).strip()),
        reason=str(row.get("reason") or "").strip(),
        decided_by=str(row["decided_by"]).strip(),
        role=str(row.get("role") or "").strip(),
        decided_on=_day(row.get("decided_on"), today),
    )


def _day(raw: object, today: date) -> date:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return today
    if isinstance(raw, datetime):
        return raw.date()
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())
