"""Beside stage 2: what was certified as erased is known again when a scan reads it somewhere."""

from __future__ import annotations

from collections.abc import Sequence

from pdpo_audit.catalogue.contents import ReadFile
from pdpo_audit.catalogue.disposition.returns import CameBack, ErasedLine, ThereBefore, erased_lines, record_came_back
from pdpo_audit.catalogue.places import place_key
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.returns import LikelyCause, Match, Watched
from pdpo_audit.model.pictures import Examination


def tell_returns(
    transaction: Transaction, watched: Watched, files: Sequence[ReadFile], before: ThereBefore, today: str
) -> int:
    """Record the copies among what was just read that are erased ones; how many these are.

    ``before`` says what the catalogue knew of the same files until now. A copy that was there all along is none that
    came back: the master of an erased copy has its bytes.
    """
    met = [(file, one, *found) for file in files for one in _pictures(file) if (found := _meet(watched, one))]
    if not met:
        return 0
    lines = erased_lines(transaction.connection, [(plan, number) for _, _, _, plan, number in met])
    copies = []
    for file, one, match, plan, number in met:
        line = lines.get((plan, number))
        if line is not None and _is_back(file, one, line, before):
            copies.append(
                CameBack(
                    plan_id=plan, number=number, source=one.ref.source, path=one.ref.path, sha256=one.sha256.hex(),
                    match=match, cause=likely_cause(one.ref.source, one.ref.path, line, match), seen_on=today,
                )
            )  # fmt: skip
    record_came_back(transaction, copies)
    return len(copies)


def _pictures(file: ReadFile) -> list[Examination]:
    return [one for one in file.results if isinstance(one, Examination)]


def _meet(watched: Watched, one: Examination) -> tuple[Match, str, int] | None:
    return watched.meet(one.sha256, one.width, one.height, one.pixels_sha256)


def _is_back(file: ReadFile, one: Examination, line: ErasedLine, before: ThereBefore) -> bool:
    """At its very place it always is; elsewhere where it was not there before."""
    if place_key(one.ref.source, one.ref.path) == place_key(line.source, line.path):
        return True
    name = file.folder_id, file.entry[0]
    day = before.days.get(name, "")
    return one.sha256 not in before.held.get(name, ()) and not (day and day < line.erased_on)


def likely_cause(source: str, path: str, line: ErasedLine, match: Match) -> LikelyCause:
    """A guess from where it lies and what it agrees in."""
    if (source, path) == (line.source, line.path):
        return LikelyCause.RESTORED
    if match is Match.PIXELS:
        return LikelyCause.MADE_AGAIN
    if path.rpartition("/")[2] != line.path.rpartition("/")[2]:
        return LikelyCause.UPLOADED
    return LikelyCause.SYNCED if source == line.source else LikelyCause.RESTORED
