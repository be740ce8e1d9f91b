"""From what a person asks for to a plan for exactly the copies that show them, as somebody looked and confirmed."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from io import StringIO
from pathlib import Path

from pdpo_audit.catalogue.care.made_files import note_file
from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.locations.patterns import literal
from pdpo_audit.workspace.acts.plans.folders import DISPOSALS, keep_file
from pdpo_audit.workspace.acts.plans.planning import MadePlan, plan
from pdpo_audit.workspace.acts.plans.selecting import Wanted
from pdpo_audit.workspace.project import Project

#: Where requests lie, each under the name of its plan.
REQUESTS = "requests"
#: What somebody who looked writes beside a copy that shows the person; without such a column every row counts.
_YES = frozenset(("yes", "y", "x", "true", "1", "是"))
_LARGEST = 20_000_000


class RequestKind(StrEnum):
    """What a person asks, or says."""

    ACCESS = "access"  # a data access request (s.18): what is held was found by a person search
    WITHDRAWAL = "withdrawal"  # consent withdrawn in writing
    OBJECTION = "objection"  # no more direct marketing (s.35G), or another objection
    CORRECTION = "correction"  # a data correction request (s.22)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequest:
    """A request by its reference: the person's name stays in the letters."""

    kind: RequestKind
    reference: str
    received_on: date

    def words(self) -> str:
        """As a plan states it."""
        return f"{self.kind.value}, reference {self.reference}, received on {self.received_on.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A request with its plan: the copies that were named, and those that the plan could not take in, with why."""

    plan_id: str
    kind: str
    reference: str
    received_on: str
    named: int
    left: tuple[tuple[str, str, str], ...]


def read_copies(file: Path) -> tuple[tuple[str, str], ...]:
    """The copies (source, path) of a list: CSV with these columns, and ``confirmed`` where somebody looked through it;
    or what ``person find --json`` says, of which only holdings of the photographs themselves count unlooked at.

    :raises CallError: it is none, or names no copy.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise CallError(f"{file} is larger than a list of copies")
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(f"{file} cannot be read as a list: {error}") from error
    found = _of_search(text) if text.lstrip().startswith("{") else _of_rows(text)
    if not found:
        raise CallError(
            f"{file} confirms no copy", advice="columns source, path, confirmed; yes beside each copy meant"
        )
    return tuple(dict.fromkeys(found))


def plan_listed(
    project: Project, request: PersonRequest, listed: Path, *, act: DisposalAct | None = None, preparer: str = ""
) -> MadePlan:
    """``plan_request`` for the copies that a list confirms.

    :raises CallError: as ``read_copies`` and ``plan_request``.
    """
    return plan_request(project, request, read_copies(listed), act=act, preparer=preparer)


def plan_request(
    project: Project, request: PersonRequest, copies: Sequence[tuple[str, str]], *, act: DisposalAct | None = None,
    preparer: str = "",
) -> MadePlan:  # fmt: skip
    """A plan for these copies and no other; ``act`` is a named decision where the rules propose another.

    :raises CallError: the reference is missing, a copy is not held, or nothing may be done.
    """
    if not request.reference.strip():
        raise CallError("under which reference does the request run?", advice="--reference DSR-2026-7")
    if request.received_on > project.clock().date():
        raise CallError("the request was received on a day to come", advice="--received 2026-11-20")
    places = tuple(f"{source}:{literal(path)}" for source, path in copies)
    reason = request.words() if act is not None else ""
    made = plan(project, Wanted(places=places, act=act, reason=reason), preparer=preparer)
    taken = set(planned_copies(project, made.plan_id))
    why = {(one.source, one.path): one.why for one in made.refused}
    left = tuple(
        (source, path, why.get((source, path), "no act is due, or it is not held here"))
        for source, path in copies
        if (source, path) not in taken
    )
    kept = KeptRequest(
        plan_id=made.plan_id, kind=request.kind.value, reference=request.reference,
        received_on=request.received_on.isoformat(), named=len(copies), left=left,
    )  # fmt: skip
    file = _file(project, made.plan_id)
    keep_file(file, json.dumps(asdict(kept), ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace"))
    with project.store.transaction() as transaction:
        note_file(transaction, file, "request", project.clock().date())
        transaction.append_event(
            "disposal requested",
            {"plan": made.plan_id, "kind": kept.kind, "reference": kept.reference, "received_on": kept.received_on},
            at=project.clock(), actor=project.actor,
        )  # fmt: skip
    return made


def kept_request(project: Project, plan_id: str) -> KeptRequest:
    """The request that a plan was made for.

    :raises CallError: it was made for none.
    """
    try:
        raw = json.loads(_file(project, plan_id).read_text("utf-8"))
        return KeptRequest(**{**raw, "left": tuple((str(a), str(b), str(c)) for a, b, c in raw["left"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CallError(
            f"{plan_id} was made for no request", advice="pdpo-audit dispose request LIST makes such a plan"
        ) from error


def planned_copies(project: Project, plan_id: str) -> list[tuple[str, str]]:
    """The copies of a plan."""
    from pdpo_audit.workspace.acts.listing import list_items

    return [(one.source, one.path) for one in list_items(project, plan_id)]


def _file(project: Project, plan_id: str) -> Path:
    return project.folder / DISPOSALS / REQUESTS / f"{plan_id}.json"


def _of_rows(text: str) -> list[tuple[str, str]]:
    rows = csv.DictReader(StringIO(text))
    if not {"source", "path"} <= set(rows.fieldnames or ()):
        raise CallError("a list of copies has the columns source and path")
    asked = "confirmed" in (rows.fieldnames or ())
    return [
        (str(row["source"]), str(row["path"]))
        for row in rows
        if not asked or str(row["confirmed"] or "").strip().casefold() in _YES
    ]


def _of_search(text: str) -> list[tuple[str, str]]:
    try:
        return [(str(one["source"]), str(one["path"])) for one in json.loads(text)["by_picture"]]
    except (ValueError, KeyError, TypeError) as error:
        raise CallError("this is no answer of pdpo-audit person find --json") from error
