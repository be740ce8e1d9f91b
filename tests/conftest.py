"""What tests of every room may ask for, a catalogue of their own on each database; and the tiers they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pdpo_audit.imaging.process import prepare
from tests.postgres import Database, Server, find_programs, fresh_database, running_server
from tests.tiers import (
    pytest_collection_modifyitems,
    pytest_make_collect_report,
    pytest_runtest_makereport,
    pytest_runtest_setup,
)

__all__ = [
    "catalogue_url",
    "postgresql",
    "postgresql_en",
    "postgresql_server",
    "pytest_collection_modifyitems",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
]

#: Beside SQLite, a server that compares bytes; how other collations fare has tests of its own.
DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.service))

# Reading text costs each scan half a second: tests that are about it switch it on.
os.environ.setdefault("PDPO_AUDIT_TEXT__SCOPE", "off")

# A machine that is busy with other things is no fault of a test.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """One server for all tests of this process, started by the first that asks."""
    if find_programs() is None:
        pytest.skip("no PostgreSQL server is installed")
    with running_server() as server:
        yield server


@pytest.fixture
def postgresql(postgresql_server: Server) -> Iterator[Database]:
    """An empty database that compares text byte by byte."""
    with fresh_database(postgresql_server) as database:
        yield database


@pytest.fixture
def postgresql_en(postgresql_server: Server) -> Iterator[Database]:
    """An empty database that compares text as English readers sort, so ``a < B``."""
    with fresh_database(postgresql_server, "en-US") as database:
        yield database


@pytest.fixture(params=DATABASES)
def catalogue_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty catalogue may be made, once on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalogue-of-the-test.sqlite'}"
    database: Database = request.getfixturevalue("postgresql")
    return database.url


@pytest.fixture(autouse=True)
def as_in_a_worker() -> None:
    """Tests that decode do it in this process, under the conditions that the program makes for its workers."""
    prepare()


@pytest.fixture(scope="module", autouse=True)
def _catalogues_on_a_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """With ``CATALOGUE=postgresql`` every workspace that names no catalogue has one on a server, of its own.

    Those that a whole module shares, too, as the databases last as long as the module.
    """
    if os.environ.get("CATALOGUE") != "postgresql":
        yield
        return
    from pdpo_audit import settings

    server: Server = request.getfixturevalue("postgresql_server")
    load, urls = settings.load, dict[Path, str]()

    def load_with_server(file: Path, environment: Mapping[str, str]) -> settings.Settings:
        found = load(file, environment)
        if found.catalogue.url != settings.CatalogueSettings().url:
            return found
        if file.parent not in urls:
            urls[file.parent] = stack.enter_context(fresh_database(server)).url
        elsewhere = found.catalogue.model_copy(update={"url": urls[file.parent]})
        return found.model_copy(update={"catalogue": elsewhere})

    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "load", load_with_server)
        yield
