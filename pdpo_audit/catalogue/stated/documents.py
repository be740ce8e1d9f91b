"""What pictures and their sidecars say, as it is stored: JSON in which empty fields are left out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.people import quoted_sidecar
from pdpo_audit.model.pictures import Beside, Metadata, NamedRegion, Saying, Sidecar, laid_over


def write_metadata(metadata: Metadata) -> str:
    """Metadata as JSON; empty fields are left out."""
    fields = {one.name: value for one in dataclasses.fields(metadata) if (value := getattr(metadata, one.name))}
    return json.dumps(fields, default=_as_plain, ensure_ascii=False, sort_keys=True)


def read_metadata(text: str) -> Metadata:
    """Metadata from its JSON."""
    fields: dict[str, Any] = json.loads(text)
    if "captured_at" in fields:
        fields["captured_at"] = datetime.fromisoformat(fields["captured_at"])
    if "licence_ends_on" in fields:
        fields["licence_ends_on"] = date.fromisoformat(fields["licence_ends_on"])
    for name in ("keywords", "persons", "remarks"):
        fields[name] = tuple(fields.get(name, ()))
    fields["regions"] = tuple(NamedRegion(**region) for region in fields.get("regions", ()))
    return Metadata(**fields)


def stated_document(metadata: str, beside: str) -> str:
    """What a picture (its stored metadata) and its sidecars (as stored at a holding) say together, as JSON."""
    return write_metadata(stated_metadata(metadata, beside)) if beside else metadata


def stated_metadata(metadata: str, beside: str) -> Metadata:
    """The same as a value."""
    own = read_metadata(metadata or "{}")
    return laid_over(own, read_beside(beside)) if beside else own


def captured_of(captured: str, beside: str) -> str:
    """When a picture was taken, as stored: by itself (``captured``), else by its sidecars."""
    if captured or not beside:
        return captured
    said = laid_over(Metadata(), read_beside(beside))
    return said.captured_at.isoformat() if said.captured_at else said.captured_in


def sidecars_of(beside: str) -> str:
    """The places of a picture's sidecars, with a semicolon between them."""
    return ";".join(one.sidecar for one in read_beside(beside)) if beside else ""


def notes_of(note: str, beside: str, here: str) -> str:
    """What a reader should know of a picture and of one place of it, with why sidecars of it were not read."""
    unread = (
        f"{quoted_sidecar(one.sidecar)} was not read: {one.problem}" for one in read_beside(beside) if one.problem
    )
    return "; ".join(filter(None, (here, note, *unread)))


def all_documents(rows: Iterable[Row[Any]]) -> list[str]:
    """Everything that says something of some holdings (rows with ``metadata`` and ``beside``), each by itself."""
    said = [(row.metadata, [write_metadata(one.metadata) for one in read_beside(row.beside)]) for row in rows]
    return [document for own, others in said for document in (own, *others)]


def write_said(sidecar: Sidecar) -> str:
    """What stands in a sidecar, as JSON."""
    said = [{"of": one.of, "metadata": write_metadata(one.metadata)} for one in sidecar.said]
    return json.dumps({"said": said, "problem": sidecar.problem, "evident": sidecar.evident}, ensure_ascii=False)


def read_said(text: str, ref: ImageRef) -> Sidecar:
    """A sidecar from its JSON."""
    told = json.loads(text)
    said = tuple(Saying(of=one["of"], metadata=read_metadata(one["metadata"])) for one in told["said"])
    return Sidecar(ref=ref, said=said, problem=told["problem"], evident=told["evident"])


def write_beside(beside: Sequence[Beside]) -> str:
    """What sidecars say of a picture, as JSON; empty where it has none."""
    if not beside:
        return ""
    told = [
        {"sidecar": one.sidecar, "metadata": write_metadata(one.metadata), "problem": one.problem} for one in beside
    ]
    return json.dumps(told, ensure_ascii=False)


def read_beside(text: str) -> tuple[Beside, ...]:
    """What sidecars say of a picture from its JSON."""
    if not text:
        return ()
    return tuple(
        Beside(sidecar=one["sidecar"], metadata=read_metadata(one["metadata"]), problem=one["problem"])
        for one in json.loads(text)
    )


def _as_plain(value: object) -> str | dict[str, Any]:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, NamedRegion):
        return dataclasses.asdict(value)
    raise TypeError(f"metadata holds a {type(value).__name__}")
