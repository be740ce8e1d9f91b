"""Manual checks as a spreadsheet: pictures drawn at random, filled in by people, and read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.errors import CallError
from pdpo_audit.policy.stating.sheets import read_sheet, write_sheet
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.sampling.drawing import NEGATIVE, POSITIVE, Answer, CheckedSample, choose, keep_answers
from pdpo_audit.workspace.setup.persons import check_speaker
from pdpo_audit.workspace.setup.spreadsheets import note_spreadsheet

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


def draw_sample(project: Project, file: Path, *, each: int, seed: int) -> DrawnSample:
    """Write ``each`` pictures that the face pass found people in, and as many others, in random order.

    :raises CallError: the face pass has not run, or the file is there.
    """
    if file.exists():
        raise CallError(f"{file} exists already", advice="name another file with -o")
    drawn = choose(project, each=each, seed=seed)
    lines = [
        (number, one.source, one.path, one.says, "", "", "", one.sha256) for number, one in enumerate(drawn.pictures, 1)
    ]
    write_sheet(
        file, "sample", _HEADERS, lines, widths=(8, 18, 60, 32, 30, 22, 14, 10), hidden=("sha256",),
        open_columns=(_SEEN, "checked by", "checked on"), choices=((_SEEN, -1, ("yes", "no")),), dates=("checked on",),
    )  # fmt: skip
    note_spreadsheet(project, file)
    return DrawnSample(
        file=file, seed=seed, positives=drawn.count(POSITIVE), positives_of=drawn.positives_of,
        negatives=drawn.count(NEGATIVE), negatives_of=drawn.negatives_of,
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
    for person in {one.by for one in answers}:
        check_speaker(project, person)
    return keep_answers(project, answers, unanswered)


def _answers(file: Path) -> tuple[list[Answer], list[str], int]:
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
            by = str(row["checked by"]).strip()
            answers.append(Answer(says=str(row["the program says"]), seen=_WORDS[said], by=by))
    return answers, mistakes, unanswered
