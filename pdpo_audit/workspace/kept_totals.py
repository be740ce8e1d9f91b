"""Totals of the whole catalogue for pages that must not wait: kept when an assessment ends, counted anew behind them.

Among a million copies counting takes a dozen seconds; what is shown may be ten minutes old beside a running scan.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from datetime import datetime, timedelta

from pdpo_audit.catalogue.queries.totals import LevelCount, Totals, totals
from pdpo_audit.errors import AuditError
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, TEXT_METHOD
from pdpo_audit.workspace.project import Project

#: The catalogue's key for them, and how old they may be once anything has changed.
_KEY, _FRESH = "kept_totals", timedelta(minutes=10)
_COUNTING = threading.Lock()


def keep_totals(project: Project) -> str:
    """Count everything, and keep it: JSON with the moment, the catalogue's generation and the totals."""
    store = project.store
    said = {
        "at": project.clock().isoformat(timespec="seconds"),
        "generation": store.generation(),
        "totals": dataclasses.asdict(totals(store, store.recall(PEOPLE_METHOD), store.recall(TEXT_METHOD))),
    }
    text = json.dumps(said, sort_keys=True)
    with store.transaction(durable=False) as transaction:
        transaction.remember(_KEY, text)
    return text


def kept_totals(project: Project) -> str:
    """The totals that are kept; counted now only where none ever were. Old ones are counted anew in the background."""
    text = project.store.recall(_KEY)
    if not text:
        return keep_totals(project)
    said = json.loads(text)
    is_old = project.clock() - datetime.fromisoformat(said["at"]) >= _FRESH
    if is_old and said["generation"] != project.store.generation() and _COUNTING.acquire(blocking=False):
        threading.Thread(target=_count_anew, args=(project,), daemon=True).start()
    return text


def read_totals(text: str) -> Totals:
    """The totals out of what is kept."""
    said = json.loads(text)["totals"]
    people = {level: LevelCount(**counted) for level, counted in said.pop("people").items()}
    return Totals(**said, people=people)


def _count_anew(project: Project) -> None:
    try:
        keep_totals(project)
    except AuditError:  # the catalogue cannot be used now: the next page asks again
        pass
    finally:
        _COUNTING.release()
