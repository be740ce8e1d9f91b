"""Shards of other sites joined in a workspace of their own: one catalogue, and the pairs that nobody could compare."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue.care.merging import Intake
from pdpo_audit.catalogue.care.shards import Shared
from pdpo_audit.catalogue.clusters import load_pairs
from pdpo_audit.catalogue.queries.contents import some_places
from pdpo_audit.catalogue.queries.totals import totals
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.model.clusters import VerifiedPair
from pdpo_audit.model.events import Details
from pdpo_audit.pipeline.remembered import SIMILARITY_LEVEL
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.manifest import fingerprint
from pdpo_audit.sources.locations import Locate
from pdpo_audit.workspace.catalogues.shards import (
    CARRIED,
    FORMAT,
    LISTING,
    METHOD,
    RECORD,
    ROWS,
    SEAL,
    SHARDS,
    rows_of,
)
from pdpo_audit.workspace.project import ELSEWHERE, Project
from pdpo_audit.workspace.setup.initialising import SourceAnswers, add_sources
from pdpo_audit.workspace.setup.run_lock import run_lock

#: The catalogue's key for the shards in it.
MERGED = "merged shards"
#: Bytes of a record, a seal and a listing.
_LARGEST = 4_000_000
_UNREAD = "unread"
#: The list of pairs that nobody could compare, and its columns.
PAIRS = "pairs-to-verify.csv"
LISTED = ("left_source", "left_path", "right_source", "right_path", "distance_of_256")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedShard:
    """A shard whose seal was checked: its record, and the certificate (SHA-256, hex) that sealed it."""

    file: Path
    record: dict[str, Any]
    signer: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of its sources."""
        return tuple(str(one["name"]) for one in self.record["sources"])

    @property
    def part(self) -> tuple[int, int]:
        """Which of how many."""
        return int(self.record["part"]["number"]), int(self.record["part"]["of"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came of a merge. ``pairs`` names the pairs of pictures that may show the same and could not be compared:
    their files lie at different sites."""

    shards: tuple[str, ...]
    signers: tuple[str, ...]
    holdings: int
    clusters: int
    additional_copies: int
    to_verify: int
    pairs: Path


def merge(project: Project, files: Sequence[Path], *, signers: Sequence[str] = ()) -> Merged:
    """Take in shards, find copies across them, and list what a person or a later visit has to verify.

    With ``signers`` only shards count that one of these certificates (SHA-256, hex) sealed. A shard that is merged
    again takes the place of what it said before.

    :raises CallError: the workspace scans something itself, or shards do not fit together.
    :raises VerificationError: a shard is not as it was sealed.
    """
    if project.sources():
        raise CallError(
            "this workspace scans sources of its own; shards are joined in a workspace of their own",
            advice="pdpo-audit init DIR there; scan --shard 1/1 makes a shard of this workspace, too",
        )
    with run_lock(project, "catalogue merge"):
        opened = [_opened(project, file, signers) for file in files]
        before = json.loads(project.store.recall(MERGED) or "[]")
        _expect_fitting(project, opened, before)
        _declare(project, opened)
        holdings = sum(_take_in(project, one) for one in opened)
        form_joined(project)
        count, file = list_pairs(project)
        counts = totals(project.store)
    return Merged(
        shards=tuple(str(one.file) for one in opened), signers=tuple(one.signer for one in opened), holdings=holdings,
        clusters=counts.clusters, additional_copies=counts.additional_copies, to_verify=count, pairs=file,
    )  # fmt: skip


def _opened(project: Project, file: Path, signers: Sequence[str]) -> OpenedShard:
    try:
        with zipfile.ZipFile(file) as archive:
            if sorted(archive.namelist()) != sorted((RECORD, SEAL, ROWS, LISTING)):
                raise ValueError("it holds other files")
            raw, seal, told = (_small(archive, name) for name in (RECORD, SEAL, LISTING))
            reading = check_detached(file.name, raw, seal, Trust(roots=(), now=project.clock()))
            if reading.signer is None or any(one.verdict is Verdict.FAILED for one in reading.checks):
                raise VerificationError(f"{file}: {'; '.join(one.statement for one in reading.checks)}")
            record = json.loads(raw)
            if record["format"] != FORMAT:
                raise ValueError(f"it is of the form {record['format']}")
            if hashlib.sha256(told).hexdigest() != record["listing_sha256"]:
                raise VerificationError(f"{file}: {LISTING} was changed after it was sealed")
            with archive.open(ROWS) as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != record["rows_sha256"]:  # type: ignore[arg-type]
                    raise VerificationError(f"{file}: {ROWS} was changed after it was sealed")
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise VerificationError(f"{file} is no shard that can be read: {error}") from error
    opened = OpenedShard(file=file, record=record, signer=fingerprint(reading.signer))
    if signers and opened.signer not in {one.replace(":", "").lower() for one in signers}:
        raise VerificationError(f"{file} was sealed by {opened.signer}, which is none of those named")
    return opened


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"{name} is too large")
    return data


def _expect_fitting(project: Project, opened: Sequence[OpenedShard], before: Sequence[dict[str, Any]]) -> None:
    """Of one method, with one set of engines; sources of one name are parts of one source, or the same shard again."""
    carried = {name: project.store.recall(name) for name in CARRIED} if before else opened[0].record["carried"]
    known = [(tuple(one["part"]), one["signer"], set(one["sources"])) for one in before]
    for one in opened:
        if one.record["method"] != METHOD:
            raise CallError(
                f"{one.file} was made by {one.record['method']}, and this program compares by {METHOD}",
                advice="scan with one version of the program everywhere",
            )
        if one.record["carried"] != carried:
            raise CallError(
                f"{one.file} was scanned with other engines or another level than the others",
                advice="[similarity] level, [people] scope and detector must be the same everywhere",
            )
        for part, signer, names in known:
            common = names & set(one.sources)
            of_one = part[1] == one.part[1] > 1
            if common and not of_one and (part, signer) != (one.part, one.signer):
                raise CallError(
                    f'{one.file}: a source of another shard is called "{min(common)}", too',
                    advice="give it another name in the settings of its site, and write the shard again",
                )
        known.append((one.part, one.signer, set(one.sources)))


def _declare(project: Project, opened: Sequence[OpenedShard]) -> None:
    """Let the settings name the sources, with what their sites state of them."""
    wanted = {field.name for field in fields(SourceAnswers)} - {"name", "uri"}
    named = {one.name for one in project.settings.sources}
    answers: dict[str, SourceAnswers] = {}
    for shard in opened:
        for one in shard.record["sources"]:
            stated = {name: one[name] for name in wanted if one.get(name)}
            if one["name"] not in named:
                answers.setdefault(one["name"], SourceAnswers(name=one["name"], uri=ELSEWHERE, **stated))
    if answers:
        add_sources(project.settings_path, list(answers.values()))
        project.reload()


def _take_in(project: Project, shard: OpenedShard) -> int:
    project.progress.start("Joining shards", None)
    with ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(shard.file))
        transaction = stack.enter_context(project.store.transaction())
        try:
            holdings = Intake(transaction).take(_own(shard, rows_of(archive)))
        except (KeyError, ValueError, TypeError) as error:
            raise VerificationError(f"{shard.file}: its rows are not of this version ({error!r})") from error
        for name, value in shard.record["carried"].items():
            transaction.remember(name, value)
        before = json.loads(transaction.recall(MERGED) or "[]")
        said = {"part": list(shard.part), "signer": shard.signer, "sources": list(shard.sources)}
        transaction.remember(MERGED, json.dumps([*(one for one in before if one != said), said]))
        details: Details = {
            "shard": shard.file.name, "signer": shard.signer, "rows": shard.record["rows_sha256"], "holdings": holdings,
        }  # fmt: skip
        transaction.append_event("shard merged", details, at=project.clock(), actor=project.actor)
    project.progress.advance()
    return holdings


def _own(shard: OpenedShard, rows: Iterable[Shared]) -> Iterator[Shared]:
    """The rows, as long as they speak of the shard's own sources."""
    for row in rows:
        if row.get("source", shard.sources[0]) not in shard.sources:
            raise ValueError(f"a row is of the source {row['source']}")
        yield row


def form_joined(project: Project, locate: Locate = lambda _ref: None) -> None:
    """Form the clusters of everything; pairs that a site verified stand, and only what ``locate`` finds is read."""
    from pdpo_audit.pipeline import line
    from pdpo_audit.similarity.resolution import Preferences

    said = project.store.recall(SIMILARITY_LEVEL)
    wanted = project.settings.similarity
    with project.work() as work:
        line.join(
            work,
            level=said.partition(" ")[0],
            crops=said == "near",
            preferences=Preferences(sources=wanted.preferred_sources, jurisdiction=wanted.preferred_jurisdiction),
            jurisdictions={one.name: one.jurisdiction for one in project.settings.sources},
            locate=locate,
        )


def unverified(project: Project) -> list[VerifiedPair]:
    """Pairs that were found by fingerprint and that nobody could compare, the closest first."""
    pairs = [one for one in load_pairs(project.store, METHOD).values() if one.evidence.get(_UNREAD)]
    return sorted(pairs, key=lambda one: (int(one.evidence.get("distance", 256)), one.left, one.right))


def rows_of_pairs(project: Project, pairs: Iterable[VerifiedPair]) -> list[tuple[VerifiedPair, tuple[str, ...]]]:
    """Each pair whose pictures are both held, with its row of the list: source and path of each side, and signs."""
    pairs = list(pairs)
    held = some_places(project.store, sorted({content for one in pairs for content in (one.left, one.right)}))
    return [
        (
            one,
            (
                *(text for side in (one.left, one.right)
                  for text in (held[side][0].ref.source, held[side][0].ref.path)),
                str(one.evidence.get("distance", "")),
            ),
        )
        for one in pairs
        if one.left in held and one.right in held
    ]  # fmt: skip


def list_pairs(project: Project) -> tuple[int, Path]:
    """Write the list of pairs that nobody could compare yet; how many there are, and where the list lies."""
    rows = [row for _, row in rows_of_pairs(project, unverified(project))]
    file = project.folder / SHARDS / PAIRS
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with file.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        file.chmod(0o600)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(LISTED)
        writer.writerows(rows)
    return len(rows), file
