"""Every operation of the API: its address, who may, what it takes and gives. Routes and description come from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from pdpo_audit.review.api import further_shapes, further_verbs, shapes, verbs
from pdpo_audit.workspace.review.entering.acts import Act
from pdpo_audit.workspace.review.reviewers import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address with one method; ``answer`` is ``None`` where it gives a JPEG."""

    method: Literal["GET", "POST"]
    path: str
    work: Callable[[verbs.Call], Any]
    act: Act
    answer: type[BaseModel] | None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None

    @property
    def scope(self) -> Right:
        """What the token must allow: to decide where that is what it does, to look for what is only told."""
        return Right.DECIDE if self.act is Act.DECIDE else Right.LOOK

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (self.work.__doc__ or "").strip()


OPERATIONS = (
    Operation(method="GET", path="/me", work=verbs.me, act=Act.LOOK, answer=shapes.Me),
    Operation(method="GET", path="/standing", work=verbs.standing, act=Act.LOOK, answer=shapes.Standing),
    Operation(
        method="GET", path="/findings", work=verbs.findings, act=Act.LOOK, answer=shapes.Findings,
        query=shapes.FindingsAsked,
    ),
    Operation(
        method="GET", path="/copies", work=verbs.copies, act=Act.LOOK, answer=shapes.Copies, query=shapes.CopiesAsked
    ),
    Operation(method="GET", path="/cases/{key}", work=verbs.case, act=Act.LOOK, answer=shapes.Case),
    Operation(
        method="POST", path="/cases/{key}/decisions", work=verbs.decide, act=Act.DECIDE, answer=shapes.Decided,
        body=shapes.CaseDecision,
    ),
    Operation(
        method="POST", path="/cases/{key}/judgements", work=verbs.judge, act=Act.DECIDE, answer=shapes.Judged,
        body=shapes.Picture,
    ),
    Operation(
        method="POST", path="/groups/preview", work=verbs.preview, act=Act.DECIDE, answer=shapes.Group,
        body=shapes.GroupAsked,
    ),
    Operation(
        method="POST", path="/groups/decisions", work=verbs.decide_many, act=Act.DECIDE, answer=shapes.Decided,
        body=shapes.GroupDecision,
    ),
    Operation(method="GET", path="/decisions/{batch}", work=verbs.decided, act=Act.DECIDE, answer=shapes.Decided),
    Operation(method="POST", path="/decisions/{batch}/undo", work=verbs.undo, act=Act.DECIDE, answer=shapes.Decided),
    Operation(method="GET", path="/batch", work=verbs.batch, act=Act.DECIDE, answer=shapes.Batch),
    Operation(
        method="POST", path="/batch", work=verbs.take, act=Act.DECIDE, answer=shapes.Batch, body=shapes.BatchAsked
    ),
    Operation(method="POST", path="/batch/return", work=verbs.give, act=Act.DECIDE, answer=shapes.Batch),
    Operation(method="GET", path="/pictures/{content}", work=verbs.picture, act=Act.LOOK, answer=None),
    Operation(
        method="GET", path="/questions", work=further_verbs.questions, act=Act.DECIDE, answer=further_shapes.Questions
    ),
    Operation(
        method="POST", path="/questions/answers", work=further_verbs.answer, act=Act.DECIDE,
        answer=further_shapes.Questions, body=further_shapes.AnswerSaid,
    ),
    Operation(
        method="GET", path="/cases/{key}/metadata", work=further_verbs.metadata, act=Act.LOOK,
        answer=further_shapes.Metadata,
    ),
    Operation(
        method="POST", path="/cases/{key}/metadata", work=further_verbs.keep_metadata, act=Act.DECIDE,
        answer=further_shapes.Metadata, body=further_shapes.MetadataKept,
    ),
    Operation(
        method="POST", path="/cases/{key}/metadata/let-go", work=further_verbs.let_go_metadata, act=Act.DECIDE,
        answer=further_shapes.Metadata, body=further_shapes.MetadataLetGo,
    ),
    Operation(
        method="POST", path="/keepers/preview", work=further_verbs.preview_masters, act=Act.DECIDE,
        answer=further_shapes.Masters, body=further_shapes.MastersAsked,
    ),
    Operation(
        method="POST", path="/keepers", work=further_verbs.confirm_masters, act=Act.DECIDE,
        answer=further_shapes.MastersDone, body=further_shapes.MastersConfirmed,
    ),
    Operation(
        method="POST", path="/keepers/{act}/undo", work=further_verbs.undo_masters, act=Act.DECIDE,
        answer=further_shapes.MastersDone,
    ),
    Operation(
        method="GET", path="/second-looks", work=further_verbs.second_looks, act=Act.DECIDE,
        answer=further_shapes.SecondLooks,
    ),
    Operation(
        method="GET", path="/sign-offs", work=further_verbs.sign_offs, act=Act.SIGN, answer=further_shapes.SignOffs
    ),
    Operation(method="GET", path="/dues", work=further_verbs.dues, act=Act.DUES, answer=further_shapes.Dues),
    Operation(
        method="GET", path="/changes", work=further_verbs.changes, act=Act.CHANGES, answer=further_shapes.Changes
    ),
    Operation(
        method="GET", path="/samples", work=further_verbs.samples, act=Act.SAMPLES, answer=further_shapes.Samples
    ),
)  # fmt: skip
