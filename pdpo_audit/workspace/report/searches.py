"""What reports state from the log: searches for a person, when the pictures were scanned, what was judged since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pdpo_audit.catalogue.roots import scans
from pdpo_audit.catalogue.sayings.judgements import load_judgements
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.events import ChainedEvent
from pdpo_audit.model.judgements import JudgementKind


def person_searches(events: Sequence[ChainedEvent]) -> dict[str, str]:
    """Every search by face that the log knows, under the permission it ran with: a reader of the report must know."""
    runs = [entry.event.details for entry in events if entry.event.kind == "person searched"]
    words = "{purpose}, approved by {approved_by}, assessed in {pia_reference}, until {expires_on}"
    permits = sorted({words.format(**run) for run in runs})
    return {"person search": f"{len(runs)} in memory only: {'; '.join(permits)}"} if runs else {}


def scans_told(events: Sequence[ChainedEvent], until: int) -> dict[str, Any]:
    """The scans up to an event, for the header of an audit; a scan whose text is forgotten tells only its end."""
    made = [entry.event for entry in events if entry.event.kind == "scanned" and entry.event.sequence <= until]
    if not made:
        return {}
    last = made[-1]
    began = last.details.get("began")
    return {
        "scan_began_at": datetime.fromisoformat(str(began)) if began else None,
        "scan_ended_at": datetime.fromisoformat(last.at),
        "scan_partly": bool(last.details.get("sources")),
        "scans": len(made),
    }


def judgements_told(store: Store) -> dict[str, Any]:
    """The judgements of pictures in force by kind, and how many of masters and pairs no scan has followed yet."""
    found = load_judgements(store)
    scanned = next((datetime.fromisoformat(at) for at, _ in scans(store)), None)
    followed = [one for one in found if one.kind is not JudgementKind.LEGAL]
    waiting = [one for one in followed if scanned is not None and datetime.fromisoformat(str(one.at)) > scanned]
    return {"judgements": dict(Counter(one.kind.value for one in found)), "judgements_waiting": len(waiting)}
