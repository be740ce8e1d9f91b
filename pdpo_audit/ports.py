"""The sockets: what the program needs of the outside, stated by the side that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from pdpo_audit.model.holdings import FolderListing, Skipped
from pdpo_audit.model.people import Face
from pdpo_audit.model.roots import RootIdentity
from pdpo_audit.model.tables import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


class Source(Protocol):
    """A declared place that holds images. Reading changes nothing: no byte, no timestamp."""

    @property
    def name(self) -> str:
        """The unique name from the settings."""
        ...

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """Every folder with the regular files in it, in the byte order of the folders' paths; the rest is skipped."""
        ...

    def wants(self, locator: bytes) -> bool:
        """Whether the settings let this file in."""
        ...

    def identity(self) -> RootIdentity | None:
        """What tells this source's root from another one that lies at its place; ``None`` where it is not there."""
        ...

    def local_path(self, locator: bytes) -> bytes:
        """The path under which a worker on this machine can open the file at ``locator``."""
        ...


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
