"""pdpo-audit: duplicate images, the people in them, and how long Hong Kong's privacy law lets them be kept.

>>> from pdpo_audit import Workspace
>>> workspace = Workspace.open("audit")          # doctest: +SKIP
>>> workspace.scan()                             # doctest: +SKIP
>>> workspace.table("clusters")                  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdpo_audit.model.tool import VERSION as __version__

if TYPE_CHECKING:
    from pdpo_audit.workspace import Workspace

__all__ = ["Workspace", "__version__"]


def __getattr__(name: str) -> Any:
    """Load the workspace only when asked: worker processes import this package and must stay small."""
    if name == "Workspace":
        from pdpo_audit.workspace import Workspace

        return Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
