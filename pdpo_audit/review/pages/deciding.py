"""Decisions on a case: recorded in one step, then on to the next case, which tells what was recorded and undoes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pdpo_audit.errors import CallError
from pdpo_audit.review.access.visitors import said_cookie, visitor
from pdpo_audit.review.pages.batching import next_address
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.beside.keepers import Usual, usual_folder
from pdpo_audit.workspace.review.beside.pictures import judge_picture, take_back
from pdpo_audit.workspace.review.beside.settling import Settled, settle, waiting_findings
from pdpo_audit.workspace.review.beside.versions import unchanged
from pdpo_audit.workspace.review.cases import Case, open_case
from pdpo_audit.workspace.review.decisions import Choice, Said, decided_batch, read_said, undo_batch
from pdpo_audit.workspace.review.reviewers import AbsentError, Reviewer

#: Fields of a decision, and letters of them that a browser keeps to offer the same again.
_SAID = ("choice", "reason", "approver", "until", "role")
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was recorded on the page before: of which case, the decisions, the judgement that moved its master, how many
    findings were left to the next run; ``apart`` where a picture of it was told apart."""

    of: str
    rows: tuple[Any, ...] = ()
    moved: str = ""
    left: int = 0
    apart: bool = False


def decide(request: Request, form: FormData) -> Any:
    """Decide the selected findings of a case, and which copy is its master; on to the next where that is asked for."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    case, check = unchanged(project, reviewer, request.path_params["key"], str(form.get("version")))
    fields = _fields(form)
    said = read_said(_spoken(fields))
    chosen = {str(value) for value in form.getlist("finding")}
    if only := fields.get("only"):
        chosen &= {str(one["finding_id"]) for one in case.findings if one["rule"] == only}
    settled = settle(
        project, reviewer, case, chosen, said, check, master=fields.get("master", ""), instead="instead" in fields
    )
    onwards = f"/decided/{settled.batch}"
    if fields.get("then") == "next":
        onwards = _onwards(request, reviewer, case.key, settled)
    answer = RedirectResponse(onwards, 303)
    _remember(request, answer, said)
    return answer


def judge(request: Request, form: FormData) -> Any:
    """Say something of the pictures: another master, no duplicates, what a picture is in law."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    case, check = unchanged(project, reviewer, request.path_params["key"], str(form.get("version")))
    fields = _fields(form)
    fields["reason"] = "; ".join(part for part in (fields.get("why", ""), fields.get("reason", "").strip()) if part)
    copy = judge_picture(project, reviewer, case, fields, check)
    settled = {copy.digest, case.master.digest if case.master else b""}
    others = any(one.digest not in settled for one in case.copies)
    if fields.get("say") == "reject" and fields.get("then") == "next" and not others:
        return RedirectResponse(_next(request, reviewer, case.key, of=case.key, apart="1"), 303)
    moved = {"moved": "1"} if fields.get("say") == "master" else {}
    return RedirectResponse(_with(f"/case/{case.key}", copy=str(copy.holding), said="recorded", **moved), 303)


def show_decided(request: Request) -> Any:
    """What was decided just now, with the way back."""
    return _decided(request, visitor(request), undone=0)


def undo(request: Request, form: FormData) -> Any:
    """Take a decision back, with the change of master that was recorded with it."""
    reviewer = visitor(request)
    project, fields = request.app.state.house.project, _fields(form)
    undone = undo_batch(project, reviewer, request.path_params["batch"])
    if (moved := fields.get("moved")) and (of := fields.get("of")):
        take_back(project, reviewer, open_case(project, reviewer, of), moved, lambda: None)
    return _decided(request, reviewer, undone=undone, of=fields.get("of", ""))


def told_before(request: Request, reviewer: Reviewer) -> Told | None:
    """What the address of a page says was recorded before; nothing where that is not this reviewer's."""
    asked = request.query_params
    of, batch = asked.get("of", "")[:100], asked.get("decided", "")[:100]
    if asked.get("apart") and of:
        return Told(of=of, apart=True)
    if not batch:
        return None
    try:
        rows = decided_batch(request.app.state.house.project, reviewer, batch)
    except AbsentError:
        return None
    standing = tuple(row for row in rows if not row.taken_back_at)
    left = asked.get("left", "")
    return Told(
        of=of, rows=standing, moved=asked.get("moved", "")[:100], left=int(left) if left.isdecimal() else 0
    ) if standing else None  # fmt: skip


def said_before(request: Request) -> dict[str, str]:
    """The decision with a reason that this browser recorded last, to be offered again; empty where there is none."""
    fields = dict(parse_qsl(request.cookies.get(said_cookie(request), "")[:_LONGEST]))
    try:
        read_said(fields)
    except CallError:
        return {}
    return {name: fields[name] for name in _SAID if fields.get(name)}


def usual_master(request: Request, reviewer: Reviewer) -> Usual | None:
    """Where this reviewer has just put a master for the second time, to offer the same for all."""
    return usual_folder(request.app.state.house.project, reviewer) if request.query_params.get("moved") else None


def _decided(request: Request, reviewer: Reviewer, *, undone: int, of: str = "") -> Any:
    batch = request.path_params["batch"]
    rows = decided_batch(request.app.state.house.project, reviewer, batch)
    return page(
        request, "decided", reviewer=reviewer, rows=rows, batch=batch, undone=undone,
        go_on=f"/case/{of}" if of else next_address(request, reviewer),
    )  # fmt: skip


def _spoken(fields: Mapping[str, str]) -> dict[str, str]:
    """What a form says: its fields, or what a button says at once (``as``), with words typed beside it."""
    at_once = dict(parse_qsl(fields.get("as", "")))
    if not at_once:
        return dict(fields)
    reasons = dict.fromkeys((at_once.get("reason", ""), fields.get("reason", "").strip()))
    return {**at_once, "reason": "; ".join(one for one in reasons if one)}


def _onwards(request: Request, reviewer: Reviewer, key: str, settled: Settled) -> str:
    """Back to the case while something of it is open, else to the next one; either tells what was recorded."""
    project = request.app.state.house.project
    case: Case = open_case(project, reviewer, key)
    waits = waiting_findings(project, case)
    is_open = any(
        not one["determination"] and one["finding_id"] not in waits and one["finding_id"] not in case.hidden_looks
        for one in case.findings
    )
    told = {"decided": settled.batch, "of": key, "moved": settled.judgement_id, "left": str(settled.left or "")}
    return _with(f"/case/{key}", **told) if is_open else _next(request, reviewer, key, **told)


def _next(request: Request, reviewer: Reviewer, key: str, **told: str) -> str:
    """The address of the next case, which tells what was recorded; of the decision behind the last of a batch."""
    address = next_address(request, reviewer)
    if address == "/batch" and told.get("decided"):
        return f"/decided/{told['decided']}"
    return _with(address, **({"but": key} if address == "/next" else {}), **told)


def _remember(request: Request, answer: Response, said: Said) -> None:
    """Keep the last decision that took a reason in the browser, for as long as it is open."""
    if said.choice is Choice.AGREE:
        return
    text = urlencode({name: str(getattr(said, name)) for name in _SAID if getattr(said, name)})
    if len(text) <= _LONGEST:
        secure = request.url.scheme == "https"
        answer.set_cookie(said_cookie(request), text, httponly=True, samesite="strict", secure=secure)


def _with(address: str, **more: str) -> str:
    return f"{address}?{urlencode({name: value for name, value in more.items() if value})}"


def _fields(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}
