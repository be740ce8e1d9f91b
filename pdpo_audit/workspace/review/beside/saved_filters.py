"""Filters of the queue that a reviewer gave a name: links that lead back to them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from pdpo_audit.catalogue.reviewing import filters
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.queue import DISPOSITION_FILTERS, FINDING_FILTERS
from pdpo_audit.workspace.review.reviewers import Reviewer

#: Filters that one person keeps at most, and the letters of a name.
_MOST, _LETTERS = 50, 80
_KNOWN = ("show", "due_until", *dict.fromkeys((*FINDING_FILTERS, *DISPOSITION_FILTERS)))


def save_filter(project: Project, reviewer: Reviewer, name: str, fields: Mapping[str, str]) -> None:
    """Keep the filters among some fields under a name.

    :raises CallError: the name lacks or is too long, or there are too many.
    """
    called = " ".join(name.split())
    if not called or len(called) > _LETTERS:
        raise CallError(f"give the filter a name of at most {_LETTERS} letters")
    query = urlencode({field: fields[field][:4000] for field in _KNOWN if fields.get(field)})
    with project.store.transaction() as transaction:
        if filters.count_filters(transaction, reviewer.name) >= _MOST:
            raise CallError(f"nobody keeps more than {_MOST} filters", advice="forget one first")
        filters.save_filter(transaction, reviewer.name, called, query)


def drop_filter(project: Project, reviewer: Reviewer, name: str) -> None:
    """Forget a filter of this reviewer."""
    with project.store.transaction() as transaction:
        filters.drop_filter(transaction, reviewer.name, name)


def saved_filters(project: Project, reviewer: Reviewer) -> Mapping[str, str]:
    """This reviewer's filters by name: what stands behind the queue's address."""
    return filters.filters_of(project.store, reviewer.name)
