"""Where those who write reports read an audit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from pdpo_audit.model.tables import Table

if TYPE_CHECKING:
    import pandas as pd


class TableSource(Protocol):
    """The tables of one audit, in chunks so that memory stays flat: the columns of ``model.tables.COLUMNS``."""

    def chunks(self, table: Table, rows: int = 50_000) -> Iterator[pd.DataFrame]:
        """The rows of ``table`` in their stable order; at least one (maybe empty) frame."""
        ...

    def picture(self, cluster_id: str) -> bytes:
        """The JPEG of a cluster's picture, pixelated unless the settings say otherwise; ``b""`` where there is none."""
        ...
