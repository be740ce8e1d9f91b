"""Several processes write at once: nothing is lost, and the chain is whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.events import first_broken

_WRITER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from pdpo_audit.catalogue.store import Store
store = Store.open(sys.argv[1], Path("."))
for number in range(int(sys.argv[2])):
    with store.transaction(durable=False) as transaction:
        transaction.append_event("tested", {"number": number}, at=datetime.now(UTC), actor=sys.argv[3])
        transaction.count("tests")
"""
PROCESSES, EVENTS = 4, 200


def test_events_and_counts_of_four_processes_all_stand(catalogue_url: str) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, catalogue_url, str(EVENTS), f"writer {number}"])
        for number in range(PROCESSES)
    ]
    assert [writer.wait(timeout=300) for writer in writers] == [0] * PROCESSES
    store = Store.open(catalogue_url, Path())
    log = store.events()
    assert len(log) == PROCESSES * EVENTS and first_broken(log) is None
    with store.reading() as connection:
        assert Transaction(connection=connection).counted("tests") == PROCESSES * EVENTS
    store.close()
