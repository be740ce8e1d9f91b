"""Reaching sources: whether what lies at their places is what was scanned, and who says that it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdpo_audit.catalogue import roots as rooted
from pdpo_audit.catalogue.audits import last_event_at
from pdpo_audit.catalogue.whereabouts import find_source
from pdpo_audit.errors import CallError, NotReachedError
from pdpo_audit.model.clocks import clock_is_back
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.printed import declared_names
from pdpo_audit.model.locations.roots import NotReached
from pdpo_audit.policy.terms.facts import nearest
from pdpo_audit.ports import Source
from pdpo_audit.sources.reconciliation import reach_of
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import check_speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSource:
    """How a source stands: ``reached`` as tried now, ``files`` known of it, and the last scan's doubt.

    ``beyond`` is what its login may do beyond reading; ``None`` where nobody tells.
    """

    source: str
    uri: str
    reached: bool
    detail: str
    beyond: tuple[str, ...] | None
    files: int
    doubt: str
    lost: int
    since: str
    accepted: bool


def check_clock(project: Project) -> None:
    """Refuse to scan by a clock that was set back: first and last days, periods and the log's order would be wrong.

    :raises NotReachedError: the newest event lies more than a day in the future. Nothing is recorded.
    """
    last, now = last_event_at(project.store), project.clock()
    if clock_is_back(last, now):
        raise NotReachedError(
            f"the clock says {now:%Y-%m-%d %H:%M} HKT, and the last event was recorded at {last}: nothing was scanned",
            advice="set the clock right and scan again",
        )


def check_sources(project: Project, names: Sequence[str] = ()) -> list[CheckedSource]:
    """Try to reach and list the sources (all, or those named), and tell what the last scan doubted.

    :raises CallError: there is no source of that name.
    """
    doubts = {one.source: one for one in rooted.not_reached(project.store)}
    return [_checked(project, source, doubts.get(source.name)) for source in _named(project, names)]


def accept_sources(project: Project, names: Sequence[str], *, by: str) -> list[CheckedSource]:
    """``by`` says that these sources are as they should be; their next scan takes what it finds there as it is.

    :raises CallError: nobody is named, a source is not in doubt, or cannot be listed even now.
    """
    if not by.strip():
        raise CallError("nobody is named who says so", advice="--by NAME")
    check_speaker(project, by)
    if not names:
        raise CallError("no source is named", advice="pdpo-audit source check NAME --accept --by NAME")
    checked = {one.source: one for one in check_sources(project, names)}
    for one in checked.values():
        if not one.doubt:
            raise CallError(f'the last scan reached "{one.source}": there is nothing to accept')
        if not one.reached:
            raise CallError(
                f'"{one.source}" cannot be listed ({one.detail}): nobody can say what became of it',
                advice="mount it; where it is gone for good, take the source out of the settings",
            )
    for source in _named(project, names):
        _accept(project, source, checked[source.name], by.strip())
    return check_sources(project, names)


def _accept(project: Project, source: Source, one: CheckedSource, by: str) -> None:
    source_id, identity = find_source(project.store, source.name), source.identity()
    if source_id is None or identity is None:
        raise CallError(f'"{source.name}" went away while it was checked', advice="try again")
    with project.store.transaction() as transaction:
        rooted.accept_root(transaction, source_id, identity)
        details: Details = {
            "source": source.name, "doubt": one.doubt, "files": one.files, "lost": one.lost, "by": by,
        }  # fmt: skip
        transaction.append_event("source accepted", details, at=project.clock(), actor=project.actor)


def _named(project: Project, names: Sequence[str]) -> list[Source]:
    sources = {source.name: source for source in project.sources()}
    for name in names:
        if name not in sources:
            hint = nearest(name, tuple(sources))
            raise CallError(f'there is no source "{name}"{hint}', advice=declared_names(sources))
    return [source for source in sources.values() if not names or source.name in names]


def _checked(project: Project, source: Source, doubt: NotReached | None) -> CheckedSource:
    source_id = find_source(project.store, source.name)
    root = None if source_id is None else rooted.load_root(project.store, source_id)
    reach = reach_of(source)
    source.close()
    return CheckedSource(
        source=source.name,
        uri=project.source_records()[source.name].uri,
        reached=not reach.problem,
        detail=reach.problem,
        beyond=reach.beyond,
        files=root.files if root else 0,
        doubt=doubt.doubt.value if doubt else "",
        lost=doubt.lost if doubt else 0,
        since=doubt.since if doubt else "",
        accepted=bool(root and root.accepted),
    )
