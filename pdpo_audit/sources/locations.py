"""From a reference to the place that a worker can open."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.places import Place
from pdpo_audit.ports import Source

#: The place of the file that a reference names; ``None`` where its source is not declared any more.
Locate = Callable[[ImageRef], Place | None]


def locator_of(sources: Iterable[Source]) -> Locate:
    """The ``Locate`` for a set of open sources."""
    by_name = {source.name: source for source in sources}

    def locate(ref: ImageRef) -> Place | None:
        source = by_name.get(ref.source)
        if source is None:
            return None
        return Place(source=source.name, uri=source.uri, locator=ref.locator, members=ref.members)

    return locate


def places_of(refs: Iterable[ImageRef], locate: Locate) -> tuple[Place, ...]:
    """The places of some references, in their order; those of sources that are not declared any more left out."""
    return tuple(place for ref in refs if (place := locate(ref)) is not None)
