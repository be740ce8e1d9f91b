"""Manual checks of the face pass: which pictures are drawn, and what people's answers say of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from pdpo_audit.errors import CallError
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.tables import Table
from pdpo_audit.sampling.intervals import Estimate, wilson
from pdpo_audit.workspace.exporting import table_frame
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.sampling.results import KEPT

POSITIVE, NEGATIVE = "recognisable person (P2, P3)", "no recognisable person (P0, P1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPicture:
    """One picture of a sample: a copy of it, its content's SHA-256 (hex), and what the program says of it."""

    source: str
    path: str
    sha256: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Pictures in random order, and from how many of each kind they were drawn."""

    pictures: tuple[DrawnPicture, ...]
    positives_of: int
    negatives_of: int

    def count(self, says: str) -> int:
        """How many of one kind were drawn."""
        return sum(one.says == says for one in self.pictures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one person saw in one picture."""

    says: str
    seen: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSample:
    """What people saw: false alarms among positives, and persons missed among negatives; shares with 95 % intervals."""

    positives: int
    false_alarms: int
    false_alarm_rate: Estimate
    negatives: int
    missed: int
    missed_rate: Estimate
    unanswered: int
    checked_by: tuple[str, ...]
    checked_on: str

    def spoken(self) -> str:
        """One sentence for the report."""
        said = [
            f"of {self.positives} pictures said to show a recognisable person {self.false_alarms} did not"
            f" ({_percent(self.false_alarm_rate)})",
            f"of {self.negatives} said to show none {self.missed} did ({_percent(self.missed_rate)})",
        ]
        return f"{'; '.join(said)}; checked by {', '.join(self.checked_by)} on {self.checked_on}"


def choose(project: Project, *, each: int, seed: int) -> Draw:
    """``each`` pictures that the face pass found people in, and as many others, in random order.

    One copy of a content stands for all. :raises CallError: the face pass has not run.
    """
    held = table_frame(project, Table.HOLDINGS).drop_duplicates("sha256")
    levels = held["people_level"].astype(str)
    positives = held[levels.isin([PeopleLevel.P2.value, PeopleLevel.P3.value])]
    negatives = held[levels.isin([PeopleLevel.P0.value, PeopleLevel.P1.value])]
    if positives.empty and negatives.empty:
        raise CallError("no picture was looked at for people", advice="pdpo-audit scan --people all")
    chance = np.random.default_rng(seed)
    drawn = [
        DrawnPicture(source=str(row["source"]), path=str(row["path"]), sha256=str(row["sha256"]), says=says)
        for says, rows in ((POSITIVE, positives), (NEGATIVE, negatives))
        for _, row in rows.iloc[chance.permutation(len(rows))[:each]].iterrows()
    ]
    order = tuple(drawn[place] for place in chance.permutation(len(drawn)).tolist())
    return Draw(pictures=order, positives_of=len(positives), negatives_of=len(negatives))


def keep_answers(project: Project, answers: Sequence[Answer], unanswered: int) -> CheckedSample:
    """Count what people saw; the result stands in every report from now on, in place of the sample before."""
    checked = _count(answers, unanswered, project.clock().date().isoformat())
    kept = json.dumps({**asdict(checked), "spoken": checked.spoken()}, ensure_ascii=False, sort_keys=True)
    with project.store.transaction() as transaction:
        transaction.remember(KEPT, kept)
        details = {"positives": checked.positives, "negatives": checked.negatives, "missed": checked.missed}
        transaction.append_event("sample checked", dict(details), at=project.clock(), actor=project.actor)
    return checked


def _count(answers: Sequence[Answer], unanswered: int, today: str) -> CheckedSample:
    positives = [one for one in answers if one.says == POSITIVE]
    negatives = [one for one in answers if one.says == NEGATIVE]
    alarms, missed = sum(not one.seen for one in positives), sum(one.seen for one in negatives)
    return CheckedSample(
        positives=len(positives),
        false_alarms=alarms,
        false_alarm_rate=_rate(alarms, len(positives)),
        negatives=len(negatives),
        missed=missed,
        missed_rate=_rate(missed, len(negatives)),
        unanswered=unanswered,
        checked_by=tuple(sorted({one.by for one in answers})),
        checked_on=today,
    )


def _rate(found: int, of: int) -> Estimate:
    return wilson(found / of if of else 0.0, of)


def _percent(rate: Estimate) -> str:
    return f"{rate.value:.1%}, 95 % interval {rate.low:.1%} to {rate.high:.1%}"
