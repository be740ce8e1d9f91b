"""The inventory: one salted line a holding, so that one can be shown and proved without showing the others.

A plain digest of a path or of a picture can be guessed; the salt makes the digests in a proof say nothing of the other
holdings. The salts come from a secret that only the holder of the sealing key can make again.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.evidence.merkle import leaf_hash, root_of
from pdpo_audit.signing.keys.identities import Identity

#: Where the inventory lies in an audit folder.
INVENTORY = "evidence/inventory.jsonl"

#: What a line says of its holding: columns of the exported table ``holdings``, as written there.
FIELDS = ("source", "path", "bytes", "sha256", "cluster_id", "relation", "is_master", "people_level")


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRoot:
    """How many lines the inventory has, and the root of the hash tree over them (hex)."""

    count: int
    root: str


def salt_secret(identity: Identity, audit_id: str) -> bytes:
    """32 secret bytes for one audit: the digest of a signature that is never shown."""
    return hashlib.sha256(identity.sign(b"pdpo-audit inventory salts\n" + audit_id.encode())).digest()


def write_inventory(holdings: Path, target: Path, secret: bytes) -> InventoryRoot:
    """Write a line for each row of the ``holdings`` table (CSV), in its order; memory stays flat.

    Raises ``MachineError`` when the table has not the columns of ``FIELDS``.
    """
    with target.open("wb") as out:
        count, root = root_of(_written(holdings, out, secret))
    return InventoryRoot(count=count, root=root.hex())


def read_leaves(inventory: Path) -> Iterator[bytes]:
    """The leaf hash of each line of an inventory, in order."""
    with inventory.open("rb") as lines:
        for line in lines:
            yield leaf_hash(line.removesuffix(b"\n"))


def find_line(inventory: Path, source: str, path: str) -> tuple[int, bytes]:
    """The place (from 0) and the line of a holding; ``KeyError`` when the inventory does not have it."""
    with inventory.open("rb") as lines:
        for index, line in enumerate(lines):
            holding = json.loads(line)
            if (holding.get("source"), holding.get("path")) == (source, path):
                return index, line.removesuffix(b"\n")
    raise KeyError(f"{source}: {path}")


def _written(holdings: Path, out: IO[bytes], secret: bytes) -> Iterator[bytes]:
    with holdings.open(encoding="utf-8", newline="") as table:
        rows = csv.DictReader(table)
        if missing := [name for name in FIELDS if name not in (rows.fieldnames or ())]:
            raise MachineError(f"The table of holdings has no column {missing[0]}.")
        for number, row in enumerate(rows):
            line = _line({name: row[name] or "" for name in FIELDS}, number, secret)
            out.write(line + b"\n")
            yield leaf_hash(line)


def _line(holding: dict[str, str], number: int, secret: bytes) -> bytes:
    """A line: the holding's fields and its salt (128 bits) as JSON with sorted keys."""
    plain = json.dumps([number, holding], sort_keys=True).encode()
    salt = hmac.new(secret, plain, hashlib.sha256).hexdigest()[:32]
    return json.dumps({**holding, "salt": salt}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
