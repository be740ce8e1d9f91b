"""Where work is done, as the settings name it: processes of this machine, or a cluster of several."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

#: By which scheme the scheduler of a cluster is reached, and what Dask calls that.
_SCHEMES = {"dask": "tcp", "dask+tls": "tls"}
#: Where a scheduler listens that nobody gave another port.
_PORT = 8786


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorPlace:
    """``workers`` processes of this machine (``None``: one a core), or the scheduler of a cluster at ``address``."""

    workers: int | None = None
    address: str = ""

    @property
    def is_cluster(self) -> bool:
        """Whether other machines may do the work."""
        return bool(self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Certificate files by which a cluster and we know each other; where they are empty Dask's own settings count."""

    ca: str = ""
    certificate: str = ""
    key: str = ""


def read_executor(text: str) -> ExecutorPlace:
    """What an executor's name says: ``serial``, ``processes``, ``processes:8``, ``dask://...``, ``dask+tls://...``.

    Raises ``ValueError`` with the reason where it names nothing, or a cluster to which nothing may be sent.
    """
    kind, _, count = "processes:1".partition(":") if text == "serial" else text.partition(":")
    if kind == "processes" and (text == kind or (count.isdecimal() and int(count) > 0)):
        return ExecutorPlace(workers=int(count) if count else None)
    scheme, colon, _ = text.partition("://")
    if colon and scheme in _SCHEMES:
        return ExecutorPlace(address=_scheduler(text))
    raise ValueError(f'"{text}" names no executor: serial, processes, processes:8, dask+tls://host:8786')


def _scheduler(text: str) -> str:
    parts = urlsplit(text)
    try:
        host, port = parts.hostname or "", parts.port or _PORT
    except ValueError as error:
        raise ValueError(f'"{text}": {error}') from error
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f'"{text}" is no address of a scheduler: host and port, and nothing else')
    if parts.scheme == "dask" and not is_loopback(host):
        raise ValueError(
            f"{text}: without TLS whoever is in the network could read what travels, and have these machines run any"
            " program; write dask+tls://"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{_SCHEMES[parts.scheme]}://{shown}:{port}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
