"""The second of four eyes: cases that wait for another person, read without knowing what was decided."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request

from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.cases import shown_case, shown_pair
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.review.pages.revealing import clear_pictures
from pdpo_audit.workspace.review.beside.second_looks import open_look, read_look, waiting_looks
from pdpo_audit.workspace.review.cases import Case, note_look
from pdpo_audit.workspace.review.decisions import ChangedError, read_said
from pdpo_audit.workspace.review.reviewers import Reviewer


def show_waiting(request: Request) -> Any:
    """The cases that wait for this reviewer as the second person."""
    reviewer = visitor(request)
    waiting = waiting_looks(request.app.state.house.project, reviewer)
    return page(request, "second", reviewer=reviewer, waiting=waiting, compared=None)


def show(request: Request) -> Any:
    """One of them, with the pictures and rules and nothing that was decided."""
    reviewer = visitor(request)
    case = _opened(request, reviewer)
    note_look(request.app.state.house.project, reviewer, case)
    return shown_case(request, reviewer, case, look=request.path_params["number"])


def reveal(request: Request, form: FormData) -> Any:
    """The same page with its two pictures as they are."""
    reviewer = visitor(request)
    case = _opened(request, reviewer)
    clear = clear_pictures(request, reviewer, shown_pair(request, case), str(form.get("reason", "")))
    return shown_case(request, reviewer, case, clear=clear, look=request.path_params["number"])


def decide(request: Request, form: FormData) -> Any:
    """Say what the second person says; now both decisions are shown."""
    reviewer = visitor(request)
    project, number = request.app.state.house.project, request.path_params["number"]
    said = read_said({name: value for name, value in form.multi_items() if isinstance(value, str)})

    def check() -> None:
        if _opened(request, reviewer).version != form.get("version"):
            raise ChangedError(
                "this case has changed since you opened it; nothing was taken", advice=f"/second/{number}"
            )

    check()
    compared = read_look(project, reviewer, number, said, check)
    waiting = waiting_looks(project, reviewer)
    return page(request, "second", reviewer=reviewer, waiting=waiting, compared=compared)


def _opened(request: Request, reviewer: Reviewer) -> Case:
    return open_look(request.app.state.house.project, reviewer, request.path_params["number"])
