"""What has become of the copies that plans named as staying: read again now, and asked of the plans made since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pdpo_audit.catalogue.disposition.fates import taken_since
from pdpo_audit.catalogue.disposition.plans import StoredItem
from pdpo_audit.model.disposition.acts import Detail
from pdpo_audit.model.disposition.plans import Keeper
from pdpo_audit.model.disposition.stays import Fate, Stayed
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.ports.disposers import Disposer, LeftAlone
from pdpo_audit.workspace.acts.steps.opening import open_disposer
from pdpo_audit.workspace.project import Project

#: What a reading that fails says of the copy; anything else is a copy at which nobody could look.
_FATES = {
    Detail.MISSING: Fate.GONE,
    Detail.NO_FILE: Fate.GONE,
    Detail.NO_COPY_LEFT: Fate.CHANGED,
    Detail.CHANGED: Fate.CHANGED,
}


def stays_now(project: Project, items: Sequence[StoredItem]) -> dict[int, tuple[Stayed, ...]]:
    """By the number of each line what has become of the copies that it named as staying: each is read once, whole."""
    keepers = list(dict.fromkeys(keeper for one in items for keeper in one.item.keepers))
    fates = _read(project, keepers)
    with project.store.reading() as connection:
        since = taken_since(connection, (one for one, fate in fates.items() if fate is not Fate.STAYS))
    found: dict[Keeper, Stayed] = {}
    for keeper, fate in fates.items():
        taken = since.get(keeper)
        if taken is not None:
            fate = Fate.WAITS if taken.waits else Fate.TAKEN
        found[keeper] = Stayed(keeper=keeper, fate=fate, since=taken)
    return {one.item.number: tuple(found[keeper] for keeper in one.item.keepers) for one in items}


def _read(project: Project, keepers: Sequence[Keeper]) -> Mapping[Keeper, Fate]:
    opened: dict[str, Disposer] = {}
    found: dict[Keeper, Fate] = {}
    try:
        for one in keepers:
            try:
                if one.source not in opened:
                    opened[one.source] = open_disposer(project, one.source)
                opened[one.source].check(read_place(one.path)[0], one.sha256, None)
                found[one] = Fate.STAYS
            except LeftAlone as alone:
                found[one] = _FATES.get(alone.detail, Fate.NOT_LOOKED)
    finally:
        for disposer in opened.values():
            disposer.close()
    return found
