"""A PostgreSQL server of the tests' own: Debian's programs, a folder that goes with it, nothing on disk kept safe."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

#: Where Debian keeps the server's programs, which are not on everybody's PATH.
DEBIAN = Path("/usr/lib/postgresql")

#: Whoever loses this server loses nothing: no write waits for a disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "timezone": "UTC",
    "lc_messages": "C",
}

#: The database's collation: C compares bytes, "en-US" as people sort (ICU, so that no locale of the system is needed).
COLLATIONS = ("C", "en-US")

_STARTING_SECONDS = 30
_PREFIX, _STARTER = "pdpo-audit-pg-", "started-by"
#: The file from which PostgreSQL's own library takes passwords, and the variable that names it.
_PASSWORDS, _VARIABLE = "passwords", "PGPASSFILE"


def find_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, of the newest version; None where no server is installed."""
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    for initdb in (*versions, shutil.which("initdb")):
        if initdb and (folder := Path(initdb).resolve().parent).joinpath("postgres").exists():
            return folder
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server. Its administrator comes through the socket unasked, everybody else by TCP with a password."""

    folder: Path
    port: int
    administrator: str

    def run(self, statement: str, database: str = "postgres", **names: str) -> list[tuple[object, ...]]:
        """Run one statement as administrator, ``{names}`` quoted as identifiers; gives the rows, if it has any."""
        quoted = sql.SQL(statement).format(**{key: sql.Identifier(value) for key, value in names.items()})
        with psycopg.connect(
            host=str(self.folder), port=self.port, user=self.administrator, dbname=database, autocommit=True
        ) as connection:
            cursor = connection.execute(quoted)
            return cursor.fetchall() if cursor.description else []

    def create_role(self, name: str) -> str:
        """A role that may log in and nothing else; gives its password, which stands in the password file, too."""
        password = secrets.token_urlsafe(12)
        self.run(f"CREATE ROLE {{name}} LOGIN PASSWORD '{password}'", name=name)
        with (self.folder / _PASSWORDS).open("a") as file:
            file.write(f"127.0.0.1:{self.port}:*:{name}:{password}\n")
        return password

    def url(self, database: str, role: str) -> str:
        """Where ``role`` reaches ``database``, as the settings take it: without the password."""
        return f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{database}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A fresh database, owned by a role of its own that is no superuser."""

    server: Server
    name: str
    owner: str
    password: str

    @property
    def url(self) -> str:
        """Where its owner reaches it."""
        return self.server.url(self.name, self.owner)


@contextmanager
def running_server(**settings: str) -> Iterator[Server]:
    """A server in a folder of its own, with ``settings`` over the quick ones; gone at the end, and with this process.

    :raises FileNotFoundError: no PostgreSQL server is installed.
    :raises RuntimeError: it did not start; the message ends with its log.
    """
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL server is installed (Debian: postgresql)")
    user = pwd.getpwnam("postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    (folder / _STARTER).write_text(str(os.getpid()))
    os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        _initialise(programs, folder, user.pw_name)
        process, server = _start(programs, folder, user.pw_name, {**SETTINGS, **settings})
        (folder / _PASSWORDS).touch(0o600)
        before = os.environ.get(_VARIABLE)
        os.environ[_VARIABLE] = str(folder / _PASSWORDS)
        try:
            yield server
        finally:
            os.environ.pop(_VARIABLE)
            if before is not None:
                os.environ[_VARIABLE] = before
            process.send_signal(signal.SIGINT)  # ends the connections that are left
            process.wait(_STARTING_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: Server, collation: str = "C") -> Iterator[Database]:
    """An empty database in UTF-8 that compares text by ``collation``; dropped at the end, with whoever is still in."""
    name = f"catalogue_{secrets.token_hex(6)}"
    locale = "" if collation == "C" else f" LOCALE_PROVIDER icu ICU_LOCALE '{collation}'"
    password = server.create_role(name)
    server.run(f"CREATE DATABASE {{name}} OWNER {{name}} TEMPLATE template0 ENCODING 'UTF8'{locale}", name=name)
    try:
        yield Database(server=server, name=name, owner=name, password=password)
    finally:
        server.run("DROP DATABASE {name} WITH (FORCE)", name=name)
        server.run("DROP ROLE {name}", name=name)


def _sweep() -> None:
    """Remove the folders of processes that were killed: their servers ended with them."""
    for starter in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_STARTER}"):
        with suppress(FileNotFoundError):  # another process sweeps as well
            if not Path("/proc", starter.read_text()).exists():
                shutil.rmtree(starter.parent, ignore_errors=True)


def _as_user(name: str) -> list[str]:
    """What stands before a command that ``name`` runs: it ends with this process, however this process ends."""
    change = [f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *change, "--pdeathsig=QUIT", "--"]


def _initialise(programs: Path, folder: Path, user: str) -> None:
    command = [
        str(programs / "initdb"),
        "--pgdata",
        str(folder / "data"),
        "--username",
        user,
        "--encoding=UTF8",
        "--locale=C",
    ]
    command += ["--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--no-instructions"]
    done = subprocess.run([*_as_user(user), *command], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"initdb: {done.stderr.strip()}")


def _start(
    programs: Path, folder: Path, user: str, settings: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], Server]:
    """Start on a free port; where another took it meanwhile, on the next."""
    log = folder / "server.log"
    for _ in range(3):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        chosen = {**settings, "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
        options = [f"--{key}={value}" for key, value in {**chosen, "port": str(port)}.items()]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*_as_user(user), str(programs / "postgres"), "-D", str(folder / "data"), *options],
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = Server(folder=folder, port=port, administrator=user)
        if _is_up(process, server):
            return process, server
        process.kill()
        process.wait()
    raise RuntimeError(f"the PostgreSQL server of the tests did not start:\n{log.read_text()[-2000:]}")


def _is_up(process: subprocess.Popen[bytes], server: Server) -> bool:
    """Wait until it answers; False when it ended, or not within the time."""
    end = time.monotonic() + _STARTING_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False
