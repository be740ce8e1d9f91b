"""The sockets: what the program needs of the outside, stated by the side that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from pdpo_audit.model.people import Face
from pdpo_audit.model.tables import Table
from pdpo_audit.ports.sources import Source, StoredFile

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


__all__ = [
    "FaceDetector",
    "Json",
    "Progress",
    "Signer",
    "Silent",
    "Source",
    "StoredFile",
    "TableSource",
]


class FaceDetector(Protocol):
    """Finds faces in an upright RGB image (height x width x 3, uint8)."""

    name: str
    version: str

    def detect(self, image: NDArray[np.uint8]) -> list[Face]:
        """Every face found, graded, in pixels of ``image``."""
        ...


class TableSource(Protocol):
    """The tables of one audit, in chunks so that memory stays flat: the columns of ``model.tables.COLUMNS``."""

    def chunks(self, table: Table, rows: int = 50_000) -> Iterator[pd.DataFrame]:
        """The rows of ``table`` in their stable order; at least one (maybe empty) frame."""
        ...

    def picture(self, cluster_id: str) -> bytes:
        """The JPEG of a cluster's picture, pixelated unless the settings say otherwise; ``b""`` where there is none."""
        ...


class Signer(Protocol):
    """The one seam to a private key: file, token or service."""

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data`` with the key's algorithm and SHA-256."""
        ...


class Progress(Protocol):
    """Told how long work goes on; the command line draws it, scripts ignore it."""

    def start(self, stage: str, total: int | None) -> None:
        """A stage begins, with the number of items where it is known; the stage under way goes on with so many more."""
        ...

    def advance(self, items: int = 1) -> None:
        """So many more items of the stage are recorded."""
        ...

    def note(self, message: str) -> None:
        """Something people should read while they wait."""
        ...


class Silent:
    """A ``Progress`` that says nothing."""

    def start(self, stage: str, total: int | None) -> None: ...

    def advance(self, items: int = 1) -> None: ...

    def note(self, message: str) -> None: ...


#: A value that JSON can hold; the results of ``--json`` are made of these.
Json = dict[str, Any] | list[Any] | str | int | float | bool | None
