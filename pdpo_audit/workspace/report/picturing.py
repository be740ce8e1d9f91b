"""Which pictures a report carries: none, pixelated ones, or clear ones where the organisation asks for them.

Clear pictures can make the report itself a holding of personal data. So a setting has to ask for them, with authority,
purpose and impact assessment stated beside it; the report and the event log say so; and they are made from
the sources while the report is written and kept nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable

from pdpo_audit.catalogue.queries.contents import PlacedContent, digests_of, master_place, some_places
from pdpo_audit.catalogue.queries.tables import CatalogueTables
from pdpo_audit.catalogue.stated.texts import known_boxes
from pdpo_audit.errors import CallError
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.locations.holdings import Skipped
from pdpo_audit.people.thumbnails import LONGEST
from pdpo_audit.pipeline.remembered import TEXT_METHOD
from pdpo_audit.sources.locations import Locate, places_of
from pdpo_audit.workers import ThumbnailJob, make_thumbnails
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import lock_pictures
from pdpo_audit.workspace.scan.waiting import held_copies
from pdpo_audit.workspace.stopping import without_stopped


def with_pictures(project: Project, shown: CatalogueTables) -> CatalogueTables:
    """The tables with the pictures that the settings ask for; never one that the stop rule holds."""
    match project.settings.report.thumbnails:
        case "none":
            return shown.picturing(lambda _cluster: b"")
        case "clear":
            return without_stopped(shown.picturing(_clear_or(project, shown.picture)), lock_pictures(project))
        case "pixelated":
            return without_stopped(shown, lock_pictures(project))


def check_pictures(project: Project) -> None:
    """Refuse clear pictures without stated authority, purpose and assessment, and in a copy that is handed on.

    :raises CallError: saying what is missing.
    """
    if project.settings.report.thumbnails != "clear":
        return
    audit = project.settings.audit
    stated = {
        "authorised_by": audit.authorised_by,
        "purpose": audit.purpose,
        "pia_reference": audit.pia_reference,
    }
    missing = [name for name, text in stated.items() if not text.strip()]
    if missing:
        raise CallError(
            f"clear pictures of people need {', '.join(missing)} under [audit]: such a report may hold personal data",
            advice='state them, or set [report] thumbnails = "pixelated"',
        )
    if project.settings.report.mask_paths:
        raise CallError(
            "a copy with masked paths is made to be handed on, and clear pictures would show who is in them",
            advice='set [report] thumbnails = "pixelated", or mask_paths = false',
        )


def _clear_or(project: Project, stored: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """The picture of a duplicate cluster's master as it is; the pixelated one where its file cannot be read now."""
    locate = held_copies(project).locate

    def picture(cluster_id: str) -> bytes:
        place = master_place(project.store, cluster_id)
        made = _clear(project, place, locate) if place else None
        if isinstance(made, Skipped):
            words = f"{made.reason}: {made.detail}".rstrip(": ")
            project.progress.note(f"{cluster_id} is shown pixelated: its master cannot be read now ({words})")
        return made if isinstance(made, bytes) else stored(cluster_id)

    return picture


def _clear(project: Project, place: PlacedContent, locate: Locate) -> bytes | Skipped:
    held = some_places(project.store, [place.content])[place.content]
    refs = [place.ref, *(one.ref for one in held if one.ref != place.ref)]
    with project.work(1) as work:
        job = ThumbnailJob(
            content=place.content,
            ref=place.ref,
            places=places_of(refs, locate),
            sha256=digests_of(project.store, [place.content])[place.content],
            longest=LONGEST,
            limits=work.limits,
            seconds=work.seconds_per_file,
            covers=known_boxes(project.store, place.content, project.store.recall(TEXT_METHOD)),
        )
        ((made,),) = map_bounded(work.executor, make_thumbnails, [[job]], in_flight=1, lost=_lost, note=work.note)
    return made


def _lost(job: ThumbnailJob, death: WorkerDied) -> bytes | Skipped:
    return death.problem.at(job.ref)
