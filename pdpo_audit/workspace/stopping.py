"""The stop rule in reports: a picture that may not be looked at is never shown, however it was stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pdpo_audit.catalogue.tables import CatalogueTables
from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.phrases import STOP_TEXT


def without_stopped(shown: CatalogueTables) -> CatalogueTables:
    """The tables without the pictures of duplicate clusters in which the stop rule holds a copy."""
    stopped = _stopped_clusters(shown)
    if not stopped:
        return shown
    picture: Callable[[str], bytes] = shown.picture
    return shown.picturing(lambda cluster: b"" if cluster in stopped else picture(cluster))


def _stopped_clusters(tables: CatalogueTables) -> frozenset[str]:
    places = frozenset(_stopped_places(tables))
    if not places:
        return frozenset()
    clusters: set[str] = set()
    for frame in tables.chunks(Table.HOLDINGS):
        rows = zip(frame["source"], frame["path"], frame["cluster_id"], strict=True)
        clusters.update(str(cluster) for source, path, cluster in rows if cluster and (source, path) in places)
    return frozenset(clusters)


def _stopped_places(tables: CatalogueTables) -> Iterator[tuple[str, str]]:
    for frame in tables.chunks(Table.DISPOSITIONS):
        held = frame[frame["outcome"] == Outcome.ON_HOLD.value]
        said = held["explanation"].map(lambda text: STOP_TEXT in str(text))
        stopped = held[said.to_numpy(bool)] if len(held) else held
        yield from zip(stopped["source"], stopped["path"], strict=True)
