"""A manual check on the review pages: drawn there, judged picture by picture, taken into the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.queries.contents import contents_of_digest
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.entering.acts import Act, expect
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.sampling.drawing import Answer, CheckedSample, choose, keep_answers
from pdpo_audit.workspace.setup.persons import refuse_leaver

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: The catalogue's key for the sample that is being judged.
_DRAWN = "sample_on_pages"
#: Pictures of each kind at most: about an hour's work of one person.
MOST = 500


class Seen(StrEnum):
    """What somebody says of a picture of a sample."""

    YES = "yes"
    NO = "no"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample that is judged: what was said of each picture by its number (from 1), and the next one without.

    What the program says of a picture is not told before the end, so that nobody is led.
    """

    identity: str
    drawn_on: str
    drawn_by: str
    size: int
    answered: int
    next: int

    @property
    def finished(self) -> bool:
        """Whether everything was judged."""
        return self.next > self.size


def open_sample(project: Project, reviewer: Reviewer) -> Sample | None:
    """The sample that is being judged; ``None`` where none was drawn.

    :raises CallError: the reviewer does not see every source, from all of which it was drawn.
    """
    expect(reviewer, Act.SAMPLES)
    kept = _read(project.store.recall(_DRAWN))
    return _sample(kept) if kept else None


def begin_sample(project: Project, reviewer: Reviewer, *, each: int) -> Sample:
    """Draw a sample to be judged on the pages, in place of one that was not finished."""
    expect(reviewer, Act.SAMPLES)
    refuse_leaver(project, reviewer.name)
    if not 1 <= each <= MOST:
        raise CallError(f"draw 1 to {MOST} pictures of each kind")
    seed = int.from_bytes(project.entropy(4), "big")
    drawn = choose(project, each=each, seed=seed)
    kept = {
        "identity": project.token(), "seed": seed, "drawn_on": project.clock().date().isoformat(),
        "drawn_by": reviewer.name, "pictures": [[one.sha256, one.says] for one in drawn.pictures], "answers": {},
    }  # fmt: skip
    with project.store.transaction() as transaction:
        _write(transaction, kept)
        told: Details = {"seed": seed, "pictures": len(drawn.pictures), "by": reviewer.name}
        transaction.append_event("sample drawn", told, at=project.clock(), actor=project.actor)
    return _sample(kept)


def picture_of(project: Project, reviewer: Reviewer, identity: str, number: int) -> int:
    """The content that is the picture ``number`` of a sample.

    :raises CallError: it is no longer held, or another sample was drawn.
    """
    expect(reviewer, Act.SAMPLES)
    kept = _expect(_read(project.store.recall(_DRAWN)), identity, number)
    found = contents_of_digest(project.store, bytes.fromhex(kept["pictures"][number - 1][0]))
    if not found:
        raise CallError("this picture is no longer held", advice="say that it cannot be judged")
    return found[0]


def judge(project: Project, reviewer: Reviewer, identity: str, number: int, seen: Seen) -> Sample:
    """Take what a reviewer saw in a picture, in place of what was said of it before."""
    expect(reviewer, Act.SAMPLES)
    refuse_leaver(project, reviewer.name)
    with project.store.transaction() as transaction:
        kept = _expect(_read(transaction.recall(_DRAWN)), identity, number)
        kept["answers"][str(number)] = [seen.value, reviewer.name]
        _write(transaction, kept)
    return _sample(kept)


def finish(project: Project, reviewer: Reviewer, identity: str) -> CheckedSample:
    """Take the sample into the report: its error rates stand there from now on.

    :raises CallError: nothing was judged yet, or another sample was drawn.
    """
    expect(reviewer, Act.SAMPLES)
    kept = _expect(_read(project.store.recall(_DRAWN)), identity, 1)
    answers = [
        Answer(says=kept["pictures"][int(number) - 1][1], seen=seen == Seen.YES, by=by)
        for number, (seen, by) in kept["answers"].items()
        if seen != Seen.CANNOT
    ]
    if not answers:
        raise CallError("nothing was judged yet")
    return keep_answers(project, answers, len(kept["pictures"]) - len(answers))


def _expect(kept: dict[str, Any], identity: str, number: int) -> dict[str, Any]:
    if not kept or kept["identity"] != identity:
        raise CallError("another sample was drawn meanwhile", advice="open the page again")
    if not 1 <= number <= len(kept["pictures"]):
        raise CallError("the sample has no such picture")
    return kept


def _sample(kept: Mapping[str, Any]) -> Sample:
    size, answers = len(kept["pictures"]), kept["answers"]
    return Sample(
        identity=kept["identity"], drawn_on=kept["drawn_on"], drawn_by=kept["drawn_by"], size=size,
        answered=len(answers),
        next=next((number for number in range(1, size + 1) if str(number) not in answers), size + 1),
    )  # fmt: skip


def _read(text: str) -> dict[str, Any]:
    return dict(json.loads(text)) if text else {}


def _write(transaction: Transaction, kept: Mapping[str, Any]) -> None:
    transaction.remember(_DRAWN, json.dumps(kept, ensure_ascii=False, sort_keys=True))
