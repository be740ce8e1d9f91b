"""The trend over all reviews, from the sealed numbers of each audit: also when working data was purged."""

from __future__ import annotations

import json
from pathlib import Path

from pdpo_audit.model.reviews.trends import Trend, TrendPoint, trend_of
from pdpo_audit.reports.content.trends import point_of
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest, record_file
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.report.comparing import sealed_folders

_NUMBERS = "evidence/summary.json"


def sealed_trend(project: Project, *, before: str = "") -> Trend:
    """A point for each audit whose sealed folder lies here, up to (and without) the one called ``before``."""
    points, left_out = [], []
    for folder in sealed_folders(project):
        if folder.name == before:
            break
        if (point := _point(folder)) is not None:
            points.append(point)
        else:
            left_out.append(folder.name)
    return trend_of(points, left_out)


def _point(folder: Path) -> TrendPoint | None:
    """What a sealed audit said; ``None`` where its numbers are gone or not as they were sealed."""
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
        sealed = next((one for one in manifest.files if one.path == _NUMBERS), None)
        if sealed is None or record_file(folder / _NUMBERS, _NUMBERS) != sealed:
            return None
        return point_of(json.loads((folder / _NUMBERS).read_bytes()))
    except (OSError, ValueError):
        return None
