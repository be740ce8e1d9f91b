"""Which pictures a report carries: none, pixelated ones, or clear ones where the organisation asks for them.

Clear pictures can make the report itself a holding of personal data. So a setting has to ask for them, with authority,
purpose and impact assessment stated beside it; the report and the event log say so; and they are made from
the sources while the report is written and kept nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable

from pdpo_audit.catalogue.queries import PlacedContent, master_place
from pdpo_audit.catalogue.tables import CatalogueTables
from pdpo_audit.errors import CallError
from pdpo_audit.imaging import ImageProblem, Limits, encode_thumbnail, load_upright
from pdpo_audit.people.reading import read_contents
from pdpo_audit.people.thumbnails import LONGEST
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workspace.project import Project


def with_pictures(project: Project, shown: CatalogueTables) -> CatalogueTables:
    """The tables with the pictures that the settings ask for."""
    match project.settings.report.thumbnails:
        case "none":
            return shown.picturing(lambda _cluster: b"")
        case "clear":
            return shown.picturing(_clear_or(project, shown.picture))
        case "pixelated":
            return shown


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
    locate = locator_of(project.sources())
    limits = Limits(
        max_pixels=project.settings.limits.max_pixels, max_file_bytes=project.settings.limits.max_file_bytes
    )

    def picture(cluster_id: str) -> bytes:
        place = master_place(project.store, cluster_id)
        if place is None:
            return stored(cluster_id)
        try:
            return _clear(place, locate(place.ref), limits)
        except ImageProblem:
            return stored(cluster_id)

    return picture


def _clear(place: PlacedContent, path: bytes, limits: Limits) -> bytes:
    image = load_upright(read_contents(path, limits), max_side=LONGEST, limits=limits, page=place.ref.page)
    return encode_thumbnail(image, max_side=LONGEST)
