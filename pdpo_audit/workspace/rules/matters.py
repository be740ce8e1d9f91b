"""Open matters of the settings: until a hold is placed for one, everything that it may concern counts as held."""

from __future__ import annotations

from datetime import date

from pdpo_audit.catalogue.sayings.holds import load_holds
from pdpo_audit.model.findings import OPEN_MATTER, Hold
from pdpo_audit.settings.organisation import MatterSettings, plain_name
from pdpo_audit.workspace.project import Project


def unheld_matters(project: Project) -> tuple[MatterSettings, ...]:
    """The open matters for which nobody has placed a hold: one that names the matter in the same words."""
    today = project.clock().date()
    held = {plain_name(hold.matter) for hold in load_holds(project.store)}
    return tuple(
        one
        for one in project.settings.open_matters
        if plain_name(one.what) not in held and not (one.closed_on and one.closed_on <= today)
    )


def standing_holds(project: Project) -> tuple[Hold, ...]:
    """Each unheld matter as a hold on the sources that it names, on all where it names none."""
    return tuple(
        Hold(
            hold_id="",
            kind=OPEN_MATTER,
            matter=matter.what,
            issued_by="the settings",
            issuer_role="",
            starts_on=date.min,
            source=source,
        )
        for matter in unheld_matters(project)
        for source in matter.sources or ("",)
    )
