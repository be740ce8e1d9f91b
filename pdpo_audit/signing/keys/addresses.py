"""Addresses of keys on tokens (RFC 7512): ``pkcs11:token=audit;object=seal?module-path=/usr/lib/library.so``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pdpo_audit.errors import CallError

SCHEME = "pkcs11:"
_EXAMPLE = "pkcs11:token=LABEL;object=LABEL?module-path=/path/to/library.so"
#: Attributes that would put a PIN, or the way to one, where everybody reads it.
_SECRETS = {"pin-value", "pin-source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A private key on a token: the token maker's library, and the labels of token and key."""

    module: Path
    token: str
    key: str


def read_address(address: str) -> TokenKey:
    """The key that ``address`` names; ``CallError`` unless it has exactly token, object and module-path."""
    path, _, query = address.removeprefix(SCHEME).partition("?")
    given = dict(_attributes(path, ";") + _attributes(query, "&"))
    if _SECRETS & given.keys():
        raise CallError("a PIN never stands in a key's address", advice="give it by prompt, file or variable")
    if given.pop("type", "private") != "private" or given.keys() != {"token", "object", "module-path"}:
        raise CallError(f"{address!r} is no address of a key on a token", advice=f"write it as {_EXAMPLE}")
    return TokenKey(module=Path(given["module-path"]), token=given["token"], key=given["object"])


def _attributes(text: str, separator: str) -> list[tuple[str, str]]:
    pairs = [part.partition("=") for part in text.split(separator) if part]
    return [(name, unquote(value)) for name, _, value in pairs]
