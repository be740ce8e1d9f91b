"""One loaded detector and one public-domain portrait for the tests of the face pass."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector
from pdpo_audit.ports import FaceDetector


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return open_detector(DetectorSpec())


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """Eileen Collins, NASA, public domain: 512 x 512, one face about 88 x 120 px at (182, 58)."""
    return np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]
