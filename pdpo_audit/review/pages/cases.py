"""The case page: master beside copy, what differs, what the rules say, and what to say to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.numbers import number_in
from pdpo_audit.review.pages import deciding, revealing
from pdpo_audit.review.pages.comparing import align
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.beside import keeping
from pdpo_audit.workspace.review.beside.pictures import take_back
from pdpo_audit.workspace.review.beside.settling import waiting_findings
from pdpo_audit.workspace.review.beside.versions import unchanged
from pdpo_audit.workspace.review.cases import Case, case_of_copy, differences, note_look, open_case
from pdpo_audit.workspace.review.decisions import Choice
from pdpo_audit.workspace.review.queue import rules_shown
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import my_batch, taken_by_others
from pdpo_audit.workspace.review.together.waiting import move_in

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
    """Its pictures as they are, these two or for a while; the reason is logged before any is read."""
    reviewer = visitor(request)
    case = open_case(request.app.state.house.project, reviewer, request.path_params["key"])
    scope, reason = str(form.get("scope", revealing.HERE)), str(form.get("reason", "")).strip()
    if scope == revealing.HERE:
        clear = revealing.clear_pictures(request, reviewer, shown_pair(request, case), reason)
        return shown_case(request, reviewer, case, clear=clear)
    revealing.begin(request, reviewer, case, scope, reason)
    kept = {name: request.query_params[name] for name in ("copy", "view") if request.query_params.get(name)}
    return RedirectResponse(f"/case/{case.key}?{urlencode(kept)}", 303)


def picture(request: Request) -> Any:
    """A picture with every face covered."""
    reviewer = visitor(request)
    content = min(request.path_params["content"], _LARGEST)
    made = request.app.state.house.pictures.covered(reviewer, content)
    if not made:
        return Response(status_code=404)
    return Response(made, media_type="image/jpeg")


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


def shown_case(
    request: Request, reviewer: Reviewer, case: Case, *, clear: dict[int, str] | None = None, look: int = 0
) -> Any:
    """The page of a case; with ``look`` as the second person reads it."""
    project = request.app.state.house.project
    master, copy = shown_pair(request, case)
    revealed = None if look else revealing.standing(request, reviewer, case)
    move = move_in(project, case.cluster_id) if case.cluster_id and not look else None
    view = request.query_params.get("view", "side")
    at = min(100, number_in(request.query_params.get("at"), otherwise=50, digits=3))
    return page(
        request, "case", reviewer=reviewer, case=case, master=master, copy=copy, revealed=revealed,
        clear=clear or revealing.still_clear(request, reviewer, (master, copy), revealed),
        view=view if view in _VIEWS else "side", views=_VIEWS, at=at,
        alignment=align((master.width, master.height), (copy.width, copy.height), copy.evidence)
        if master and copy else None,
        differences=differences(master, copy) if master and copy else [],
        everything=bool(request.query_params.get("all")), rules=rules_shown(project),
        decisions=list(Choice), determinations=[one for one in LegalDetermination if one != "not_assessed"],
        codes=list(LegalReason), said=request.query_params.get("said"), look=look,
        move=move, waits=waiting_findings(project, case, move) if move else frozenset(),
        told=None if look else deciding.told_before(request, reviewer), before=deciding.said_before(request),
        usual=None if look else deciding.usual_master(request, reviewer),
        batched=not look and any(one.key == case.key for one in my_batch(project, reviewer).cases),
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


def shown_pair(request: Request, case: Case) -> tuple[Any, Any]:
    """The master (or the first copy that is seen), and the copy asked for (or the first other one)."""
    holding = number_in(request.query_params.get("copy"), otherwise=0, digits=17)
    master = case.master or next(iter(case.copies), None)
    others = [one for one in case.copies if one is not master]
    return master, next((one for one in others if one.holding == holding), others[0] if others else None)
