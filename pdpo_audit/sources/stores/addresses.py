"""Addresses of stores: read with the settings, before any library or login is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.sources.stores.secrets import REFERENCE

#: Names of this machine, to which nothing travels in clear.
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a store is: ``host`` and ``port`` (0: the usual one), ``path`` without a slash at its end, and what the
    address says behind ``?``. ``user`` is the name in it, where the kind of store takes one there."""

    scheme: str
    host: str
    port: int
    path: bytes
    user: str
    options: Mapping[str, str]

    @property
    def netloc(self) -> str:
        """Host and port as an address has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def credential(self) -> str:
        """Where the login stands."""
        return self.options.get("credential", "")

    @property
    def is_here(self) -> bool:
        """Whether the store is on this machine."""
        return self.host in HERE


def read_address(
    spec: SourceSpec, options: tuple[str, ...], *, in_clear: tuple[str, ...] = (), user: bool = False
) -> Address:
    """The address of a source. ``in_clear`` are schemes without encryption, for this machine only.

    Raises ``SettingsError``: a secret stands in it, it would send one in clear, or it says what nothing knows.
    """
    named = f'source "{spec.name}"'
    try:
        parts = urlsplit(spec.uri)
        port, host = parts.port or 0, parts.hostname or ""
    except ValueError as error:
        raise SettingsError(f"{named}: {error}", advice="docs/sources.md tells what an address looks like") from error
    if not host:
        raise SettingsError(f"{named}: the address names no host", advice=f"{spec.scheme}://HOST/PATH")
    if spec.scheme in in_clear and host not in HERE:
        raise SettingsError(
            f"{named}: {spec.scheme}: sends password and pictures in clear", advice=f"use {spec.scheme}s://"
        )
    if parts.password or (parts.username and not user):
        raise SettingsError(f"{named}: the address holds a login", advice="?credential=env:NAME names where it is")
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := [name for name in said if name not in options]:
        raise SettingsError(
            f'{named}: {spec.scheme}: knows no "{unknown[0]}" (known: {", ".join(options)})',
            advice="docs/sources.md tells what an address looks like",
        )
    if said.get("credential") and not REFERENCE.fullmatch(said["credential"]):
        raise SettingsError(
            f"{named}: a credential is named by env:NAME, file:/path or keyring:SERVICE/USER, never written down",
            advice="for example credential=env:CLOUD_LOGIN",
        )
    return Address(
        scheme=spec.scheme, host=host, port=port, path=unquote_to_bytes(parts.path).rstrip(b"/"),
        user=unquote(parts.username or ""), options=said,
    )  # fmt: skip
