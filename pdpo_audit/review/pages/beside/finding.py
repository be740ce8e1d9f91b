"""Look for a picture by showing it: where it is held, whole or in part."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pdpo_audit.review.access.uploads import Uploaded
from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.rendering import page
from pdpo_audit.workspace.review.entering.acts import ForbiddenError


def show(request: Request) -> Any:
    """The form that takes a picture."""
    return page(request, "find", reviewer=visitor(request), found=None)


def find(request: Request, uploaded: Uploaded) -> Any:
    """Where the picture is held, as far as this reviewer sees it."""
    reviewer = visitor(request)
    house = request.app.state.house
    if not house.searches.takes(reviewer.name):
        raise ForbiddenError("too many searches in a minute", advice="wait a minute")
    return page(request, "find", reviewer=reviewer, found=house.pictures.find(reviewer, uploaded.data))
