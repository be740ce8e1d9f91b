"""Every operation of the API: its address, who may, what it takes and gives. Routes and description come from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from pdpo_audit.review.api import shapes, verbs
from pdpo_audit.workspace.review.reviewers import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address with one method; ``answer`` is ``None`` where it gives a JPEG."""

    method: Literal["GET", "POST"]
    path: str
    work: Callable[[verbs.Call], Any]
    right: Right
    answer: type[BaseModel] | None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (self.work.__doc__ or "").strip()


_LOOK, _DECIDE = Right.LOOK, Right.DECIDE

OPERATIONS = (
    Operation(method="GET", path="/me", work=verbs.me, right=_LOOK, answer=shapes.Me),
    Operation(method="GET", path="/standing", work=verbs.standing, right=_LOOK, answer=shapes.Standing),
    Operation(
        method="GET", path="/findings", work=verbs.findings, right=_LOOK, answer=shapes.Findings,
        query=shapes.FindingsAsked,
    ),
    Operation(
        method="GET", path="/copies", work=verbs.copies, right=_LOOK, answer=shapes.Copies, query=shapes.CopiesAsked
    ),
    Operation(method="GET", path="/cases/{key}", work=verbs.case, right=_LOOK, answer=shapes.Case),
    Operation(
        method="POST", path="/cases/{key}/decisions", work=verbs.decide, right=_DECIDE, answer=shapes.Decided,
        body=shapes.CaseDecision,
    ),
    Operation(
        method="POST", path="/cases/{key}/judgements", work=verbs.judge, right=_DECIDE, answer=shapes.Judged,
        body=shapes.Picture,
    ),
    Operation(
        method="POST", path="/groups/preview", work=verbs.preview, right=_LOOK, answer=shapes.Group,
        body=shapes.GroupAsked,
    ),
    Operation(
        method="POST", path="/groups/decisions", work=verbs.decide_many, right=_DECIDE, answer=shapes.Decided,
        body=shapes.GroupDecision,
    ),
    Operation(method="GET", path="/decisions/{batch}", work=verbs.decided, right=_DECIDE, answer=shapes.Decided),
    Operation(method="POST", path="/decisions/{batch}/undo", work=verbs.undo, right=_DECIDE, answer=shapes.Decided),
    Operation(method="GET", path="/batch", work=verbs.batch, right=_DECIDE, answer=shapes.Batch),
    Operation(
        method="POST", path="/batch", work=verbs.take, right=_DECIDE, answer=shapes.Batch, body=shapes.BatchAsked
    ),
    Operation(method="POST", path="/batch/return", work=verbs.give, right=_DECIDE, answer=shapes.Batch),
    Operation(method="GET", path="/pictures/{content}", work=verbs.picture, right=_LOOK, answer=None),
)  # fmt: skip
