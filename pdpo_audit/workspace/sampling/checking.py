"""Manual checks: pictures drawn at random, looked at by people, and what that says of the face pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from pdpo_audit.errors import CallError
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.sheets import read_sheet, write_sheet
from pdpo_audit.sampling.intervals import Estimate, wilson
from pdpo_audit.workspace.exporting import table_frame
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.sampling.results import KEPT
from pdpo_audit.workspace.setup.persons import check_speaker
from pdpo_audit.workspace.setup.spreadsheets import note_spreadsheet

POSITIVE, NEGATIVE = "recognisable person (P2, P3)", "no recognisable person (P0, P1)"
_SEEN = "a recognisable person is there"
_HEADERS = ("number", "source", "path", "the program says", _SEEN, "checked by", "checked on", "sha256")
_WORDS = {"yes": True, "no": False, "y": True, "n": False, "是": True, "否": False, "有": True, "沒有": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSample:
    """A spreadsheet to fill in: how many pictures of each kind, drawn by ``seed`` from how many."""

    file: Path
    seed: int
    positives: int
    positives_of: int
    negatives: int
    negatives_of: int


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


def draw_sample(project: Project, file: Path, *, each: int, seed: int) -> DrawnSample:
    """Write ``each`` pictures that the face pass found people in, and as many others, in random order.

    One copy of a content stands for all. :raises CallError: the face pass has not run, or the file is there.
    """
    if file.exists():
        raise CallError(f"{file} exists already", advice="name another file with -o")
    held = table_frame(project, Table.HOLDINGS).drop_duplicates("sha256")
    levels = held["people_level"].astype(str)
    positives = held[levels.isin([PeopleLevel.P2.value, PeopleLevel.P3.value])]
    negatives = held[levels.isin([PeopleLevel.P0.value, PeopleLevel.P1.value])]
    if positives.empty and negatives.empty:
        raise CallError("no picture was looked at for people", advice="pdpo-audit scan --people all")
    chance = np.random.default_rng(seed)
    drawn = [
        (says, row)
        for says, rows in ((POSITIVE, positives), (NEGATIVE, negatives))
        for _, row in rows.iloc[chance.permutation(len(rows))[:each]].iterrows()
    ]
    order = [drawn[place] for place in chance.permutation(len(drawn)).tolist()]
    lines = [
        (number, row["source"], row["path"], says, "", "", "", row["sha256"])
        for number, (says, row) in enumerate(order, 1)
    ]
    write_sheet(
        file, "sample", _HEADERS, lines, widths=(8, 18, 60, 32, 30, 22, 14, 10), hidden=("sha256",),
        open_columns=(_SEEN, "checked by", "checked on"), choices=((_SEEN, -1, ("yes", "no")),), dates=("checked on",),
    )  # fmt: skip
    note_spreadsheet(project, file)
    counts = [sum(says == kind for says, _ in drawn) for kind in (POSITIVE, NEGATIVE)]
    return DrawnSample(
        file=file, seed=seed, positives=counts[0], positives_of=len(positives), negatives=counts[1],
        negatives_of=len(negatives),
    )  # fmt: skip


def read_sample(project: Project, file: Path) -> CheckedSample:
    """Take what people saw; the result stands in every report from now on.

    :raises CallError: naming every cell that says something else than yes or no, or nobody who checked.
    """
    answers, mistakes, unanswered = _answers(file)
    if mistakes:
        raise CallError("\n".join(mistakes), advice="mend the spreadsheet and read it again; nothing was taken")
    if not answers:
        raise CallError(f"{file} has no answer", advice=f'fill in "{_SEEN}" with yes or no')
    for person in {str(row["checked by"]).strip() for row in answers}:
        check_speaker(project, person)
    checked = _count(answers, unanswered, project.clock().date())
    kept = json.dumps({**asdict(checked), "spoken": checked.spoken()}, ensure_ascii=False, sort_keys=True)
    with project.store.transaction() as transaction:
        transaction.remember(KEPT, kept)
        details = {"positives": checked.positives, "negatives": checked.negatives, "missed": checked.missed}
        transaction.append_event("sample checked", dict(details), at=project.clock(), actor=project.actor)
    return checked


def _answers(file: Path) -> tuple[list[dict[str, Any]], list[str], int]:
    answers, mistakes, unanswered = [], [], 0
    for number, row in read_sheet(file, ("the program says", _SEEN, "checked by")):
        said = str(row[_SEEN] or "").strip().casefold()
        if not said:
            unanswered += 1
        elif said not in _WORDS:
            mistakes.append(f'row {number}: "{said[:40]}" is neither yes nor no')
        elif not str(row["checked by"] or "").strip():
            mistakes.append(f"row {number}: nobody is named who checked")
        elif row["the program says"] not in (POSITIVE, NEGATIVE):
            mistakes.append(f"row {number}: what the program says was changed")
        else:
            answers.append({**row, _SEEN: _WORDS[said]})
    return answers, mistakes, unanswered


def _count(answers: Sequence[dict[str, Any]], unanswered: int, today: date) -> CheckedSample:
    positives = [row for row in answers if row["the program says"] == POSITIVE]
    negatives = [row for row in answers if row["the program says"] == NEGATIVE]
    alarms, missed = sum(not row[_SEEN] for row in positives), sum(row[_SEEN] for row in negatives)
    return CheckedSample(
        positives=len(positives),
        false_alarms=alarms,
        false_alarm_rate=_rate(alarms, len(positives)),
        negatives=len(negatives),
        missed=missed,
        missed_rate=_rate(missed, len(negatives)),
        unanswered=unanswered,
        checked_by=tuple(sorted({str(row["checked by"]).strip() for row in answers})),
        checked_on=today.isoformat(),
    )


def _rate(found: int, of: int) -> Estimate:
    return wilson(found / of if of else 0.0, of)


def _percent(rate: Estimate) -> str:
    return f"{rate.value:.1%}, 95 % interval {rate.low:.1%} to {rate.high:.1%}"
