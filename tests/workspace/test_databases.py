"""The sample library gives the same tables on either database, byte for byte, whatever the server's collation."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.model.tables import Table
from pdpo_audit.resources import resource
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.purging import purge
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from tests.postgres import Database

NOON = datetime(2026, 11, 20, 12, tzinfo=HONG_KONG)


def workspace_at(folder: Path, library: Path, url: str) -> Workspace:
    """The sample workspace over one library, with its catalogue at ``url``."""
    folder.mkdir()
    text = (resource("samples") / "pdpo-audit.toml").read_text("utf-8").replace('uri = "library/', f'uri = "{library}/')
    (folder / "pdpo-audit.toml").write_text(f'{text}\n[catalogue]\nurl = "{url}"\n', "utf-8")
    return Workspace.open(folder, clock=lambda: NOON, token=iter(f"{n:06x}" for n in range(99)).__next__, actor="ho")


def exported(workspace: Workspace, folder: Path) -> dict[Table, bytes]:
    """Every table as CSV; the log's digests are salted, and those of selections keyed: of it only what happened."""
    found = {}
    for table in Table:
        workspace.export(table.value, "csv", folder / f"{table}.csv")
        found[table] = (folder / f"{table}.csv").read_bytes()
    happened = workspace.table("events")[["sequence", "at", "actor", "kind", "details"]].to_csv()
    found[Table.EVENTS] = re.sub(r"(H-[0-9-]+)=[0-9a-f]{64}", r"\1", happened).encode()
    return found


@pytest.mark.slow
def test_the_samples_give_the_same_tables_on_both(postgresql_en: Database, tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copytree(resource("samples") / "library", library)
    pair = [
        workspace_at(tmp_path / "sqlite", library, "sqlite:///catalogue.db"),
        workspace_at(tmp_path / "server", library, postgresql_en.url),
    ]
    tables = []
    for workspace in pair:
        workspace.scan(ScanOptions(workers=2))
        add_hold(
            workspace.project, kind="legal_hold", matter="HCA 1", issued_by="Wong", issuer_role="legal",
            selectors=Selectors(path_pattern="leavers/**"),
        )  # fmt: skip
        workspace.assess()
        tables.append(exported(workspace, workspace.project.folder))
    server = pair[1]
    purge(server.project, early=True)
    server.scan(ScanOptions(workers=2))
    server.assess()
    again = exported(server, server.project.folder)
    assert server.report().verification.ok
    for table in Table:
        assert tables[0][table] == tables[1][table], table
        if table is not Table.EVENTS:
            assert tables[1][table] == again[table], table
