"""Purge: the tool's own data has an end date, too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.audits import PURGED, last_purge, load_audits
from pdpo_audit.catalogue.care import purging as recorded
from pdpo_audit.catalogue.proofs.sayings import said_faults_in
from pdpo_audit.catalogue.reviewing.keeping import digest_of_kept
from pdpo_audit.catalogue.sayings.holds import SELECTED, known_holds
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.errors import CallError, SettingsError
from pdpo_audit.model.events import Details
from pdpo_audit.model.tables import Table
from pdpo_audit.pipeline.holds import remember_selected
from pdpo_audit.policy.stating.holds import is_active
from pdpo_audit.policy.terms.periods import add_period, hong_kong_day, parse_period
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.workspace.exporting import table_frame
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.holds import with_capture_dates
from pdpo_audit.workspace.setup.endings import Ended, backups_left, end_own_data
from pdpo_audit.workspace.setup.held import refuse_unsaid
from pdpo_audit.workspace.setup.run_lock import exclusive

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.catalogue.memory import Memory
    from pdpo_audit.catalogue.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDate:
    """When the working data ends, and from which day on that is counted."""

    counted_from: date
    because: str
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was forgotten; decisions, digests, audits and the event log are still there."""

    holdings: int
    boxes: int
    ended: Ended = field(default_factory=Ended)
    #: Backups that still hold what was forgotten now, and the day on which each ends.
    backups: tuple[tuple[Path, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forgotten:
    """Holdings and face boxes that were forgotten, and what the event says of what the holds have selected."""

    holdings: int = 0
    boxes: int = 0
    selected: str = ""


def end_date(project: Project) -> EndDate | None:
    """The end date of the working data: the period after the newest sign-off.

    While nobody has signed, the newest report counts, and twice the period: a report that waits for its people must not
    lose what it rests on. Nor does the data end before the next review, which would read everything anew. There is none
    before the first report, nor after a purge until the next one.
    """
    audits = [audit for audit in load_audits(project.store) if audit.folder]
    if not audits:
        return None
    newest = audits[-1]
    begins, because = hong_kong_day(datetime.fromisoformat(newest.finished_at)), f"report {newest.audit_id}"
    folder = project.reports / newest.folder
    if folder.is_dir() and (records := read_records(folder)):
        begins = hong_kong_day(datetime.fromisoformat(records[-1].signed_at))
        because = f"sign-off by {records[-1].role.value}"
    if last_purge(project.store) > newest.event:
        return None
    text = project.settings.catalogue.delete_after_sign_off
    period = parse_period(text)
    if period is None:
        raise SettingsError(f'[catalogue] delete_after_sign_off: "{text}" is not a period', advice="write P90D or P6M")
    ends_on = add_period(begins, period)
    if because.startswith("report "):
        ends_on = add_period(ends_on, period)
        review = project.settings.audit.next_review_on
        ends_on = max(ends_on, add_period(review, period)) if review and review > begins else ends_on
    return EndDate(counted_from=begins, because=because, ends_on=ends_on)


@exclusive("purge")
def purge(project: Project, *, early: bool = False) -> Purged:
    """Forget the working data when its end date has come, or at once when ``early`` is asked for.

    :raises CallError: the end date has not come.
    :raises VerificationError: what people said is not what the event log says; nothing was forgotten.
    """
    ends = end_date(project)
    today = project.clock().date()
    due = early or (ends is not None and today >= ends.ends_on)
    held = table_frame(project, Table.HOLDINGS)
    memory = project.memory if due else None
    forgotten = _Forgotten()
    with project.owner_store.transaction() as transaction:
        refuse_unsaid(said_faults_in(transaction.connection), "forgotten")
        ended = end_own_data(project, transaction)
        if memory is not None:
            forgotten = _forget(project, transaction, held, memory)
        elif not ended.any():
            when = f"it ends on {ends.ends_on}" if ends else "no audit was reported yet, or none since the last purge"
            raise CallError(
                f"the working data is still in use: {when}", advice="pdpo-audit purge --early forgets it now"
            )
        details: Details = {
            "holdings": forgotten.holdings, "boxes": forgotten.boxes, "early": early, "texts": ended.texts,
            "texts_until": ended.texts_until, "files": ended.files,
            "reports": ended.reports,
        }  # fmt: skip
        if due:
            details |= {SELECTED: forgotten.selected, RECORD: digest_of_kept(transaction)}
        kind = PURGED if due else "own data ended"
        transaction.append_event(kind, details, at=project.clock(), actor=project.actor)
    recorded.reclaim(project.owner_store)
    backups = backups_left(project) if due else ()
    return Purged(holdings=forgotten.holdings, boxes=forgotten.boxes, ended=ended, backups=backups)


def _forget(project: Project, transaction: Transaction, held: pd.DataFrame, memory: Memory) -> _Forgotten:
    """Forget the working data, after the holds remembered what they select."""
    today = project.clock().date()
    active = [hold for hold in known_holds(transaction.connection) if is_active(hold, today)]
    selected = remember_selected(transaction, memory, active, with_capture_dates(held), today)
    boxes = recorded.forget_boxes(transaction)
    holdings = recorded.forget_working_data(transaction, memory)
    return _Forgotten(holdings=holdings, boxes=boxes, selected=selected)


def forget_boxes(project: Project) -> int:
    """Delete face boxes and report pictures: they live only while a review is open."""
    with project.store.transaction() as transaction:
        boxes = recorded.forget_boxes(transaction)
        transaction.append_event("face boxes forgotten", {"boxes": boxes}, at=project.clock(), actor=project.actor)
    recorded.reclaim(project.store)
    return boxes
