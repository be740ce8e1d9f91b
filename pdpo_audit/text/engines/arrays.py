"""The array types that the text engines hand to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Upright picture: height x width x 3, RGB, 0 to 255.
Pixels = NDArray[np.uint8]
#: n boxes of four corners each, x before y.
Quads = NDArray[np.float32]
