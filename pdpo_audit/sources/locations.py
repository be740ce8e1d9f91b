"""From a reference to the path that a worker can open."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pdpo_audit.model.holdings import ImageRef
from pdpo_audit.ports import Source

#: The local path of the file that a reference names; ``b""`` where its source is not declared any more.
Locate = Callable[[ImageRef], bytes]


def locator_of(sources: Iterable[Source]) -> Locate:
    """The ``Locate`` for a set of open sources."""
    by_name = {source.name: source for source in sources}

    def locate(ref: ImageRef) -> bytes:
        source = by_name.get(ref.source)
        return source.local_path(ref.locator) if source else b""

    return locate
