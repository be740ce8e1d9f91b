"""What finds faces; other packages bring one by the entry point ``pdpo_audit.face_detectors``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pdpo_audit.model.people import Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: ``name = "module:function"`` is registered here; the function takes a ``DetectorSpec`` and returns the detector.
ENTRY_POINTS = "pdpo_audit.face_detectors"


class FaceDetector(Protocol):
    """Finds faces in an upright RGB image (height x width x 3, uint8)."""

    name: str
    version: str
    #: SHA-256 (hex) of the weight file, several joined by ``+``; empty where there is none.
    weights_sha256: str

    def examine(self, image: NDArray[np.uint8]) -> Seen:
        """Every face found, graded, largest first, in pixels of ``image``, and how many candidates were dropped."""
        ...
