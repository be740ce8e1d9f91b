"""What changed since the last audit, and the trend over all of them: for who sees every source."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pdpo_audit.review.access.visitors import visitor
from pdpo_audit.review.pages.rendering import language_of, page
from pdpo_audit.workspace.changes import what_changed


def show(request: Request) -> Any:
    """One page that tells a human what changed."""
    reviewer = visitor(request)
    project = request.app.state.house.project
    return page(request, "changes", reviewer=reviewer, found=what_changed(project, language_of(request)))
