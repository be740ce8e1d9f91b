"""The end dates of what the program made: texts of the log, spreadsheets, backups, copies, sealed reports."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from pdpo_audit.catalogue import log
from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.care.made_files import digest_of, drop_note, files_made
from pdpo_audit.catalogue.reviewing.invitations import end_accesses
from pdpo_audit.catalogue.reviewing.leases import forget_leases
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.events import EARLY_TEXTS_FORGOTTEN
from pdpo_audit.policy.terms.periods import add_period, hong_kong_day, parse_period
from pdpo_audit.workspace.project import HONG_KONG, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came to its end: texts of events, files (spreadsheets, backups, copies), folders of sealed reports."""

    texts: int = 0
    #: The number of the last event whose text ended; 0 where none did.
    texts_until: int = 0
    files: int = 0
    reports: int = 0

    def any(self) -> bool:
        """Whether anything ended."""
        return bool(self.texts or self.files or self.reports)


def end_own_data(project: Project, transaction: Transaction) -> Ended:
    """End what the settings (``[catalogue] keep``) give no more time; the caller's transaction records it."""
    texts, until = _end_texts(project, transaction)
    _end_accesses(project, transaction)
    files, reports = _end_files(project, transaction), _end_reports(project)
    return Ended(texts=texts, texts_until=until, files=files, reports=reports)


def _has_ended(begun: date, period: str, today: date) -> bool:
    """Whether a period (ISO 8601, checked by the settings) that began on a day has run out; its last day is inside."""
    parsed = parse_period(period)
    return parsed is not None and add_period(begun, parsed) <= today


def _end_texts(project: Project, transaction: Transaction) -> tuple[int, int]:
    keep = project.settings.catalogue.keep.log_details
    today = project.clock().date()
    oldest = next(
        (
            day
            for entry in log.read(transaction.connection)
            if not entry.forgotten
            and not _has_ended(day := hong_kong_day(datetime.fromisoformat(entry.event.at)), keep, today)
        ),
        today,
    )
    ended, until, early = log.forget_texts(transaction.connection, datetime.combine(oldest, time(), HONG_KONG))
    if early:
        transaction.append_event(EARLY_TEXTS_FORGOTTEN, early, at=project.clock(), actor=project.actor)
    return ended, until


def _end_accesses(project: Project, transaction: Transaction) -> None:
    """Who looked at what on the review pages, and their sessions."""
    keep = parse_period(project.settings.catalogue.keep.access_log)
    if keep is not None:
        for forget in (end_accesses, forget_leases):
            forget(transaction, lambda day: add_period(day, keep) <= project.clock().date())


def _end_files(project: Project, transaction: Transaction) -> int:
    keep = project.settings.catalogue.keep
    today = project.clock().date()
    ended = 0
    for file, kind, made_on, digest in files_made(transaction.connection):
        if not _has_ended(made_on, keep.backups if kind == "backup" else keep.handouts, today):
            continue
        ours = file.is_relative_to(project.folder) or digest_of(file) == digest
        if file.is_file() and ours:
            for one in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))):
                one.unlink(missing_ok=True)
            ended += 1
        drop_note(transaction, file)
    return ended


def backups_left(project: Project) -> tuple[tuple[Path, date], ...]:
    """The backups that are there, and the day on which each ends."""
    period = parse_period(project.settings.catalogue.keep.backups)
    with project.store.reading() as connection:
        made = files_made(connection)
    return tuple(
        (file, add_period(made_on, period))
        for file, kind, made_on, _ in made
        if kind == "backup" and period is not None and file.is_file()
    )


def _end_reports(project: Project) -> int:
    keep = project.settings.catalogue.keep
    today = project.clock().date()
    ended = 0
    for audit in load_audits(project.store):
        folder = project.reports / audit.folder
        finished = audit.finished_at and hong_kong_day(datetime.fromisoformat(audit.finished_at))
        if audit.folder and finished and folder.is_dir() and _has_ended(finished, keep.reports, today):
            shutil.rmtree(folder)
            ended += 1
    for copy in _copies(project):
        made = hong_kong_day(datetime.fromtimestamp(copy.stat().st_mtime, HONG_KONG))
        if _has_ended(made, keep.handouts, today):
            shutil.rmtree(copy)
            ended += 1
    return ended


def _copies(project: Project) -> list[Path]:
    """Distribution copies and handouts."""
    return [
        folder
        for name in ("distribution", "handouts")
        if (project.folder / name).is_dir()
        for folder in sorted((project.folder / name).iterdir())
        if folder.is_dir() and not folder.is_symlink()
    ]
