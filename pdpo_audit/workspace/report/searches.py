"""Searches for a person that the log knows, as reports state them."""

from __future__ import annotations

from collections.abc import Sequence

from pdpo_audit.model.events import ChainedEvent


def person_searches(events: Sequence[ChainedEvent]) -> dict[str, str]:
    """Every search by face that the log knows, under the permission it ran with: a reader of the report must know."""
    runs = [entry.event.details for entry in events if entry.event.kind == "person searched"]
    words = "{purpose}, approved by {approved_by}, assessed in {pia_reference}, until {expires_on}"
    permits = sorted({words.format(**run) for run in runs})
    return {"person search": f"{len(runs)} in memory only: {'; '.join(permits)}"} if runs else {}
