"""Open matters of the settings: until a hold is placed for one, everything that it may concern counts as held."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

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


#: Wording that is so much alike (``SequenceMatcher``, 0 to 1) may mean the same matter; a person says whether it does.
_ALIKE = 0.6
#: Words by which people call what is open; all else is litigation.
_KINDS = {
    "complaint": ("complaint", "complain", "投訴", "投诉"),
    "access_request": ("access", "dsar", "查閱", "查阅"),
    "correction_request": ("correction", "改正", "更正"),
    "investigation": ("investigation", "inquiry", "enquiry", "調查", "调查"),
}


def meant_matter(project: Project, words: str, source: str = "") -> str:
    """The unheld matter that a hold under other words may mean, as the settings word it; empty where none may be.

    Wording that is much alike, or contains the other, makes one likely; so does the very source that one matter names.
    """
    said, open_ = plain_name(words), unheld_matters(project)
    if not said or any(plain_name(one.what) == said for one in open_):
        return ""
    likely = [(_likeness(said, plain_name(one.what)), one.what) for one in open_]
    degree, what = max(likely, default=(0.0, ""))
    if degree >= _ALIKE:
        return what
    named = [one.what for one in open_ if source and one.sources == (source,)]
    return named[0] if len(named) == 1 else ""


def _likeness(one: str, other: str) -> float:
    return 1.0 if one in other or other in one else SequenceMatcher(None, one, other).ratio()


def unheld_told(project: Project) -> tuple[str, ...]:
    """A sentence for each unheld matter: what counts as held because of it, and the hold that takes its place."""
    return tuple(
        f'The open matter "{one.what}" of the settings has no hold, so everything in'
        f" {', '.join(one.sources) or 'all sources'} counts as held. A hold for the same words takes its place:"
        f" {hold_command(one.what, one.sources)}"
        for one in unheld_matters(project)
    )


def hold_command(
    what: str, sources: Sequence[str] = (), *, issued_by: str = "", role: str = "", workspace: Path | None = None
) -> str:
    """A whole command that places the hold for a matter: on the first of the sources, on everything without one.

    It may be given before anything is scanned. Where nobody is known who places it, ``NAME`` stands for the person.
    """
    where = ["--source", sources[0]] if sources else ["--everything"]
    words = ["pdpo-audit", "hold", "add", "--kind", kind_of(what), "--matter", what, *where, "--expect-none"]
    words += ["--issued-by", issued_by or "NAME", *(["--role", role] if role else [])]
    return shlex.join([*words, *(["--workspace", str(workspace)] if workspace else [])])


def kind_of(what: str) -> str:
    """The kind of hold that the words of a matter speak of."""
    said = plain_name(what)
    return next((kind for kind, words in _KINDS.items() if any(word in said for word in words)), "legal_hold")


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
