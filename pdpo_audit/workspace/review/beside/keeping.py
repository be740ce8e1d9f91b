"""Captions, rights, releases and names of copies stay with the master: recorded and exported, never in a source."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pdpo_audit.catalogue.queries.cases import Copy
from pdpo_audit.catalogue.reviewing import keeping as kept
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.errors import CallError
from pdpo_audit.metadata.sidecars.writing import FIELDS, write_sidecar
from pdpo_audit.model.events import Details
from pdpo_audit.reports.tables.writing import write_table
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.cases import Case
from pdpo_audit.workspace.review.entering.acts import Act, permits
from pdpo_audit.workspace.review.reviewers import Reviewer, Right
from pdpo_audit.workspace.setup.persons import refuse_leaver


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A field of which copies say what their master does not: the texts, each once."""

    field: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What somebody kept with a master."""

    number: int
    digest: bytes
    values: Mapping[str, Sequence[str]]
    by: str
    at: str
    reason: str


def offered(case: Case, reviewer: Reviewer) -> list[Offered]:
    """What would go with the additional copies of a case, for who decides: what they say and the master does not."""
    master = case.master
    if master is None or not permits(reviewer, Act.DECIDE):
        return []
    own = {field: set(_texts(master, field)) for field in FIELDS}
    found = []
    for field in FIELDS:
        texts = dict.fromkeys(text for one in case.copies if one is not master for text in _texts(one, field))
        if new := tuple(text for text in texts if text not in own[field]):
            found.append(Offered(field=field, texts=new))
    return found


def keep(project: Project, reviewer: Reviewer, case: Case, fields: Iterable[str], reason: str) -> None:
    """Record the chosen fields of the additional copies with the master.

    :raises CallError: nothing was chosen, or the reviewer may not.
    """
    wanted = set(fields)
    values = {one.field: one.texts for one in offered(case, reviewer) if one.field in wanted}
    if not values or case.master is None:
        raise CallError("choose what is kept")
    if not reviewer.may(Right.DECIDE) or len(reason) > 4000:
        raise CallError("your role does not decide" if len(reason) <= 4000 else "the reason is too long")
    refuse_leaver(project, reviewer.name)
    now = project.clock()
    with project.store.transaction() as transaction:
        kept.keep_metadata(
            transaction, case.master.digest, values, kept_by=reviewer.name, role=reviewer.role, reason=reason.strip(),
            at=now.isoformat(timespec="seconds"),
        )  # fmt: skip
        told: Details = {
            "content": case.master.digest.hex(), "by": reviewer.name, "role": reviewer.role,
            "fields": ", ".join(sorted(values)), RECORD: kept.digest_of_kept(transaction),
        }  # fmt: skip
        transaction.append_event("metadata kept with master", told, at=now, actor=project.actor)


def let_go(project: Project, reviewer: Reviewer, case: Case, number: int) -> None:
    """Take back that metadata are kept with the master of a case.

    :raises CallError: nothing by this number is kept there.
    """
    if number not in {one.number for one in kept_with(project, case)}:
        raise CallError("nothing by this number is kept here")
    now = project.clock()
    with project.store.transaction() as transaction:
        if not kept.let_go(transaction, number, by=reviewer.name, at=now.isoformat(timespec="seconds")):
            raise CallError("that was taken back already")
        told: Details = {"kept": number, "by": reviewer.name, RECORD: kept.digest_of_kept(transaction)}
        transaction.append_event("metadata no longer kept", told, at=now, actor=project.actor)


def kept_with(project: Project, case: Case) -> list[Kept]:
    """What is kept with any copy of a case: the master may be another one by now."""
    return [_kept(row) for row in kept.kept_with(project.store, sorted({one.digest for one in case.copies}))]


def kept_files(project: Project) -> dict[str, bytes]:
    """Everything that is kept as files: one table, and an XMP sidecar for each master, called by its SHA-256."""
    everything = [_kept(row) for row in kept.kept_with(project.store)]
    if not everything:
        return {}
    together: dict[str, dict[str, list[str]]] = {}
    for one in everything:
        fields = together.setdefault(one.digest.hex(), {})
        for field, texts in one.values.items():
            fields[field] = list(dict.fromkeys([*fields.get(field, []), *texts]))
    files = {f"{digest}.xmp": write_sidecar(values) for digest, values in together.items()}
    return {"kept-metadata.csv": _table(everything), **files}


def write_kept(project: Project, folder: Path) -> list[Path]:
    """Write these files into a new folder, or one that is empty.

    :raises CallError: it holds something, or nothing is kept.
    """
    files = kept_files(project)
    if not files:
        raise CallError(
            "no metadata are kept with a master yet", advice="a case page offers it: pdpo-audit review serve"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CallError(f"{folder} holds something", advice="name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return sorted(folder / name for name in files)


def _table(everything: Sequence[Kept]) -> bytes:
    columns = ["master_sha256", "field", "text", "kept_by", "kept_at", "reason"]
    rows = [
        (one.digest.hex(), field, text, one.by, one.at, one.reason)
        for one in everything
        for field, texts in one.values.items()
        for text in texts
    ]
    out = io.BytesIO()
    write_table(iter([pd.DataFrame(rows, columns=columns)]), "csv", out)
    return out.getvalue()


def _texts(one: Copy, field: str) -> tuple[str, ...]:
    if field == "names":
        return (one.path.rpartition("/")[2],)
    said: Any = one.stated.get(field)
    if not said:
        return ()
    return tuple(map(str, said)) if isinstance(said, list) else (str(said),)


def _kept(row: Any) -> Kept:
    return Kept(
        number=row.id, digest=bytes(row.digest), values=json.loads(row.document), by=row.kept_by, at=row.at,
        reason=row.reason,
    )  # fmt: skip
