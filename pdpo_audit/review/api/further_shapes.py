"""What is asked and answered beside findings and cases: questions, metadata, masters, second looks, dates, changes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from pdpo_audit.review.api.shapes import Shape, Text

_Number = Annotated[int, Field(ge=0, le=2**53)]


class Question(Shape):
    """A fact that copies of a source wait for; ``kind`` says how to answer where there are no choices."""

    source: str
    fact: str
    text: dict[str, str]
    choices: list[str]
    kind: str
    waiting: int


class Questions(Shape):
    """What is asked of this person's sources, what most copies wait for first."""

    rows: list[Question]


class AnswerSaid(Shape):
    """An answer for a source, or for a folder in it."""

    source: Text
    fact: Text
    value: Text
    folder: Text = ""


class OfferedField(Shape):
    """What copies say in a field and their master does not."""

    field: str
    texts: list[str]


class KeptMetadata(Shape):
    """What somebody kept with a master."""

    number: int
    values: dict[str, list[str]]
    by: str
    at: str
    reason: str


class Metadata(Shape):
    """What the copies of a case say beyond their master, and what is kept with it."""

    version: str
    offered: list[OfferedField]
    kept: list[KeptMetadata]


class MetadataKept(Shape):
    """The fields that are kept with the master of a case as it was read."""

    version: Text
    fields: Annotated[list[Text], Field(min_length=1, max_length=50)]
    reason: Text = ""


class MetadataLetGo(Shape):
    """What was kept by this number is no longer kept."""

    version: Text
    number: _Number


class MastersAsked(Shape):
    """Masters below a folder of a source; ``also_poorer`` takes copies that are smaller or changed, too."""

    source: Text
    folder: Text
    also_poorer: bool = False


class MasterChange(Shape):
    """A duplicate cluster with its master as it would be, and as it is."""

    cluster_id: str
    source: str
    path: str
    relation: str
    present_source: str
    present_path: str


class Masters(Shape):
    """What would be confirmed: ``count`` clusters, the first ones by name; and how many are left alone, and why."""

    version: str
    count: int
    changes: list[MasterChange]
    there: int
    judged: int
    poorer: int


class MastersConfirmed(MastersAsked):
    """Confirm the masters as their preview showed them, with their number."""

    reason: Text
    version: Text
    count: _Number


class MastersDone(Shape):
    """The act by its name, and how many masters stand by it."""

    act: str
    masters: int


class SecondLook(Shape):
    """A case that waits for this person as the second; it is read on the pages, blind."""

    number: int
    case: str
    why: str
    since: str


class SecondLooks(Shape):
    """The cases that wait, the oldest first."""

    rows: list[SecondLook]


class SignOffDone(Shape):
    """What one person said of the sealed report."""

    role: str
    name: str
    decision: str
    at: str


class SignOffs(Shape):
    """The newest sealed report, who has to sign it and who has; ``audit_id`` is empty where there is none."""

    audit_id: str
    draft_reasons: list[str]
    required: list[str]
    signed: list[SignOffDone]


class Due(Shape):
    """A date on which something is due: a review, its signatures, a hold's review, the end of exceptions and more."""

    due_on: str
    subject: str
    name: str
    slot: str
    standing: str
    count: int


class Dues(Shape):
    """Dates that come up, the earliest first."""

    on: str
    rows: list[Due]


class Point(Shape):
    """One audit in the trend; ``people`` is null where nobody looked for people, ``missing`` counts sources that were
    not (wholly) reached: the numbers lack them."""

    audit_id: str
    on: str
    copies: int
    additional: int
    findings: int
    people: int | None
    cost: float
    missing: int


class Changes(Shape):
    """The newest sealed audit, what it says of its changes (``delta.json`` without places), and the trend."""

    audit_id: str
    delta: dict[str, Any]
    trend: list[Point]
    left_out: list[str]


class Samples(Shape):
    """The manual check that is under way (``size`` 0: none), and what the newest one said."""

    size: int
    answered: int
    drawn_on: str
    result: dict[str, Any]
