"""Several frames that a decoder gave at once, as one picture to go through like an animation that Pillow opened."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image


class Frames(Image.Image):
    """Decoded frames of one format; the first is shown."""

    is_animated = True

    def __init__(self, frames: Sequence[Image.Image], format: str) -> None:
        super().__init__()
        self.format = format
        self._frames = frames
        self.n_frames = len(frames)
        self._at = 0
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Show another frame, from 0. Raises ``EOFError`` where there is none."""
        if not 0 <= frame < self.n_frames:
            raise EOFError(f"no frame {frame}")
        shown = self._frames[frame]
        self.im, self._size, self._mode, self._at = shown.im, shown.size, shown.mode, frame

    def tell(self) -> int:
        """The number of the frame that is shown."""
        return self._at
