"""What changed, on one page: the newest audit against the one before, and the trend over all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pdpo_audit.model.reviews.trends import Trend
from pdpo_audit.reports.charts.figures import Chart
from pdpo_audit.reports.charts.trend import draw_trend
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest, record_file
from pdpo_audit.workspace.overview import DRAWING
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.report.comparing import sealed_folders
from pdpo_audit.workspace.report.trends import sealed_trend
from pdpo_audit.workspace.review.words import page_words

_DELTA = "delta.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The newest sealed audit (empty: none yet), its ``delta.json`` (empty for the first), trend and charts."""

    audit_id: str
    delta: Mapping[str, Any]
    trend: Trend
    charts: tuple[Chart, ...]


def what_changed(project: Project, language: str = "") -> Changed:
    """From the sealed audits as they lie here, also when working data was purged; charts where a language is said."""
    folders = sealed_folders(project)
    trend = sealed_trend(project)
    return Changed(
        audit_id=folders[-1].name if folders else "",
        delta=_delta(folders[-1]) if folders else {},
        trend=trend,
        charts=_charts(trend, language) if language else (),
    )


def _delta(folder: Path) -> Mapping[str, Any]:
    """What a report says of its changes; nothing where it says none, or the file is not as it was sealed."""
    try:
        files = read_manifest((folder / MANIFEST).read_bytes()).files
        sealed = next((one for one in files if one.path == _DELTA), None)
        if sealed is None or record_file(folder / _DELTA, _DELTA) != sealed:
            return {}
        found: Mapping[str, Any] = json.loads((folder / _DELTA).read_bytes())
        return found
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=8)
def _charts(trend: Trend, language: str) -> tuple[Chart, ...]:
    with DRAWING:
        return draw_trend(trend, page_words(language))
