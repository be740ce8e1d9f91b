"""Before a migration: an inventory that is sealed; after it: what arrived, what did not, what became more."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import rfc8785

from pdpo_audit.errors import CallError, NotReachedError, VerificationError
from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, Skipped, locate
from pdpo_audit.model.locations.printed import printed_place
from pdpo_audit.ports import Source
from pdpo_audit.reports.words.literal import formulated, unformulated
from pdpo_audit.signing.cms.checks import signer_of
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.scan.transfers import check_transfers
from pdpo_audit.workspace.setup.identities import open_seal, try_seal

GATES = "gates"
FORMAT = "pdpo-audit gate 1"
_INVENTORY, _RECORD, _ARRIVALS = "inventory.csv", "gate.json", "differences.csv"
#: Files that are read as a whole, up to the limit of the settings; a larger one is listed and not compared.
_TOO_LARGE = "too large to be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file of an inventory: its path as it is printed, and why it has no digest where it has none."""

    path: str
    bytes: int
    sha256: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """An inventory that was sealed."""

    name: str
    folder: Path
    files: int
    bytes: int
    not_read: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The counts that a project board signs.

    ``before`` = arrived + moved + changed + missing + not_comparable_before, ``now`` = arrived + moved + changed +
    multiplied + additional + not_comparable_now. ``moved`` have the same bytes at another path, ``multiplied`` are
    further copies of what was frozen, ``additional`` were not frozen.
    """

    name: str
    folder: Path
    before: int
    now: int
    arrived: int
    moved: int
    changed: int
    missing: int
    multiplied: int
    additional: int
    not_comparable_before: int
    not_comparable_now: int

    @property
    def whole(self) -> bool:
        """Whether everything arrived, as it was."""
        return not (self.missing or self.changed or self.not_comparable_before or self.not_comparable_now)


def freeze(project: Project, name: str, source: str) -> Frozen:
    """Read every file of a source, and seal what is there; call it right before the move.

    :raises CallError: there is no such source, or a gate of this name.
    """
    folder = project.folder / GATES / name
    if not name or not all(char.isalnum() or char in "-_." for char in name) or name.startswith("."):
        raise CallError(f'"{name}" cannot be a name', advice="letters, digits, - _ and . make names of folders, too")
    if folder.exists():
        raise CallError(f"there is a gate {name} already", advice="choose another name: an inventory is never replaced")
    try_seal(project)
    items = list(_inventory(project, _source(project, source)))
    record = {"kind": "freeze", "source": source, "files": len(items), "bytes": sum(item.bytes for item in items)}
    digest = _seal(project, folder, name, record, {_INVENTORY: [asdict(item) for item in items]})
    return Frozen(
        name=name, folder=folder, files=len(items), bytes=sum(item.bytes for item in items),
        not_read=sum(not item.sha256 for item in items), sha256=digest,
    )  # fmt: skip


def check(project: Project, name: str, source: str) -> Arrival:
    """Read every file of the source after the move, and say what became of what was frozen.

    :raises CallError: there is no such gate. :raises VerificationError: its inventory is not as it was sealed.
    """
    frozen = project.folder / GATES / name
    before = _read_frozen(project, frozen)
    try_seal(project)
    now = list(_inventory(project, _source(project, source)))
    counts, lines = compare(before, now)
    folder = frozen / f"checked-{project.clock():%Y%m%d-%H%M%S}"
    found = Arrival(name=name, folder=folder, **counts)
    numbers = {"kind": "check", "source": source, "gate": _digest(frozen / _RECORD), **counts}
    _seal(project, folder, name, numbers, {_INVENTORY: [asdict(item) for item in now], _ARRIVALS: lines})
    return found


def compare(before: list[Item], now: list[Item]) -> tuple[dict[str, int], list[dict[str, str]]]:
    """The counts, and every file that is not simply where it was: places first, then bytes."""
    known, there = {item.path: item for item in before}, {item.path: item for item in now}
    arrived = {path for path in known.keys() & there.keys() if _same(known[path], there[path])}
    left = {path: item for path, item in known.items() if path not in arrived and item.sha256}
    came = {path: item for path, item in there.items() if path not in arrived and item.sha256}
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(came, reverse=True):
        places[came[path].sha256].append(path)
    moved = {path: places[left[path].sha256].pop() for path in sorted(left) if places[left[path].sha256]}
    taken = set(moved.values())
    changed = {path for path in left if path not in moved and path in came and path not in taken}
    missing = [path for path in left if path not in moved and path not in changed]
    rest = [path for path in came if path not in taken and path not in changed]
    frozen = Counter(item.sha256 for item in before if item.sha256)
    kinds = {path: "multiplied" if frozen[came[path].sha256] else "additional" for path in rest}
    blind_before = [path for path, item in known.items() if not item.sha256]
    blind_now = [path for path, item in there.items() if not item.sha256]
    counts = {
        "before": len(known), "now": len(there), "arrived": len(arrived), "moved": len(moved), "changed": len(changed),
        "missing": len(missing), "multiplied": sum(kind == "multiplied" for kind in kinds.values()),
        "additional": sum(kind == "additional" for kind in kinds.values()),
        "not_comparable_before": len(blind_before), "not_comparable_now": len(blind_now),
    }  # fmt: skip
    lines = [
        *(("moved", path, to) for path, to in moved.items()), *(("changed", path, path) for path in changed),
        *(("missing", path, "") for path in missing), *((kind, "", path) for path, kind in kinds.items()),
        *(("not comparable", path, "") for path in blind_before), *(("not comparable", "", path) for path in blind_now),
    ]  # fmt: skip
    return counts, [{"what": what, "before": was, "now": to} for what, was, to in sorted(lines)]


def _same(left: Item, right: Item) -> bool:
    return bool(left.sha256) and left.sha256 == right.sha256


def _source(project: Project, name: str) -> Source:
    sources = {source.name: source for source in project.sources()}
    if name not in sources:
        raise CallError(f"no source is called {name}", advice=f"declared here: {', '.join(sources) or 'none'}")
    check_transfers(project, ScanOptions(only=(name,)))
    if sources[name].identity() is None:
        raise NotReachedError(f"the source {name} cannot be reached", advice="pdpo-audit source check")
    return sources[name]


def _inventory(project: Project, source: Source) -> Iterator[Item]:
    listings = list(source.folders())
    total = sum(len(one.entries) for one in listings if isinstance(one, FolderListing))
    project.progress.start(f"Reading {source.name}", total)

    for folder in listings:
        if isinstance(folder, Skipped):
            yield Item(path=printed_place(folder.ref.locator, ""), bytes=0, reason=folder.reason.value)
            continue
        for entry in folder.entries:
            yield _item(project, source, locate(folder.folder, entry[0]), entry[1])
            project.progress.advance()
    source.close()


def _item(project: Project, source: Source, locator: bytes, size: int) -> Item:
    path = printed_place(locator, "")
    if size > project.settings.limits.max_file_bytes:
        return Item(path=path, bytes=size, reason=_TOO_LARGE)
    try:
        file = source.open(locator)
        try:
            content = file.whole()
        finally:
            file.close()
    except ImageProblem as problem:
        return Item(path=path, bytes=size, reason=problem.reason.value)
    return Item(path=path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def _seal(
    project: Project, folder: Path, name: str, record: Mapping[str, Any], tables: Mapping[str, list[dict[str, Any]]]
) -> str:
    """Write tables and record into a folder that appears whole; the digest of the record."""
    seal, at = open_seal(project), project.clock()
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for file, rows in tables.items():
        _write_csv(part / file, rows)
    content = {
        **record, "format": FORMAT, "gate_name": name, "at": at.isoformat(timespec="seconds"), "by": project.actor,
        "organisation": project.settings.organisation.name, "seal_sha256": seal.identity.facts()["sha256"],
        "files_sha256": {file: _digest(part / file) for file in tables},
    }  # fmt: skip
    raw = rfc8785.dumps(content)
    (part / _RECORD).write_bytes(raw)
    url = project.settings.signing.timestamp_url
    (part / f"{_RECORD}.p7s").write_bytes(sign_detached(raw, seal.identity, signed_at=at, timestamp_url=url))
    part.rename(folder)
    digest = hashlib.sha256(raw).hexdigest()
    with project.store.transaction() as transaction:
        details = {"gate": name, "what": str(record["kind"]), "sha256": digest}
        transaction.append_event("gate sealed", dict(details), at=at, actor=project.actor)
    return digest


def _write_csv(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else ["path"], lineterminator="\r\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: unformulated(cell) if isinstance(cell, str) else cell for name, cell in row.items()})


def _read_frozen(project: Project, folder: Path) -> list[Item]:
    """The inventory that was sealed, after checking that it is as it was."""
    try:
        raw = (folder / _RECORD).read_bytes()
        record = json.loads(raw)
        sealed = signer_of(raw, (folder / f"{_RECORD}.p7s").read_bytes(), project.clock())
        whole = sealed == record["seal_sha256"] and record["files_sha256"][_INVENTORY] == _digest(folder / _INVENTORY)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CallError(f"there is no gate {folder.name}", advice="pdpo-audit gate freeze NAME --source S") from error
    if not whole:
        raise VerificationError(f"the inventory in {folder} is not as it was sealed")
    with (folder / _INVENTORY).open(encoding="utf-8", newline="") as stream:
        return [
            Item(path=formulated(row["path"]), bytes=int(row["bytes"]), sha256=row["sha256"], reason=row["reason"])
            for row in csv.DictReader(stream)
        ]


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
