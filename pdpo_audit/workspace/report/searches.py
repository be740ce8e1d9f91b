"""What reports state from the log: searches for a person, and when the pictures were scanned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pdpo_audit.model.events import ChainedEvent


def person_searches(events: Sequence[ChainedEvent]) -> dict[str, str]:
    """Every search by face that the log knows, under the permission it ran with: a reader of the report must know."""
    runs = [entry.event.details for entry in events if entry.event.kind == "person searched"]
    words = "{purpose}, approved by {approved_by}, assessed in {pia_reference}, until {expires_on}"
    permits = sorted({words.format(**run) for run in runs})
    return {"person search": f"{len(runs)} in memory only: {'; '.join(permits)}"} if runs else {}


def scans_told(events: Sequence[ChainedEvent], until: int) -> dict[str, Any]:
    """The scans up to an event, for the header of an audit; a scan whose text is forgotten tells only its end."""
    scans = [entry.event for entry in events if entry.event.kind == "scanned" and entry.event.sequence <= until]
    if not scans:
        return {}
    last = scans[-1]
    began = last.details.get("began")
    return {
        "scan_began_at": datetime.fromisoformat(str(began)) if began else None,
        "scan_ended_at": datetime.fromisoformat(last.at),
        "scan_partly": bool(last.details.get("sources")),
        "scans": len(scans),
    }
