"""A Samba server for the tests: shares of one folder, one read-only with encryption required, one writable."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Who may log in: whoever runs the tests, which has to be root.
LOGIN = "root:a pass:word"
_SETTINGS = """[global]
server role = standalone server
map to guest = never
server smb encrypt = if_required
server min protocol = SMB3
disable netbios = yes
load printers = no
smb ports = {port}
interfaces = 127.0.0.1/8
bind interfaces only = yes
passdb backend = tdbsam:{base}/passwords.tdb
{folders}
log level = 0 full_audit:1
max log size = 0
[photos]
path = {library}
read only = yes
server smb encrypt = required
[writable]
path = {library}
read only = no
vfs objects = full_audit
full_audit:prefix = asked
full_audit:success = all
full_audit:failure = none
full_audit:syslog = false
"""


@dataclass(frozen=True, kw_only=True)
class Samba:
    """A server that runs; its log tells what was asked of the share ``writable``."""

    port: int
    log: Path


@contextmanager
def samba(library: Path) -> Iterator[Samba]:
    """The server over a folder."""
    with tempfile.TemporaryDirectory(prefix="pdpo-samba-") as folder, socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        base, port = Path(folder), one.getsockname()[1]
        one.close()
        settings = _settled(base, port, library)
        program = subprocess.Popen(
            [shutil.which("smbd") or "/usr/sbin/smbd", "-F", "--no-process-group", "-s", settings, "-l", base],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,  # it ends its whole group
        )  # fmt: skip
        try:
            _wait(port)
            yield Samba(port=port, log=base / "log.smbd")
        finally:
            program.terminate()
            program.wait(20)


def _settled(base: Path, port: int, library: Path) -> Path:
    """The settings, with the login made known."""
    kinds = ("lock", "state", "cache", "private", "pid", "ncalrpc")
    folders = "\n".join(f"{kind} {'dir' if kind in ('private', 'ncalrpc') else 'directory'} = {base}" for kind in kinds)
    settings = base / "smb.conf"
    settings.write_text(_SETTINGS.format(port=port, base=base, library=library, folders=folders), "utf-8")
    user, _, password = LOGIN.partition(":")
    typed = f"{password}\n{password}\n".encode()
    subprocess.run(["smbpasswd", "-c", settings, "-a", "-s", user], input=typed, check=True, capture_output=True)
    return settings


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("Samba does not start")
