"""The copies that stay: the master first, then copies with the same bytes; none that is due or that a plan takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pdpo_audit.catalogue.disposition.plans import on_their_way
from pdpo_audit.model.disposition.plans import Keeper
from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.locations.printed import INSIDE
from pdpo_audit.workspace.acts.plans.selecting import Chosen
from pdpo_audit.workspace.acts.standing import Now, Place
from pdpo_audit.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Copies that may stay, by duplicate cluster and by bytes; ``most`` are named for each line."""

    by_cluster: Mapping[str, Sequence[tuple[Place, Now]]]
    by_bytes: Mapping[str, Sequence[tuple[Place, Now]]]
    most: int

    @classmethod
    def of(cls, project: Project, known: Mapping[Place, Now], going: Sequence[Chosen]) -> Copies:
        """What stays when ``going`` has gone: files that can be read back, are not due and that nothing takes away.

        A copy that is due itself is no copy that stays, whatever else is planned: its own time has come.
        """
        leaving = {(one.source, one.path) for one in going}
        clusters = {one.now.cluster_id for one in going if one.now.cluster_id}
        digests = {one.now.sha256 for one in going}
        folders = {
            one.name
            for one in project.settings.sources
            if "://" not in one.uri or one.uri.lower().startswith("file://")
        }
        staying = [
            (place, now)
            for place, now in known.items()
            if (now.cluster_id in clusters or now.sha256 in digests)
            and place not in leaving
            and place[0] in folders
            and INSIDE not in place[1]
            and now.sha256
            and not now.stopped
            and now.outcome is not Outcome.DUE
        ]
        with project.store.reading() as connection:
            elsewhere = on_their_way(connection, [place for place, _ in staying])
        by_cluster: dict[str, list[tuple[Place, Now]]] = defaultdict(list)
        by_bytes: dict[str, list[tuple[Place, Now]]] = defaultdict(list)
        for place, now in sorted((one for one in staying if one[0] not in elsewhere), key=_rank):
            if now.cluster_id:
                by_cluster[now.cluster_id].append((place, now))
            by_bytes[now.sha256].append((place, now))
        return cls(by_cluster=by_cluster, by_bytes=by_bytes, most=project.settings.disposition.copies_that_stay)

    def keepers(self, one: Chosen) -> tuple[Keeper, ...]:
        """The copies that stay of one that goes: its master, copies with its bytes, then others of its cluster."""
        same = self.by_bytes.get(one.now.sha256, ())
        others = self.by_cluster.get(one.now.cluster_id, ()) if one.now.cluster_id else ()
        masters = [found for found in others if found[1].master]
        found = dict.fromkeys(place for place, _ in (*masters, *same, *others))
        known = dict((*same, *others))
        return tuple(
            Keeper(source=place[0], path=place[1], sha256=known[place].sha256, master=known[place].master)
            for place in list(found)[: self.most]
        )


def _rank(one: tuple[Place, Now]) -> tuple[bool, Place]:
    """Masters come first."""
    place, now = one
    return (not now.master, place)
