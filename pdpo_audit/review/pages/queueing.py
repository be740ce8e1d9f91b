"""The queue, and decisions on everything that fits a filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse

from pdpo_audit.model.findings import Act, Outcome, Severity
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.tables import Table
from pdpo_audit.review.access.visitors import filter_cookie, visitor
from pdpo_audit.review.numbers import number_in
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.beside.next_case import next_case
from pdpo_audit.workspace.review.beside.saved_filters import drop_filter, save_filter, saved_filters
from pdpo_audit.workspace.review.decisions import TYPED, Choice, Group, decide_group, gather, read_said
from pdpo_audit.workspace.review.queue import DISPOSITION_FILTERS, FINDING_FILTERS, read_queue, rules_found, rules_shown
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import BATCH, taken_by_others

#: Letters of the filter that a browser remembers.
_LONGEST = 1_000
#: What the page of a case tells of the one before.
TOLD = ("decided", "of", "moved", "left", "apart")


def show(request: Request) -> Any:
    """A page of findings, or of copies by what the ladder says of them."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    table = Table.DISPOSITIONS if request.query_params.get("show") == "copies" else Table.FINDINGS
    known = FINDING_FILTERS if table is Table.FINDINGS else DISPOSITION_FILTERS
    where = _filters(request.query_params, known)
    if table is Table.FINDINGS and "status" not in request.query_params:
        where["status"] = "open"
    due = request.query_params.get("due_until", "")
    found = read_queue(
        project, reviewer, table, where, after=number_in(request.query_params.get("after"), otherwise=-1), due_until=due
    )
    shown = page(
        request, "queue", reviewer=reviewer, table=table.value, queue=found, where=where, due_until=due,
        choices=_choices(request, reviewer),
        found=rules_found(project, reviewer), rules=rules_shown(project), decisions=list(Choice), said={},
        saved=saved_filters(project, reviewer),
        taken=taken_by_others(project, reviewer), batch_size=BATCH,
    )  # fmt: skip
    if table is Table.FINDINGS:
        said = urlencode({name: value for name, value in where.items() if name != "status"})
        secure = request.url.scheme == "https"
        shown.set_cookie(filter_cookie(request), said[:_LONGEST], httponly=True, samesite="strict", secure=secure)
    return shown


def go_on(request: Request) -> Any:
    """On to the next open case of what the queue was last filtered by; to the queue where none is left."""
    reviewer = visitor(request)
    asked = dict(parse_qsl(request.cookies.get(filter_cookie(request), "")[:_LONGEST]))
    where = _filters(asked, FINDING_FILTERS)
    but = request.query_params.get("but", "")[:100]
    key = next_case(request.app.state.house.project, reviewer, where, but=but)
    told = {name: request.query_params[name][:100] for name in TOLD if request.query_params.get(name)}
    if key:
        return RedirectResponse(f"/case/{key}?{urlencode(told)}" if told else f"/case/{key}", 303)
    if "decided" in told:
        return RedirectResponse(f"/decided/{quote(told['decided'], safe='')}", 303)
    return RedirectResponse(f"/queue?{urlencode(where)}", 303)


def keep_filter(request: Request, form: FormData) -> Any:
    """Give the filter that was used a name, or forget one."""
    reviewer = visitor(request)
    project, fields = request.app.state.house.project, _texts(form)
    if fields.get("do") == "forget":
        drop_filter(project, reviewer, fields.get("name", ""))
        return RedirectResponse("/queue", 303)
    save_filter(project, reviewer, fields.get("name", ""), fields)
    return RedirectResponse(f"/queue?{saved_filters(project, reviewer)[' '.join(fields['name'].split())]}", 303)


def preview(request: Request, form: FormData) -> Any:
    """What a group decision would decide, before anything is written."""
    reviewer = visitor(request)
    said = read_said(_texts(form))
    return _preview(request, reviewer, form, said=said)


def decide(request: Request, form: FormData) -> Any:
    """Decide a group as it was shown."""
    reviewer = visitor(request)
    project, fields = request.app.state.house.project, _texts(form)
    said = read_said(fields)
    group = _gathered(request, reviewer, fields)
    batch = decide_group(project, reviewer, group, said, seen=fields.get("version", ""), typed=fields.get("typed", ""))
    return RedirectResponse(f"/decided/{batch}", 303)


def _preview(request: Request, reviewer: Reviewer, form: FormData, *, said: Any) -> Any:
    fields = _texts(form)
    return page(
        request, "preview", reviewer=reviewer, group=_gathered(request, reviewer, fields), said=said,
        where=_filters(fields, FINDING_FILTERS), fields=fields, typed_from=TYPED,
    )  # fmt: skip


def _gathered(request: Request, reviewer: Reviewer, fields: Mapping[str, str]) -> Group:
    """What the filters of a form choose."""
    project, folder, due = request.app.state.house.project, fields.get("folder", ""), fields.get("due_until", "")
    return gather(project, reviewer, _filters(fields, FINDING_FILTERS), folder=folder, due_until=due)


def _filters(given: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, str]:
    return {name: str(given[name]) for name in known if given.get(name)}


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def _choices(request: Request, reviewer: Reviewer) -> dict[str, list[str]]:
    """What each filter can be, of closed lists and of what this reviewer sees."""
    project = request.app.state.house.project
    mine = [one for one in project.settings.sources if one.name in reviewer.sources]
    return {
        "severity": [one.value for one in Severity],
        "people_level": [one.value for one in PeopleLevel],
        "outcome": [one.value for one in Outcome],
        "act": [one.value for one in Act],
        "source": [one.name for one in mine],
        "owner": sorted({one.owner for one in mine} - {""}),
        "jurisdiction": sorted({one.jurisdiction for one in mine} - {""}),
        "rule": list(rules_found(project, reviewer)),
        "status": ["open", "decided"],
    }
