"""Forms of one template that lie still are told apart at sight; copies are not, however they were written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pdpo_audit.model.clusters import Verdict
from pdpo_audit.similarity.comparison.pictures import Pictures
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.pages.sight import other_strokes
from pdpo_audit.similarity.verification import verify_pair
from tests.similarity.pairs import form, jpeg, png, readable, side


def working(folder: Path, number: int, content: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    found = readable().working(side(folder, number, content))
    assert found is not None
    return np.asarray(found.grey, np.uint8)


def test_another_entry_is_seen_without_reading_either_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = form("CHAN Tai Man", "880123")
    changed = page.copy()
    pen = ImageDraw.Draw(changed)
    pen.rectangle((232, 100, 500, 128), fill="white")
    pen.text((245, 100), "HO Mei Yuk", fill=(20, 20, 120), font_size=20)
    monkeypatch.setattr(Pictures, "readable", None)
    pair = verify_pair(side(tmp_path, 1, png(page)), side(tmp_path, 2, png(changed)), readable())
    assert pair.verdict is Verdict.SAME_LAYOUT and pair.evidence["rule"] == "strokes differ"
    assert (pair.evidence["decided_by"], pair.evidence["looked_at"]) == ("sight_other", 512)
    assert float(pair.evidence["decided_at"]) >= cut("sight_other")
    assert 0.85 <= pair.similarity < 0.95 and "region_difference" not in pair.evidence


@pytest.mark.parametrize("way", ["jpeg_95", "jpeg_50", "grey", "smaller", "shifted"])
def test_copies_are_never_told_apart_at_sight(tmp_path: Path, way: str) -> None:
    page = form("CHAN Tai Man", "880123")
    shifted = Image.new("RGB", page.size, "white")
    shifted.paste(page, (0, 3))
    copy = {
        "jpeg_95": lambda: jpeg(page, 95),
        "jpeg_50": lambda: jpeg(page, 50),
        "grey": lambda: png(page.convert("L").convert("RGB")),
        "smaller": lambda: png(page.resize((480, 679), Image.Resampling.LANCZOS)),
        "shifted": lambda: png(shifted),
    }[way]()
    assert other_strokes(working(tmp_path, 1, png(page)), working(tmp_path, 2, copy)) is None


def test_other_sizes_and_empty_pages_tell_nothing() -> None:
    white = np.full((500, 350), 255, np.uint8)
    assert other_strokes(white, white[:400]) is None and other_strokes(white, white) is None
    written = white.copy()
    written[100:110, 100:110] = 0
    assert other_strokes(white, written) is None  # all ink is other ink: nothing says that it is one template
