"""The tests' own PostgreSQL server: fresh for each test, closed to strangers, gone with whoever started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.postgres import Database, Server, fresh_database, running_server

pytestmark = pytest.mark.service
ROOT = Path(__file__).parents[2]

START = """
import time
from tests.postgres import running_server
with running_server() as server:
    print(server.folder, flush=True)
    time.sleep(60)
"""


def ask(url: str, question: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(question))
            return answer.scalar() if answer.returns_rows else None
    finally:
        engine.dispose()


def test_each_database_is_empty_and_its_owner_no_superuser(postgresql_server: Server) -> None:
    with fresh_database(postgresql_server) as first, fresh_database(postgresql_server) as second:
        ask(first.url, "CREATE TABLE seen AS SELECT 1 AS id")
        assert ask(first.url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 1
        assert ask(second.url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        assert ask(second.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_dropped_database_leaves_nobody_inside(postgresql_server: Server) -> None:
    with fresh_database(postgresql_server) as database:
        inside = psycopg.connect(database.url.replace("+psycopg", ""))
    with pytest.raises(psycopg.OperationalError):
        inside.execute("SELECT 1")
    assert postgresql_server.run(f"SELECT 1 FROM pg_database WHERE datname = '{database.name}'") == []


def test_nobody_comes_in_by_tcp_without_the_password(postgresql: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgresql.url.replace("+psycopg", "").replace("@", ":wrong@"))


def test_collations_differ_as_they_say(postgresql: Database, postgresql_en: Database) -> None:
    assert ask(postgresql.url, "SELECT 'a' < 'B'") is False
    assert ask(postgresql_en.url, "SELECT 'a' < 'B'") is True


def test_the_server_ends_with_a_killed_process() -> None:
    """A test run that is killed leaves no server behind."""
    process = subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    folder = process.stdout.readline().strip()
    server_pid = int(Path(folder, "data", "postmaster.pid").read_text().splitlines()[0])
    process.send_signal(signal.SIGKILL)
    process.wait()
    end = time.monotonic() + 20
    while Path(f"/proc/{server_pid}").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not Path(f"/proc/{server_pid}").exists()
    with running_server():
        assert not Path(folder).exists()


def test_catalogue_url_names_each_database(catalogue_url: str) -> None:
    assert ask(catalogue_url, "SELECT 1") == 1
