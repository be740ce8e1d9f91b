"""Contents and their fingerprints: what one read of a file told, recorded batch by batch."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.memory import Memory, first_seen_before
from pdpo_audit.catalogue.stated.documents import read_metadata, write_metadata, write_said
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.locations.holdings import Entry, Skipped, SkipReason
from pdpo_audit.model.pictures import Examination, Fingerprint, Sidecar

_Value = TypeVar("_Value")
#: What lies inside a file and is no picture.
_NO_IMAGES = (SkipReason.OTHER_FILE, SkipReason.CONTAINER_NOT_OPENED)
#: Between two notes on one content.
_BETWEEN = "; "


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """The outcome of reading one file: where it is recorded, and one result a picture (or another one of the file)."""

    folder_id: int
    entry: Entry
    image: bool
    results: tuple[Examination | Skipped | Sidecar, ...]
    #: Whether a picture in the file (by its member) is let in by the settings.
    wanted: Callable[[str], bool] = lambda _member: True


def record_files(
    transaction: Transaction, files: Sequence[ReadFile], seen_on: str, memory: Memory | None = None
) -> None:
    """Record what was read, in place of what was known of the same files.

    ``seen_on`` dates what is new; with ``memory`` what was first seen before a purge keeps its date.
    """
    _record_contents(transaction, [r for f in files for r in f.results if isinstance(r, Examination)])
    read = {r.sha256 for f in files for r in f.results if isinstance(r, Examination)}
    contents = _contents_of_files(transaction.connection, sorted(read))
    before = _first_seen(transaction.connection, files)
    if before:
        table = schema.holdings
        where = (table.c.folder_id == bindparam("folder")) & (table.c.name == bindparam("file"))
        transaction.connection.execute(delete(table).where(where), [{"folder": f, "file": n} for f, n in before])
    first_seen = {**_remembered(transaction.connection, files, memory), **before} if memory else before
    rows = [
        row
        for file in files
        for row in _holding_rows(file, contents, first_seen.get((file.folder_id, file.entry[0]), seen_on))
    ]
    transaction.connection.execute(insert(schema.holdings), rows)
    transaction.note_change()


def _first_seen(connection: Connection, files: Sequence[ReadFile]) -> dict[tuple[int, bytes], str]:
    """When those of these files (folder and name) that are known were first seen."""
    wanted = {(file.folder_id, file.entry[0]) for file in files}
    table = schema.holdings
    query = select(table.c.folder_id, table.c.name, table.c.first_seen).where(
        table.c.folder_id.in_({folder for folder, _ in wanted}) & table.c.name.in_({name for _, name in wanted})
    )
    rows = connection.execute(query)
    return {(row.folder_id, row.name): row.first_seen for row in rows if (row.folder_id, row.name) in wanted}


def _remembered(connection: Connection, files: Sequence[ReadFile], memory: Memory) -> Mapping[tuple[int, bytes], str]:
    places = ((file.folder_id, file.results[0].ref, file.entry) for file in files if file.results)
    return first_seen_before(
        connection, memory, ((folder, ref.source, ref.locator, entry) for folder, ref, entry in places)
    )


def digests_by_size(
    store: Store, sizes: Iterable[int], *, but: Callable[[int, int], bool] = lambda _width, _height: False
) -> dict[int, set[bytes]]:
    """SHA-256 digests of the contents whose files have one of these sizes, but pictures of some width and height."""
    table = schema.contents
    wanted = sorted(set(sizes))
    found: dict[int, set[bytes]] = {}
    with store.reading() as connection:
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            known = table.c.bytes.in_(part) & (table.c.examined == 1)
            for row in connection.execute(
                select(table.c.bytes, table.c.sha256, table.c.width, table.c.height).where(known)
            ):
                if not but(row.width, row.height):
                    found.setdefault(row.bytes, set()).add(row.sha256)
    return found


def load_fingerprints(connection: Connection, ids: Sequence[int]) -> dict[int, Fingerprint]:
    """The fingerprints of some contents."""
    found: dict[int, Fingerprint] = {}
    table = schema.fingerprints
    for start in range(0, len(ids), 500):
        for row in connection.execute(select(table).where(table.c.content_id.in_(ids[start : start + 500]))):
            fields = row._asdict()
            content = fields.pop("content_id")
            found[content] = Fingerprint(**fields)
    return found


def outdated_contents(store: Store, method: str, *, without_regions: bool = False) -> list[int]:
    """Contents whose fingerprint another method made, or (``without_regions``) that has none of the regions."""
    table = schema.fingerprints
    outdated = table.c.method != method
    if without_regions:
        outdated |= table.c.regions == b""
    with store.reading() as connection:
        return list(
            connection.execute(select(table.c.content_id).where(outdated).order_by(table.c.content_id)).scalars()
        )


def unread_contents(store: Store, reason: str, formats: Sequence[str]) -> list[int]:
    """Contents of these formats that were skipped for a reason."""
    table = schema.contents
    query = select(table.c.id).where(table.c.reason == reason, table.c.examined == 1, table.c.format.in_(formats))
    with store.reading() as connection:
        return list(connection.execute(query.order_by(table.c.id)).scalars())


def replace_fingerprints(transaction: Transaction, examinations: Iterable[Examination]) -> set[int]:
    """Put the fingerprints of contents that are known already in place of older ones; which these were.

    What was skipped before and can be read now is recorded like anything that was read.
    """
    by_digest = {content_digest(one): one for one in examinations if one.fingerprint}
    ids = _ids(transaction.connection, list(by_digest))
    found = {ids[digest]: one for digest, one in by_digest.items() if digest in ids}
    rows = [{"content_id": number, **_fields(one.fingerprint)} for number, one in found.items() if one.fingerprint]
    transaction.upsert(schema.fingerprints, rows, ["content_id"])
    _record_again(transaction.connection, found, schema.contents.c.reason != "")
    _tell_previews(transaction.connection, found)
    transaction.note_change()
    return {row["content_id"] for row in rows}


def content_digest(examination: Examination) -> bytes:
    """What identifies a content: the digest of its file, wherever that lies; of a page that digest with its name."""
    if not examination.ref.part:
        return examination.sha256
    return hashlib.sha256(examination.sha256 + examination.ref.part.encode()).digest()


def keep_notes(store: Store, notes: Mapping[int, Sequence[str]], most: int) -> None:
    """Add lines to the notes of contents that were examined, each once and no more than ``most`` of one content."""
    table = schema.contents
    with store.transaction(durable=False) as transaction:
        for part in _parts(sorted(notes)):
            wanted = (table.c.id.in_(part)) & (table.c.reason == "") & (table.c.examined == 1)
            for row in transaction.connection.execute(select(table.c.id, table.c.detail).where(wanted)).all():
                known = [line for line in row.detail.split(_BETWEEN) if line]
                added = [line for line in sorted(notes[row.id]) if line not in row.detail]
                if added and len(known) < most:
                    detail = _BETWEEN.join([*known, *added][:most])
                    transaction.connection.execute(update(table).where(table.c.id == row.id).values(detail=detail))


def _record_contents(transaction: Transaction, examinations: list[Examination]) -> None:
    """Record contents that are new, and the fingerprints of all that were decoded."""
    by_digest = {content_digest(one): one for one in examinations if one.fingerprint or one.skipped}
    known = _ids(transaction.connection, list(by_digest))
    again = {known[digest]: one for digest, one in by_digest.items() if digest in known}
    _record_again(transaction.connection, again, schema.contents.c.examined == 0)
    new = [digest for digest in by_digest if digest not in known]
    if new:
        transaction.connection.execute(
            insert(schema.contents), [_content_row(digest, by_digest[digest]) for digest in new]
        )
        known |= _ids(transaction.connection, new)
    prints = [
        {"content_id": known[digest], **_fields(one.fingerprint)}
        for digest, one in by_digest.items()
        if one.fingerprint is not None
    ]
    transaction.upsert(schema.fingerprints, prints, ["content_id"])


def _record_again(connection: Connection, known: Mapping[int, Examination], lacking: ColumnElement[bool]) -> None:
    """What the catalogue is ``lacking`` of contents is there again: after a purge, or now that they can be read."""
    table = schema.contents
    forgotten = [
        number
        for part in _parts(sorted(known))
        for number in connection.execute(select(table.c.id).where(table.c.id.in_(part), lacking)).scalars()
    ]
    for number in forgotten:
        fields = _content_row(b"", known[number])
        del fields["digest"]
        connection.execute(update(table).where(table.c.id == number).values(**fields))


def _tell_previews(connection: Connection, known: Mapping[int, Examination]) -> None:
    """Whether a preview in a file shows something else is told anew with its fingerprint: newer methods see more."""
    table = schema.contents
    for part in _parts(sorted(known)):
        for row in connection.execute(select(table.c.id, table.c.metadata).where(table.c.id.in_(part))).all():
            told, stale = read_metadata(row.metadata), known[row.id].metadata.stale_thumbnail
            if told.stale_thumbnail != stale:
                text = write_metadata(dataclasses.replace(told, stale_thumbnail=stale))
                connection.execute(update(table).where(table.c.id == row.id).values(metadata=text))


def _contents_of_files(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, list[tuple[str, int]]]:
    """The contents (member, id) in the files with these SHA-256 digests: several where a file has several pages."""
    table = schema.contents
    found: dict[bytes, list[tuple[str, int]]] = {}
    for part in _parts(digests):
        query = select(table.c.sha256, table.c.member, table.c.id).where(
            table.c.sha256.in_(part), table.c.examined == 1
        )
        for row in connection.execute(query.order_by(table.c.id)):
            found.setdefault(row.sha256, []).append((row.member, row.id))
    return found


def _fields(record: Fingerprint) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _ids(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, int]:
    table = schema.contents
    found: dict[bytes, int] = {}
    for part in _parts(digests):
        for row in connection.execute(select(table.c.id, table.c.digest).where(table.c.digest.in_(part))):
            found[row.digest] = row.id
    return found


def _parts(values: Sequence[_Value], size: int = 500) -> Iterator[Sequence[_Value]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _content_row(digest: bytes, one: Examination) -> dict[str, Any]:
    captured = one.metadata.captured_at
    return {
        "digest": digest,
        "sha256": one.sha256,
        "member": one.ref.part,
        "image_sha256": one.image_sha256,
        "bytes": one.stat.size,
        "format": one.format,
        "width": one.width,
        "height": one.height,
        "pages": one.pages,
        "captured_at": captured.isoformat() if captured else one.metadata.captured_in,
        "metadata": write_metadata(one.metadata),
        "reason": one.skipped.reason.value if one.skipped else "",
        "detail": one.skipped.detail if one.skipped else _BETWEEN.join(one.notes),
        "examined": 1,
    }


def _holding_rows(
    file: ReadFile, contents: dict[bytes, list[tuple[str, int]]], first_seen: str
) -> Iterator[dict[str, Any]]:
    """One row a picture of the file. A file whose digest was known already was not decoded: its contents are."""
    name, size, modified, inode = file.entry
    row = {
        "folder_id": file.folder_id, "name": name, "member": "", "size": size, "modified_ns": modified,
        "inode": inode, "image": int(file.image), "first_seen": first_seen, "vanished_on": "",
        "content_id": None, "reason": "", "detail": "", "said": "", "beside": "",
    }  # fmt: skip
    read = {
        (result.ref.whole, result.sha256): result.here for result in file.results if isinstance(result, Examination)
    }
    rows = [
        row | {"content_id": content, "member": whole.below(part).member, "detail": here}
        for (whole, digest), here in sorted(read.items())
        for part, content in contents[digest]
    ]
    wanted = [one for one in rows if file.wanted(str(one["member"]))]
    wanted += [
        row
        | {"member": result.ref.member, "reason": result.reason.value, "detail": result.detail}
        | ({"image": 0} if result.ref.inside and result.reason in _NO_IMAGES else {})
        for result in file.results
        if isinstance(result, Skipped) and (not result.ref.member or file.wanted(result.ref.member))
    ]
    wanted += [
        row | {"reason": SkipReason.SIDECAR.value, "said": write_said(result)}
        for result in file.results
        if isinstance(result, Sidecar)
    ]
    # A file of which nothing is let in is known all the same: else every scan would read it again.
    yield from wanted or [row | {"image": 0}]
