"""Colours that lie under wholly transparent parts: nobody sees them, and they are still in the file."""

from __future__ import annotations

import numpy as np
from PIL import Image

#: Pixels of each side that are looked at, every so many.
_LONGEST = 512
#: Less of the picture is the rim of a cut-out shape; a spread (levels) below is one flat colour.
_LEAST_SHARE, _LEAST_SPREAD = 0.01, 8.0


def hidden_note(image: Image.Image) -> str:
    """What to say of a decoded picture with something under its transparent parts; empty where there is nothing."""
    if image.mode not in ("RGBA", "LA"):
        return ""
    scale = max(1.0, max(image.size) / _LONGEST)
    small = image.resize(
        (max(1, int(image.width / scale)), max(1, int(image.height / scale))), Image.Resampling.NEAREST
    )
    pixels = np.asarray(small)
    unseen = pixels[..., -1] == 0
    share = float(unseen.mean())
    if share < _LEAST_SHARE or float(pixels[..., :-1][unseen].std(axis=0).max()) < _LEAST_SPREAD:
        return ""
    return f"something lies under its transparent parts ({max(1, round(100 * share))} % of it): not shown, not compared"
