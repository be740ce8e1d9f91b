"""The calendar of reviews, for calendar programs: whoever has its address may read it."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pdpo_audit.workspace.plans.timing import calendar_for


def show(request: Request) -> Any:
    """The events as iCalendar; a wrong address is no address."""
    found = calendar_for(request.app.state.house.project, request.path_params["token"])
    if found is None:
        raise HTTPException(404)
    return Response(
        found, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, max-age=3600"}
    )
