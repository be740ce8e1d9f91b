"""Questions for the people who know the answer: facts of their sources, and decisions that were passed on to them."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.model.tables import Table
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.queue import read_queue, rules_shown
from pdpo_audit.workspace.rules.open_questions import answer_question, open_questions


def show(request: Request) -> Any:
    """What is asked of this reviewer's sources, and what somebody passed on."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    passed = read_queue(project, reviewer, Table.FINDINGS, {"determination": "postponed"}).rows
    return page(
        request, "questions", reviewer=reviewer, questions=open_questions(project, reviewer.sources), passed=passed,
        rules=rules_shown(project), done=bool(request.query_params.get("done")),
    )  # fmt: skip


def answer(request: Request, form: FormData) -> Any:
    """Take an answer."""
    reviewer = visitor(request)
    said = {name: str(form.get(name, "")) for name in ("source", "fact", "value", "folder")}
    answer_question(request.app.state.house.project, reviewer.sources, by=reviewer.name, **said)
    return RedirectResponse("/questions?done=1", 303)
