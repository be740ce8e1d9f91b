"""Which contents lie in duplicate clusters, and which of them share every pixel with their master."""

from __future__ import annotations

from pdpo_audit.catalogue.clusters import load_clusters
from pdpo_audit.catalogue.queries.contents import content_rows
from pdpo_audit.model.clusters import SAME_PIXELS, Relation
from pdpo_audit.pipeline.work import Work


def clustered(work: Work) -> tuple[dict[int, int], dict[int, int]]:
    """Contents of duplicate clusters, largest clusters first; and those that share every pixel with their master,
    but for those whose own thumbnail shows more."""
    order: dict[int, int] = {}
    twins: dict[int, int] = {}
    # It is written where it is so.
    stale = {row.id for row in content_rows(work.store) if '"stale_thumbnail"' in row.metadata}
    for cluster in sorted(load_clusters(work.store), key=lambda one: (-len(one.members), one.cluster_id)):
        master = next((one.content for one in cluster.members if one.relation is Relation.MASTER), None)
        for member in cluster.members:
            order[member.content] = len(order)
            if master is not None and member.relation in SAME_PIXELS and member.content not in stale:
                twins[member.content] = master
    return order, twins
