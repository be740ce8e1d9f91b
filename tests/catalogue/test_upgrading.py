"""Catalogues of earlier versions open after an upgrade, with everything that was in them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from pdpo_audit import Workspace
from pdpo_audit.catalogue.care.upgrading import alembic_config, differences, upgrade
from pdpo_audit.catalogue.database.engines import open_engine
from pdpo_audit.catalogue.database.versions import HEAD, found_version, make_tables
from pdpo_audit.errors import MachineError
from pdpo_audit.model.events import first_broken
from pdpo_audit.model.tables import Table
from tests.catalogue.golden import VERSIONS, unpack


def engine(folder: Path):  # type: ignore[no-untyped-def]
    return open_engine("sqlite:///catalogue.db", folder)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgraded_workspace_exports_what_its_own_version_exported(version: str, tmp_path: Path) -> None:
    folder = unpack(version, "workspace", tmp_path / "workspace")
    expected = unpack(version, "expected", tmp_path) / "expected"
    with pytest.raises(MachineError, match="older version") as refused:
        Workspace.open(folder).status()
    assert "catalogue upgrade" in refused.value.advice
    assert upgrade(engine(folder)) == ("0001", HEAD)
    workspace = Workspace.open(folder)
    for table in Table:
        if (expected / f"{table}.csv").is_file():
            workspace.export(table.value, "csv", tmp_path / f"{table}.csv")
            was, now = _rows(expected / f"{table}.csv"), _rows(tmp_path / f"{table}.csv")
            assert [{name: new[name] for name in old} for old, new in zip(was, now, strict=True)] == was
    judged = json.loads((expected / "judgements.json").read_text("utf-8"))
    assert [one["judgement_id"] for one in judged] == [one.judgement_id for one in workspace.judgements()]
    assert first_broken(workspace.project.store.events()) is None


def test_an_upgraded_purged_workspace_examines_again(tmp_path: Path) -> None:
    folder = unpack("0.1.0", "purged", tmp_path / "workspace")
    upgrade(engine(folder))
    with engine(folder).connect() as connection:
        assert {row[0] for row in connection.execute(text("SELECT examined FROM contents"))} == {0}


def test_the_tables_are_those_that_the_migrations_make(tmp_path: Path) -> None:
    for folder in (tmp_path / "made", tmp_path / "migrated"):
        folder.mkdir()
    make_tables(engine(tmp_path / "made"))
    migrated = engine(tmp_path / "migrated")
    with migrated.begin() as connection:
        from alembic import command

        command.upgrade(alembic_config(connection), "head")
    assert differences(migrated) == []
    assert differences(engine(tmp_path / "made")) == []
    with migrated.connect() as connection:
        assert found_version(connection) == HEAD


def test_a_newer_catalogue_is_refused(tmp_path: Path) -> None:
    folder = unpack("0.1.0", "workspace", tmp_path / "workspace")
    upgrade(engine(folder))
    with engine(folder).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MachineError, match="newer version"):
        Workspace.open(folder).status()
