"""A page out of its template, in the reader's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from pdpo_audit.errors import SettingsError
from pdpo_audit.review.access.visitors import form_token
from pdpo_audit.workspace.review.entering.acts import Act, permits
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.words import LANGUAGES, Wording, page_words

_LANGUAGE = "pdpo_language"


def page(request: Request, name: str, *, status: int = 200, reviewer: Reviewer | None = None, **more: Any) -> Any:
    """The page of a template; ``?lang=`` changes the language for good."""
    house = request.app.state.house
    language = language_of(request)
    template = house.templates.get_template(f"{name}.html.j2")
    words = page_words(language)
    text = template.render(
        w=words,
        t=lambda key, **values: words(f"review.{key}", **values),
        n=words.name,
        field_name=lambda field: _field(words, field),
        request=request,
        reviewer=reviewer,
        may=lambda act: reviewer is not None and permits(reviewer, Act(act)),
        csrf=form_token(request),
        language=language,
        other=next(one for one in LANGUAGES if one != language),
        again=lambda **changed: _again(request, changed),
        organisation=house.project.settings.organisation,
        **more,
    )
    response = HTMLResponse(text, status)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(_LANGUAGE, language, max_age=400 * 86_400, httponly=True, samesite="strict")
    return response


def language_of(request: Request) -> str:
    """The language asked for, else the one chosen before, else the first of the reports."""
    reports = request.app.state.house.project.settings.report.languages
    for asked in (request.query_params.get("lang"), request.cookies.get(_LANGUAGE)):
        if asked in LANGUAGES:
            return str(asked)
    return str(reports[0])


def _field(words: Wording, field: str) -> str:
    """A field of the metadata; one that has no word here stands for itself."""
    known = f"review.metadata.{field}"
    try:
        return str(words(known))
    except SettingsError:
        return field.replace("_", " ")


def _again(request: Request, changed: dict[str, object]) -> str:
    """The address of this page with other parameters; ``None`` takes one away."""
    said = {**dict(request.query_params), **changed}
    kept = {name: str(value) for name, value in said.items() if value not in (None, "")}
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path
