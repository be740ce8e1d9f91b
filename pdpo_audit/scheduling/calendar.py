"""The calendar that Outlook and others show: one event a slot or other date, on the day that it is due, with alarms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pdpo_audit.scheduling.working_days import ONE_DAY

#: Days before a review at which the calendar reminds of it, in the morning.
_ALARMS = (14, 3)
_MORNING = timedelta(hours=9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event: what it is known by, its day, and the summary and the description that people read."""

    identity: str
    due_on: date
    summary: str
    description: str


def write_calendar(entries: Iterable[Entry], *, workspace: str, written_at: datetime) -> bytes:
    """The events as an iCalendar file (RFC 5545); an event keeps its identity when its date or text changes."""
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//pdpo-audit//reviews//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-timezone", "Asia/Hong_Kong")
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.identity}@{workspace}")
        event.add("dtstamp", written_at)
        event.add("dtstart", entry.due_on)
        event.add("dtend", entry.due_on + ONE_DAY)
        event.add("summary", entry.summary)
        event.add("description", entry.description)
        event.add("transp", "TRANSPARENT")
        for days in _ALARMS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.summary)
            alarm.add("trigger", _MORNING - timedelta(days=days))
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
