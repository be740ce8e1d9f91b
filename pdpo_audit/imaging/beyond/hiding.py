"""Colours that lie under transparent parts: nobody sees them, and they are still in the file."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pdpo_audit.imaging.formats.told import Part

#: Pixels of each side that are looked at, every so many.
_LONGEST = 512
#: Less of the picture is the rim of a cut-out shape; a spread (levels) below is one flat colour.
_LEAST_SHARE, _LEAST_SPREAD = 0.01, 8.0
#: So little of a colour (alpha, of 255) that nobody sees it: a face of full contrast has ten levels of it.
_UNSEEN = 25
#: The modes with transparency that has steps, or a table of its own.
_MODES = ("RGBA", "LA", "PA")


def hidden_note(image: Image.Image) -> str:
    """What to say of a decoded picture with something under its transparent parts; empty where there is nothing."""
    share = _hidden_share(image)
    if not share:
        return ""
    part = max(1, round(100 * share))
    return f"something lies under its transparent parts ({part} % of it): not shown; people are looked for in it"


def hidden_part(image: Image.Image) -> Part | None:
    """A decoded picture as it is without its transparency; none where that would show nothing."""
    if not _hidden_share(image):
        return None
    return Part(kind="what its transparent parts hide", opened=lambda: _uncovered(image), laid=True)


def _uncovered(image: Image.Image) -> Image.Image:
    pixels = np.array(image.convert("RGBA"))
    pixels[..., 3] = np.where(pixels[..., 3] <= _UNSEEN, 255, 0)
    return Image.fromarray(pixels)


def _hidden_share(image: Image.Image) -> float:
    """The share of a picture that is transparent, where something lies under it; else 0."""
    if image.mode not in _MODES and not isinstance(image.info.get("transparency"), bytes):
        return 0.0
    scale = max(1.0, max(image.size) / _LONGEST)
    size = max(1, int(image.width / scale)), max(1, int(image.height / scale))
    pixels = np.asarray(image.resize(size, Image.Resampling.NEAREST).convert("RGBA"))
    unseen = pixels[..., 3] <= _UNSEEN
    share = float(unseen.mean())
    if share < _LEAST_SHARE or float(pixels[..., :3][unseen].std(axis=0).max()) < _LEAST_SPREAD:
        return 0.0
    return share
