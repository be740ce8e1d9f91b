"""What a report costs before it is written: the rights that people stated, and what became of earlier proposals.

    python benchmarks/report_preparation.py rights 1000000 [FOLDER]
    python benchmarks/report_preparation.py follow 1000000 [FOLDER]

The catalogue is made up: no file lies behind it. Every third picture is held twice; an earlier audit put every fifth
copy up for erasure, of which one in ten is gone, and one in a hundred copies is new since. FOLDER keeps the catalogue
for the next run.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Table as SqlTable
from sqlalchemy import insert

from pdpo_audit import Workspace
from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import index_key
from pdpo_audit.catalogue.queries.following import follow_up
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.workspace.rules.stated_rights import stated_rights

SETTINGS = """
[[sources]]
name = "studio-nas"
uri = "nowhere"
owner = "Creative Services"
jurisdiction = "HK"

[[sources.facts]]
match = "campaigns/2023-0*/**"
licence.reference = "HL-2023"
licence.ends_on = 2025-06-30

[[registers]]
file = "releases.csv"
"""
IN_FOLDER = 500


def make(folder: Path, holdings: int) -> None:
    """A workspace with ``holdings`` made-up holdings and an earlier audit of 99 in 100 of them."""
    Workspace.create(folder).close()
    with (folder / "pdpo-audit.toml").open("a") as settings:
        settings.write(SETTINGS)
    rows = "".join(f"{_path(number)},2025-01-31\n" for number in range(0, holdings, 100))
    (folder / "releases.csv").write_text("path,consent.expires_on\n" + rows)
    store = Workspace.open(folder).project.store
    known = holdings - holdings // 100
    with store.transaction() as transaction:
        transaction.append_event("scanned", {}, at=Workspace.open(folder).project.clock(), actor="benchmark")
    _fill(store, schema.sources, iter([{"id": 1, "name": "studio-nas"}]))
    _fill(store, schema.folders, _folders(holdings))
    _fill(store, schema.contents, map(_content, range(holdings * 2 // 3 + 1)))
    _fill(store, schema.holdings, (_holding(number, known) for number in range(known)))
    audit = recorded.StoredAudit(
        audit_id="2026-05-20-aaaaaa", started_at="2026-05-20", finished_at="2026-05-20", assessed_on="2026-05-20",
        folder="x", event=1, methods={},
    )  # fmt: skip
    findings = pd.DataFrame(map(_finding, range(0, known, 5)), columns=COLUMNS[Table.FINDINGS])
    dispositions = pd.DataFrame(map(_disposition, range(known)), columns=COLUMNS[Table.DISPOSITIONS])
    with store.transaction() as transaction:
        recorded.record_assessment(transaction, audit, findings, dispositions)
    _fill(store, schema.holdings, (_holding(number, known) for number in range(known, holdings)))


def _fill(store: Store, table: SqlTable, rows: Iterator[dict[str, Any]]) -> None:
    from itertools import islice

    while part := list(islice(rows, 20_000)):
        with store.transaction() as transaction:
            transaction.connection.execute(insert(table), part)


def _path(number: int) -> str:
    folder, name = number // IN_FOLDER, number
    return f"campaigns/2023-{folder % 12:02d}/{folder:05d}/DSC_{name:07d}.jpg"


def _folders(holdings: int) -> Iterator[dict[str, Any]]:
    for folder in range(-(-holdings // IN_FOLDER)):
        path = _path(folder * IN_FOLDER).rpartition("/")[0].encode()
        yield {"id": folder + 1, "source_id": 1, "path": path, "key": index_key(path), "listing": None}


def _content(number: int) -> dict[str, Any]:
    digest = hashlib.sha256(str(number).encode()).digest()
    return {"id": number + 1, "digest": digest, "sha256": digest, "member": "", "image_sha256": digest,
            "bytes": 2_400_000, "format": "JPEG", "width": 4000, "height": 3000, "pages": 1, "captured_at": "",
            "metadata": "{}", "reason": "", "detail": "", "examined": 1}  # fmt: skip


def _holding(number: int, known: int) -> dict[str, Any]:
    gone, shown = number % 50 == 0 and number < known, number if number < known else (number - known) * 50
    return {"id": number + 1, "folder_id": number // IN_FOLDER + 1, "name": f"DSC_{number:07d}.jpg".encode(),
            "member": "", "size": 2_400_000, "modified_ns": 10**18, "inode": number, "content_id": shown * 2 // 3 + 1,
            "reason": "", "detail": "", "image": 1, "first_seen": "2026-05-20",
            "vanished_on": "2026-09-01" if gone else ""}  # fmt: skip


def _disposition(number: int) -> dict[str, str]:
    row = {"source": "studio-nas", "path": _path(number), "outcome": "no_rule", "explanation": "No rule covers it."}
    if number % 5 == 0:
        row |= {"outcome": "due", "act": "erase", "due_on": "2024-06-30", "rules": "HR-02", "due_rule": "HR-02"}
    return dict.fromkeys(COLUMNS[Table.DISPOSITIONS], "") | row


def _finding(number: int) -> dict[str, str]:
    row = {"finding_id": f"F-{number}", "rule": "HR-02", "pack": "hk-hr", "pack_version": "1.0.0", "severity": "major",
           "proposal": "erase", "due_on": "2024-06-30", "source": "studio-nas", "path": _path(number)}  # fmt: skip
    return dict.fromkeys(COLUMNS[Table.FINDINGS], "") | row


def measure(what: str, folder: Path) -> None:
    project = Workspace.open(folder).project
    start = time.process_time()
    if what == "rights":
        register = stated_rights(project)
        print(f"{'laid':<28} {time.process_time() - start:7.1f} CPU s   peak {_peak():6.0f} MB")
        start = time.process_time()
        asked = 100_000
        known = sum(bool(register("studio-nas", _path(number))) for number in range(asked))
        print(f"{f'asked {asked:,} times':<28} {time.process_time() - start:7.1f} CPU s   {known:,} stated")
    else:
        found = follow_up(project.store, recorded.load_audits(project.store), project.source_records())
        print(f"{'follow-up':<28} {time.process_time() - start:7.1f} CPU s   peak {_peak():6.0f} MB")
        print(found.summary() if found else "nothing known")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(sys.argv[3] if len(sys.argv) > 3 else scratch) / "audit"
        if not place.exists():
            make(place, int(sys.argv[2]))
        measure(sys.argv[1], place)
