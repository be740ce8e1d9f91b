"""The case page: master beside copy, what differs, what the rules say, and what to say to it."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.numbers import number_in
from pdpo_audit.review.pages.batching import next_address
from pdpo_audit.review.pages.comparing import align
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.beside import keeping
from pdpo_audit.workspace.review.beside.pictures import judge_picture, take_back
from pdpo_audit.workspace.review.beside.versions import unchanged
from pdpo_audit.workspace.review.cases import Case, case_of_copy, differences, note_look, open_case
from pdpo_audit.workspace.review.decisions import (
    Choice,
    decide_case,
    decided_batch,
    read_said,
    undo_batch,
)
from pdpo_audit.workspace.review.entering.acts import ForbiddenError
from pdpo_audit.workspace.review.queue import rules_shown
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import taken_by_others

#: No row has a larger number, in either database.
_LARGEST = 2**63 - 1
_VIEWS = ("side", "blink", "slider", "difference")


def show(request: Request) -> Any:
    """A case, with one of its copies beside the master."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    case = open_case(project, reviewer, request.path_params["key"])
    note_look(project, reviewer, case)
    return shown_case(request, reviewer, case)


def reveal(request: Request, form: FormData) -> Any:
    """The same page with its two pictures as they are; the reason is logged before either is read."""
    reviewer = visitor(request)
    case = open_case(request.app.state.house.project, reviewer, request.path_params["key"])
    return shown_case(request, reviewer, case, clear=clear_pictures(request, reviewer, case, form))


def clear_pictures(request: Request, reviewer: Reviewer, case: Case, form: FormData) -> dict[int, str]:
    """The two pictures that a page of a case shows, as they are; the reason is logged before either is read."""
    house = request.app.state.house
    if not house.reveals.takes(reviewer.name):
        raise ForbiddenError("too many clear pictures in a minute", advice="wait a minute")
    return {
        one.content: _inline(house.pictures.clear(reviewer, one.content, str(form.get("reason", ""))))
        for one in {
            shown.content: shown
            for shown in _pair(case, number_in(request.query_params.get("copy"), otherwise=0, digits=17))
            if shown
        }.values()
    }


def picture(request: Request) -> Any:
    """A picture with every face covered."""
    reviewer = visitor(request)
    content = min(request.path_params["content"], _LARGEST)
    made = request.app.state.house.pictures.covered(reviewer, content)
    if not made:
        return Response(status_code=404)
    return Response(made, media_type="image/jpeg")


def decide(request: Request, form: FormData) -> Any:
    """Decide the selected findings of a case."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    case, check = unchanged(project, reviewer, request.path_params["key"], str(form.get("version")))
    chosen = {str(value) for value in form.getlist("finding")}
    only = str(form.get("only", ""))
    findings = [one for one in case.findings if one["finding_id"] in chosen and only in ("", one["rule"])]
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    batch = decide_case(project, reviewer, findings, read_said(fields), check)
    return RedirectResponse(f"/decided/{batch}", 303)


def judge(request: Request, form: FormData) -> Any:
    """Say something of the pictures: another master, no duplicates, what a picture is in law."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    case, check = unchanged(project, reviewer, request.path_params["key"], str(form.get("version")))
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    copy = judge_picture(project, reviewer, case, fields, check)
    return RedirectResponse(f"/case/{case.key}?copy={copy.holding}&said=recorded", 303)


def unjudge(request: Request, form: FormData) -> Any:
    """Take back what this reviewer said of the pictures."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    case, check = unchanged(project, reviewer, request.path_params["key"], str(form.get("version")))
    take_back(project, reviewer, case, str(form.get("judgement", "")), check)
    return RedirectResponse(f"/case/{case.key}?said=taken-back", 303)


def go_to_copy(request: Request) -> Any:
    """On to the case of a copy, by its source and path; to its findings where it has none."""
    reviewer = visitor(request)
    source, path = (request.query_params.get(name, "") for name in ("source", "path"))
    key = case_of_copy(request.app.state.house.project, reviewer, source, path)
    return RedirectResponse(f"/case/{key}" if key else f"/queue?{urlencode({'path': path, 'status': ''})}", 303)


def show_decided(request: Request) -> Any:
    """What was decided just now, with the way back."""
    reviewer = visitor(request)
    rows = decided_batch(request.app.state.house.project, reviewer, request.path_params["batch"])
    return page(
        request,
        "decided",
        reviewer=reviewer,
        rows=rows,
        batch=request.path_params["batch"],
        undone=0,
        go_on=next_address(request, reviewer),
    )


def undo(request: Request, _: FormData) -> Any:
    """Take a decision back."""
    reviewer = visitor(request)
    project, batch = request.app.state.house.project, request.path_params["batch"]
    undone = undo_batch(project, reviewer, batch)
    rows = decided_batch(project, reviewer, batch)
    return page(
        request,
        "decided",
        reviewer=reviewer,
        rows=rows,
        batch=batch,
        undone=undone,
        go_on=next_address(request, reviewer),
    )


def shown_case(
    request: Request, reviewer: Reviewer, case: Case, *, clear: dict[int, str] | None = None, look: int = 0
) -> Any:
    """The page of a case; with ``look`` as the second person reads it."""
    project = request.app.state.house.project
    master, copy = _pair(case, number_in(request.query_params.get("copy"), otherwise=0, digits=17))
    view = request.query_params.get("view", "side")
    at = min(100, number_in(request.query_params.get("at"), otherwise=50, digits=3))
    return page(
        request, "case", reviewer=reviewer, case=case, master=master, copy=copy, clear=clear or {},
        view=view if view in _VIEWS else "side", views=_VIEWS, at=at,
        alignment=align((master.width, master.height), (copy.width, copy.height), copy.evidence)
        if master and copy else None,
        differences=differences(master, copy) if master and copy else [],
        everything=bool(request.query_params.get("all")), rules=rules_shown(project),
        decisions=list(Choice), determinations=[one for one in LegalDetermination if one != "not_assessed"],
        codes=list(LegalReason), said=request.query_params.get("said"), look=look,
        **_kept(request, reviewer, case, look),
        taken=None if look else taken_by_others(project, reviewer).get(case.key),
        here=f"/second/{look}" if look else f"/case/{case.key}",
    )  # fmt: skip


def _kept(request: Request, reviewer: Reviewer, case: Case, look: int) -> dict[str, Any]:
    """What of the copies' metadata is kept with the master, and what can be."""
    if look:
        return {"offered": [], "kept": []}
    offers = keeping.offered(case, reviewer)
    return {"offered": offers, "kept": keeping.kept_with(request.app.state.house.project, case)}


def _pair(case: Case, holding: int) -> tuple[Any, Any]:
    """The master (or the first copy that is seen), and the copy asked for (or the first other one)."""
    master = case.master or next(iter(case.copies), None)
    others = [one for one in case.copies if one is not master]
    return master, next((one for one in others if one.holding == holding), others[0] if others else None)


def _inline(jpeg: bytes) -> str:
    """A picture inside of the page: no address of its own from which it could be had again."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
