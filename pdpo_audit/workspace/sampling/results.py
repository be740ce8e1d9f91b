"""What manual checks of samples found, kept for reports and for the records of reviews."""

from __future__ import annotations

import json
from typing import Any

from pdpo_audit.workspace.project import Project

#: The catalogue's key for the result of the newest sample that people checked.
KEPT = "sample_checked"


def sample_results(project: Project) -> dict[str, Any]:
    """The newest sample that was checked, with its error rates and intervals; empty where none was."""
    known = project.store.recall(KEPT)
    return dict(json.loads(known)) if known else {}


def sample_spoken(project: Project) -> dict[str, str]:
    """The same in one sentence, as a method of the report."""
    found = sample_results(project)
    return {"sample check": str(found["spoken"])} if found else {}
