"""A sealed shard: what another site may join with its own, and no picture; what travels is listed before it does."""

from __future__ import annotations

import hashlib
import json
import zipfile
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue.care.shards import Shared, shared_rows
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.methods import COMPARISON, FINGERPRINTS
from pdpo_audit.model.tool import VERSION
from pdpo_audit.pipeline.remembered import PEOPLE_ENGINE, PEOPLE_METHOD, PEOPLE_SCOPE, SIMILARITY_LEVEL
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.workspace.catalogues.travelling import listing
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.scan.parts import Part
from pdpo_audit.workspace.setup.identities import open_seal, try_seal
from pdpo_audit.workspace.setup.run_lock import run_lock

FORMAT = "pdpo-audit shard 1"
SHARDS = "shards"
RECORD, SEAL, ROWS, LISTING = "shard.json", "shard.json.p7s", "rows.jsonl", "WHAT-TRAVELS.txt"
_LONGEST_ROW = 16_000_000
#: What the catalogue remembers of how it was made, and the merged one has to know.
CARRIED = (SIMILARITY_LEVEL, PEOPLE_METHOD, PEOPLE_ENGINE, PEOPLE_SCOPE)
METHOD = f"{FINGERPRINTS} {COMPARISON}"
#: Fields of metadata that name nobody and nothing.
_PLAIN_METADATA = frozenset({
    "reader", "captured_at", "captured_in", "model_release", "minor_age", "property_release", "digital_source_type",
    "licence_ends_on", "has_gps", "stale_thumbnail",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A shard that was written: the file, and the list of what is in it for whoever has to agree that it travels."""

    file: Path
    listing: Path
    part: str
    masked: bool
    rows: dict[str, int]
    sha256: str
    throw_away_seal: bool


def write_shard(project: Project, part: Part, *, masked: bool = False) -> Shard:
    """Write what the catalogue holds as a sealed shard into the workspace's ``shards``; nothing is sent anywhere.

    With ``masked`` names of places are codes, whose key stays here, and texts of people are left out.

    :raises CallError: nothing was scanned yet.
    """
    with run_lock(project, "shard"):
        if not project.store.recall(SIMILARITY_LEVEL):
            raise CallError("nothing was scanned yet", advice="pdpo-audit scan --shard K/N scans and writes the shard")
        try_seal(project)
        name = f"shard-{part.number}-of-{part.of}-{project.clock():%Y%m%d-%H%M%S}"
        folder = project.folder / SHARDS
        folder.mkdir(mode=0o700, exist_ok=True)
        key = _mask_key(project) if masked else b""
        rows, counts, digest = folder / f".{name}.rows", Counter[str](), hashlib.sha256()
        try:
            with rows.open("wb") as stream:
                rows.chmod(0o600)
                for row in shared_rows(project.store, METHOD):
                    line = json.dumps(mask(row, key) if masked else row, sort_keys=True).encode() + b"\n"
                    counts[str(row["table"])] += 1
                    digest.update(line)
                    stream.write(line)
            return _seal(project, part, folder / f"{name}.zip", rows, dict(counts), digest.hexdigest(), masked=masked)
        finally:
            rows.unlink(missing_ok=True)


def _seal(
    project: Project, part: Part, file: Path, rows: Path, counts: dict[str, int], digest: str, *, masked: bool
) -> Shard:
    seal = open_seal(project)
    now = project.clock()
    record = _record(project, part, counts, digest, masked=masked) | {
        "sealed_at": now.isoformat(timespec="seconds"), "throw_away_seal": seal.throw_away,
    }  # fmt: skip
    told = listing(record).encode()
    record["listing_sha256"] = hashlib.sha256(told).hexdigest()
    raw = json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1).encode()
    signature = sign_detached(raw, seal.identity, signed_at=now, timestamp_url=project.settings.signing.timestamp_url)
    temporary = file.with_name(f".{file.name}.part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(LISTING, told)
        archive.writestr(RECORD, raw)
        archive.writestr(SEAL, signature)
        archive.write(rows, ROWS)
    temporary.chmod(0o600)
    temporary.replace(file)
    told_file = file.with_suffix(".txt")
    told_file.write_bytes(told)
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    details: Details = {"part": str(part), "masked": masked, "rows": sum(counts.values()), "sha256": sha256}
    with project.store.transaction() as transaction:
        transaction.append_event("shard written", details, at=now, actor=project.actor)
    return Shard(
        file=file, listing=told_file, part=str(part), masked=masked, rows=counts, sha256=sha256,
        throw_away_seal=seal.throw_away,
    )  # fmt: skip


def _record(project: Project, part: Part, counts: dict[str, int], digest: str, *, masked: bool) -> dict[str, Any]:
    sources = [asdict(one) for one in project.source_records().values()]
    for one in sources:
        del one["uri"], one["include"], one["exclude"]
        one["purpose_ended_on"] = one["purpose_ended_on"].isoformat() if one["purpose_ended_on"] else ""
    return {
        "format": FORMAT,
        "program": VERSION,
        "organisation": project.settings.organisation.name,
        "part": {"number": part.number, "of": part.of},
        "masked": masked,
        "method": METHOD,
        "carried": {name: project.store.recall(name) for name in CARRIED},
        "sources": sources,
        "rows": counts,
        "rows_sha256": digest,
    }


def mask(row: Shared, key: bytes) -> Shared:
    """A row whose places are codes, and which says nothing that people wrote."""
    shown = dict(row)
    for name in ("folder", "name", "path"):
        if row.get(name):
            shown[name] = b64encode(_code(b64decode(row[name]), key)).decode()
    if "member" in row and row["table"] in ("holdings", "contents"):
        shown["member"] = _member(str(row["member"]), key)
    shown |= {name: "" for name in ("detail", "said", "beside") if isinstance(row.get(name), str)}
    if row["table"] == "levels":
        shown["reason"] = "masked"
    if "metadata" in row:
        said = json.loads(row["metadata"])
        shown["metadata"] = json.dumps({name: said[name] for name in sorted(said.keys() & _PLAIN_METADATA)})
    return shown


def _code(path: bytes, key: bytes) -> bytes:
    """A path with a code for each of its names; how many folders deep it lies, and the ending, can still be seen."""
    *folders, name = path.split(b"/")
    stem, dot, ending = name.rpartition(b".")
    shown = dot + ending.lower() if stem and len(ending) <= 5 and ending.isalnum() else b""
    return b"/".join([*(_word(one, key) for one in folders), _word(name, key) + shown])


def _word(name: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(name, key=key, digest_size=8).hexdigest().encode()


def _member(member: str, key: bytes) -> str:
    ref = ImageRef(source="", locator=b"", member=member)
    inside = _word(ref.inside.encode("utf-8", "surrogatepass"), key).decode() if ref.inside else ""
    return "!/".join(part for part in (inside, ref.part) if part)


def _mask_key(project: Project) -> bytes:
    """The key of the codes: one for all shards of a workspace, so that a place has the same code in each."""
    file = project.folder / "keys" / "shards.key"
    if not file.is_file():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.touch(0o600)
        file.write_bytes(project.entropy(32))
    return file.read_bytes()


def rows_of(archive: zipfile.ZipFile) -> Iterator[Shared]:
    """The rows of a shard whose digest was checked; ``ValueError`` for one that is longer than any."""
    with archive.open(ROWS) as stream:
        while line := stream.readline(_LONGEST_ROW):
            if len(line) == _LONGEST_ROW:
                raise ValueError("a row is too long")
            yield json.loads(line)
