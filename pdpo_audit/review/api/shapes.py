"""What the API is asked and what it answers, as types: its description and its checks come from them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.workspace.review.choices import Choice

#: Text as databases can hold it.
Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
_Row = Annotated[int, Field(ge=-1, le=2**31 - 1)]
_Many = Annotated[int, Field(ge=1, le=200)]


class Shape(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Shape):
    """What is wrong, in one sentence, and the way out."""

    error: str
    advice: str = ""


class FindingFilters(Shape):
    """Exactly this value in a column of findings; what is left out or empty is not asked."""

    rule: Text = ""
    severity: Text = ""
    people_level: Text = ""
    source: Text = ""
    owner: Text = ""
    jurisdiction: Text = ""
    proposal: Text = ""
    status: Text = ""
    determination: Text = ""
    cluster_id: Text = ""
    path: Text = ""


class FindingsAsked(FindingFilters):
    """A page of findings: filters, due until a day, the rows after one."""

    due_until: date | None = None
    after: _Row = -1
    limit: _Many = 50


class CopiesAsked(Shape):
    """A page of copies by what is due for each."""

    outcome: Text = ""
    act: Text = ""
    source: Text = ""
    due_rule: Text = ""
    path: Text = ""
    due_until: date | None = None
    after: _Row = -1
    limit: _Many = 50


def _record(name: str, table: Table) -> type[BaseModel]:
    columns: Any = dict.fromkeys(COLUMNS[table], (str, ""))
    return create_model(name, __base__=Shape, __doc__=f"A row of the exported table `{table.value}`.", **columns)


Finding = _record("Finding", Table.FINDINGS)
Disposition = _record("Disposition", Table.DISPOSITIONS)


class Findings(Shape):
    """A page of findings; ``after`` asks for the next one, null behind the last."""

    audit_id: str
    rows: list[Finding]  # type: ignore[valid-type]
    after: int | None


class Copies(Shape):
    """A page of dispositions; ``after`` asks for the next one, null behind the last."""

    audit_id: str
    rows: list[Disposition]  # type: ignore[valid-type]
    after: int | None


class Me(Shape):
    """Whom the token acts for, and what it may."""

    name: str
    roles: list[str]
    rights: list[str]
    sources: list[str]


class Standing(Shape):
    """Where the newest assessment stands for this person: open findings by severity, copies by outcome."""

    audit_id: str
    waiting: dict[str, int]
    #: Counts of it mean as many or more.
    many: int
    outcomes: dict[str, int]


class Copy(Shape):
    """One copy of a picture; its picture with every face covered is at ``/api/pictures/{content}``."""

    holding: int
    content: int
    sha256: str
    source: str
    path: str
    bytes: int
    format: str
    width: int
    height: int
    modified: str
    captured: str
    first_seen: str
    relation: str
    similarity: float
    is_master: bool
    confirmed_by: str
    people_level: str
    faces: int | None
    outcome: str
    act: str
    due_on: str
    stated: dict[str, Any]


class Related(Shape):
    """A picture that is related and no duplicate."""

    source: str
    path: str
    kind: str
    similarity: float


class Event(Shape):
    """Something that was said before."""

    at: str
    by: str
    what: str
    value: str
    reason: str
    taken_back: bool


class Taken(Shape):
    """Who has taken a case, and until when."""

    person: str
    until: str


class Case(Shape):
    """A duplicate cluster, or one picture; a decision names its ``version``."""

    key: str
    cluster_id: str
    version: str
    copies: list[Copy]
    #: Copies in sources that this person does not see.
    hidden: int
    findings: list[Finding]  # type: ignore[valid-type]
    said: list[Event]
    related: list[Related]
    taken: Taken | None


class Decision(Shape):
    """What is decided; every choice but agree needs a reason, keep who approved it and until when, escalate a role."""

    choice: Choice
    reason: Text = ""
    approver: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    until: date | None = None
    role: Literal["", "legal", "compliance", "communications", "dpo", "owner"] = ""


class CaseDecision(Decision):
    """A decision on findings of a case, as it was shown."""

    version: Text
    findings: Annotated[list[Text], Field(min_length=1, max_length=500)]


class GroupAsked(Shape):
    """Everything open that fits: a filter, a folder, a day."""

    filters: FindingFilters = FindingFilters()
    folder: Text = ""
    due_until: date | None = None


class GroupDecision(GroupAsked):
    """A decision on a group, as its preview showed it; ``count`` is the number that the preview said."""

    decision: Decision
    version: Text
    count: Annotated[int, Field(ge=0, le=10_000)]


class Group(Shape):
    """What a group decision would decide, and what it would leave alone."""

    version: str
    findings: int
    held: int
    decided: int
    taken: int
    examples: list[Finding]  # type: ignore[valid-type]


class Picture(Shape):
    """Something said of one copy of a case: the master, another picture, nobody, or what it is in law."""

    version: Text
    holding: Annotated[int, Field(ge=0, le=2**63 - 1)]
    say: Literal["master", "reject", "nobody", "legal"]
    reason: Text = ""
    #: In place of what somebody else said before.
    instead: bool = False
    determination: LegalDetermination | None = None
    code: LegalReason | None = None


class Judged(Shape):
    """The case after something was said of its pictures."""

    key: str
    version: str


class Decided(Shape):
    """Decisions that were made together; ``batch`` takes them back."""

    batch: str
    decision: str
    by: str
    at: str
    reason: str
    findings: list[str]
    taken_back: list[str]


class BatchAsked(Shape):
    """The next cases that fit and are nobody's."""

    filters: FindingFilters = FindingFilters()
    due_until: date | None = None
    size: Annotated[int, Field(ge=1, le=50)] = 20


class LeasedCase(Shape):
    """A case of one's batch."""

    key: str
    findings: int
    open: int


class Batch(Shape):
    """What this person has taken; ``until`` is empty where that is nothing."""

    until: str
    cases: list[LeasedCase]
