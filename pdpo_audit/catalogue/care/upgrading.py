"""Bring a catalogue's tables up to this program's version, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect

from pdpo_audit.catalogue.database.engines import sqlite_file
from pdpo_audit.catalogue.database.versions import HEAD, changing_tables, found_version

_MIGRATIONS = Path(__file__).parents[1] / "migrations"


def upgrade(engine: Engine) -> tuple[str, str]:
    """Run the migrations that a catalogue lacks, in one transaction; the version before and after.

    A kill at any moment leaves the catalogue as it was.
    """
    with changing_tables(engine) as connection:
        before = found_version(connection)
        if before in ("", HEAD):
            return before, before
        config = alembic_config(connection)
        if "alembic_version" not in inspect(connection).get_table_names():
            command.stamp(config, before)
        command.upgrade(config, "head")
        after = found_version(connection)
    if (file := sqlite_file(engine)) is not None:
        file.chmod(0o600)
    return before, after


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for the migrations of this program on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def differences(engine: Engine) -> list[str]:
    """How the tables differ from what this program expects, in words; empty where they do not."""
    from alembic.autogenerate import compare_metadata

    from pdpo_audit.catalogue.schema import metadata

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(one) for one in compare_metadata(context, metadata)]
