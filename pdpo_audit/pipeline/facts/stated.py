"""What metadata say of rights and minors, as facts."""

from __future__ import annotations

from typing import Any

from pdpo_audit.catalogue.queries.contents import content_rows
from pdpo_audit.catalogue.stated.documents import read_metadata
from pdpo_audit.catalogue.stated.sidecars import accompanied
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.pictures import Metadata, laid_over

#: PLUS codes of the model release as the rules' words.
_RELEASES = {"MR-UMR": "unlimited", "MR-LMR": "limited", "MR-NON": "none"}
#: PLUS codes of the age disclosed that speak of a minor (under 18).
_MINORS = {"AG-A17", "AG-A16", "AG-A15", "AG-U14"}


#: The facts that metadata tell, in the order of the frame.
_STATED = ("rights.model_release", "rights.licence_ends_on", "rights.restrictions", "people.minors_declared")


def rights_of_pictures(store: Store) -> dict[str, dict[str, Any]]:
    """What embedded metadata say of rights and minors, by fact and by SHA-256 of the file."""
    facts: dict[str, dict[str, Any]] = {name: {} for name in _STATED}
    for row in content_rows(store):
        for name, value in _stated(read_metadata(row.metadata)).items():
            facts[name][row.sha256.hex()] = value
    return facts


def rights_beside(store: Store) -> dict[str, dict[tuple[str, str], Any]]:
    """What pictures with sidecars and these say together, by fact and by source and path."""
    facts: dict[str, dict[tuple[str, str], Any]] = {name: {} for name in _STATED}
    for one in accompanied(store):
        for name, value in _stated(laid_over(one.metadata, one.beside)).items():
            facts[name][one.source, one.path] = value
    return facts


def _stated(metadata: Metadata) -> dict[str, Any]:
    release = _RELEASES.get(metadata.model_release.rpartition("/")[2])
    minor = metadata.minor_age.rpartition("/")[2] in _MINORS
    values = (release, metadata.licence_ends_on, metadata.usage_terms, minor)
    return {name: value for name, value in zip(_STATED, values, strict=True) if value}
