"""What tells who is shown without a face: captions, keywords, releases, and folders or files that bear a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pdpo_audit.catalogue.queries.contents import content_rows
from pdpo_audit.catalogue.stated.documents import read_metadata
from pdpo_audit.catalogue.stated.sidecars import accompanied
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.clusters import SAME_PIXELS, Relation
from pdpo_audit.model.pictures import Metadata
from pdpo_audit.people.naming import Naming, naming_of
from pdpo_audit.policy.terms.flags import flags_in

_IDENTIFIERS, _NAMED = "people.other_identifiers", "people.named"

#: What tells who is on one of them tells it of the others.
_SAME_PICTURE = frozenset({Relation.MASTER, *SAME_PIXELS})


def namings_of_pictures(store: Store, name_patterns: Sequence[str]) -> dict[str, Naming]:
    """What the metadata of pictures say of who is shown, by SHA-256 of the file; those that tell nothing left out."""
    said = (
        (row.sha256.hex(), naming_of(read_metadata(row.metadata), name_patterns=name_patterns))
        for row in content_rows(store)
    )
    return {digest: naming for digest, naming in said if naming.identifiers or naming.persons}


def namings_beside(store: Store, name_patterns: Sequence[str]) -> dict[tuple[str, str], Naming]:
    """What pictures with sidecars and these say of who is shown, by source and path."""
    return {
        (one.source, one.path): naming_of(one.metadata, name_patterns=name_patterns, beside=one.beside)
        for one in accompanied(store)
    }


def lay_identifiers(
    frame: pd.DataFrame,
    namings: Mapping[str, Naming],
    name_patterns: Sequence[str],
    beside: Mapping[tuple[str, str], Naming] | None = None,
) -> pd.DataFrame:
    """``frame`` (one row a holding) with what else than a face tells who is shown, and how many persons are named.

    ``beside`` is what is told of single copies, by source and path.

    The people level is left as it is: who can be told from a caption was not seen by the face pass.
    """
    nobody = Naming()
    found = [namings.get(digest, nobody) for digest in frame["sha256"]]
    if beside:
        places = zip(frame["source"], frame["path"], strict=True)
        found = [beside.get(place, naming) for place, naming in zip(places, found, strict=True)]
    kinds = [naming.identifiers for naming in found]
    if name_patterns:
        nothing = Metadata()
        paths = (naming_of(nothing, path=path, name_patterns=name_patterns) for path in frame["path"])
        kinds = [known | place.identifiers for known, place in zip(kinds, paths, strict=True)]
    kinds = _shared(frame, kinds)
    if _IDENTIFIERS in frame.columns:
        kinds = [known | flags_in(stated) for known, stated in zip(kinds, frame[_IDENTIFIERS], strict=True)]
    known_persons = [None if known is None or known != known else int(known) for known in frame[_NAMED]]
    named = [max(naming.persons, known or 0) or known for naming, known in zip(found, known_persons, strict=True)]
    return frame.assign(
        **{
            _IDENTIFIERS: _column(frame, [tuple(sorted(kind)) or None for kind in kinds]),
            _NAMED: _column(frame, named),
        }
    )


def _shared(frame: pd.DataFrame, kinds: list[frozenset[str]]) -> list[frozenset[str]]:
    """Each copy with what is known of any copy of its duplicate cluster that shows the same picture."""
    clusters, relations = frame["cluster_id"].to_numpy(object), frame["duplicate.relation"].to_numpy(object)
    same = [bool(name) and relation in _SAME_PICTURE for name, relation in zip(clusters, relations, strict=True)]
    known: dict[str, frozenset[str]] = {}
    for at in np.flatnonzero(same):
        if kinds[at]:
            known[clusters[at]] = known.get(clusters[at], frozenset()) | kinds[at]
    return [kind | known.get(clusters[at], frozenset()) if same[at] else kind for at, kind in enumerate(kinds)]


def _column(frame: pd.DataFrame, values: Sequence[Any]) -> pd.Series[Any]:
    return pd.Series(list(values), index=frame.index, dtype=object)
