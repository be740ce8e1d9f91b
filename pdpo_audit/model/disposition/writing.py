"""Plans, lines and approvals as canonical JSON (RFC 8785): the bytes that digests and signatures are of."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from typing import Any, TypeVar

from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.disposition.plans import Approval, Companion, Keeper, PlanHeader, PlanItem

PLAN_FORMAT = "pdpo-audit disposition plan 1"
APPROVAL_FORMAT = "pdpo-audit approval 1"

_OF_ITEM, _OF_KEEPER, _OF_COMPANION = (
    tuple(one.name for one in dataclasses.fields(kind)) for kind in (PlanItem, Keeper, Companion)
)

_Value = TypeVar("_Value", PlanHeader, Approval)


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: as RFC 8785 writes objects of texts, whole numbers and lists.

    Half of a surrogate pair, as odd file names bring, is written as its escape, which no RFC 8785 text has.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


def write_item(item: PlanItem) -> str:
    """One line of a plan. (``dataclasses.asdict`` copies deeply, which took most of a large plan's time.)"""
    raw = {name: getattr(item, name) for name in _OF_ITEM}
    raw["keepers"] = [{name: getattr(one, name) for name in _OF_KEEPER} for one in item.keepers]
    raw["companions"] = [{name: getattr(one, name) for name in _OF_COMPANION} for one in item.companions]
    return canonical(raw).decode()


def read_item(line: str) -> PlanItem:
    """The line that ``write_item`` wrote; ``ValueError`` unless it is exactly one."""
    try:
        raw: dict[str, Any] = json.loads(line)
        raw["act"] = DisposalAct(raw["act"])
        raw["keepers"] = tuple(Keeper(**one) for one in raw["keepers"])
        raw["companions"] = tuple(Companion(**one) for one in raw["companions"])
        item = PlanItem(**raw)
        if write_item(item) != line:
            raise ValueError("not written as this program writes lines of plans")
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no line of a plan: {type(error).__name__}: {error}") from error
    return item


def items_digest(lines: Iterable[str]) -> str:
    """SHA-256 (hex) of all lines in their order, each ended by a line feed."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def write_header(header: PlanHeader) -> bytes:
    """A plan's header; its SHA-256 is the digest of the plan."""
    return canonical({"format": PLAN_FORMAT, **dataclasses.asdict(header)})


def read_header(raw: bytes) -> PlanHeader:
    """The header in ``raw``; ``ValueError`` unless it is exactly as this program writes one."""
    return _read(raw, PlanHeader, PLAN_FORMAT)


def write_approval(approval: Approval) -> bytes:
    """What a person says of a plan, as their key signs it."""
    return canonical({"format": APPROVAL_FORMAT, **dataclasses.asdict(approval)})


def read_approval(raw: bytes) -> Approval:
    """The approval in ``raw``; ``ValueError`` unless it is exactly as this program writes one."""
    return _read(raw, Approval, APPROVAL_FORMAT)


def plan_digest(header: bytes) -> str:
    """The digest (SHA-256, hex) that approvals are bound to."""
    return hashlib.sha256(header).hexdigest()


def _read(raw: bytes, kind: type[_Value], form: str) -> _Value:
    try:
        content: dict[str, Any] = json.loads(raw)
        if content.pop("format") != form:
            raise ValueError(f"its form is not {form!r}")
        for name, value in content.items():
            if isinstance(value, list):
                content[name] = tuple(map(str, value))
        found = kind(**content)
        if canonical({"format": form, **dataclasses.asdict(found)}) != raw:
            raise ValueError("not written as this program writes it")
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not readable: {type(error).__name__}: {error}") from error
    return found
