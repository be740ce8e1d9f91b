"""What of the declared sources nobody has looked at: a search that finds nothing is no answer there."""

from __future__ import annotations

from collections.abc import Iterator

from pdpo_audit.catalogue import roots as rooted
from pdpo_audit.catalogue.queries.contents import unexamined
from pdpo_audit.catalogue.queries.totals import seen_sources, skipped_by_reason
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.workspace.project import Project

#: What was seen and is no picture, whatever reads it; links lead to what is listed where it lies.
_NO_PICTURE = frozenset(
    {
        SkipReason.EMPTY, SkipReason.NOT_AN_IMAGE, SkipReason.OTHER_FILE, SkipReason.SIDECAR,
        SkipReason.SPECIAL_FILE, SkipReason.SYMBOLIC_LINK, SkipReason.FACE_PASS_FAILED,
        SkipReason.TEXT_PASS_FAILED,
    }
)  # fmt: skip


def gaps_of(project: Project) -> tuple[str, ...]:
    """One sentence for each part of the declared sources that was not looked at; none where everything was."""
    return tuple(_gaps(project))


def _gaps(project: Project) -> Iterator[str]:
    if not project.settings.sources:
        yield "no source is declared"
    seen = seen_sources(project.store)
    doubts = {one.source: one for one in rooted.not_reached(project.store)}
    for source in project.settings.sources:
        if source.name in doubts:
            yield f'source "{source.name}": {doubts[source.name].words()} (since {doubts[source.name].since})'
        elif source.name not in seen:
            yield f'source "{source.name}" was never scanned'
        elif seen[source.name].files and not seen[source.name].known:
            yield f'source "{source.name}": its working data was forgotten, scan it again'
    skipped = skipped_by_reason(project.store)
    hidden = sum(number for reason, number in skipped.items() if reason not in _NO_PICTURE)
    if hidden:
        yield f"{amount(hidden, 'file was', 'files were')} seen and not examined: pdpo-audit export skipped lists them"
    elif waiting := unexamined(project.store):
        yield f"{amount(waiting, 'picture was', 'pictures were')} listed and not examined: pdpo-audit scan goes on"
