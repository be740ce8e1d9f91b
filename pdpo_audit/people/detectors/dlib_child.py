"""The program in the process that dlib lives in: it answers requests on its standard input until that closes.

It imports nothing of ours and is started by file name in Python's isolated mode. ``face_recognition`` itself is never
imported: it changes Pillow globally and may call ``quit()``; dlib with the same model files gives the same results.

A request is one line of JSON, followed by ``height * width * 3`` bytes of RGB where it names a height; the answer is
one line of JSON. Face descriptions are held in this process's memory only, never written and never sent: what leaves
is distances. They are gone when the process ends.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import dlib
import numpy as np

#: Neighbours of these ranks among all faces say how crowded a face's surroundings are (local scaling).
_FIRST_RANK, _LAST_RANK = 20, 60
_BLOCK = 512


class Models:
    """Model files, each loaded when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        if name not in self._loaded:
            path = str(self._folder / f"{name}.dat")
            match name:
                case "hog":
                    self._loaded[name] = dlib.get_frontal_face_detector()
                case "mmod_human_face_detector":
                    self._loaded[name] = dlib.cnn_face_detection_model_v1(path)
                case "dlib_face_recognition_resnet_model_v1":
                    self._loaded[name] = dlib.face_recognition_model_v1(path)
                case _:
                    self._loaded[name] = dlib.shape_predictor(path)
        return self._loaded[name]


class Descriptions:
    """References and library faces of one person search, in memory."""

    def __init__(self) -> None:
        self.references: list[Any] = []
        self.library: list[Any] = []

    def ranked(self) -> dict[str, Any]:
        """For each library face its smallest distance to a reference, plain and locally scaled (or null)."""
        if not self.references or not self.library:
            return {"plain": [], "scaled": []}
        references, library = np.array(self.references), np.array(self.library)
        plain = np.min([np.linalg.norm(library - one, axis=1) for one in references], axis=0)
        if len(library) <= _LAST_RANK:
            return {"plain": plain.tolist(), "scaled": None}
        own, theirs = _crowding(library, library, 1), _crowding(references, library, 0)
        pairs = zip(references, theirs, strict=True)
        scaled = np.min([np.linalg.norm(library - one, axis=1) / np.sqrt(own * mean) for one, mean in pairs], axis=0)
        return {"plain": plain.tolist(), "scaled": scaled.tolist()}


def _crowding(faces: Any, library: Any, skipped: int) -> Any:
    """Mean distance of each face to its library neighbours of rank 20 to 60, itself left out."""
    means = []
    for start in range(0, len(faces), _BLOCK):
        block = faces[start : start + _BLOCK]
        squares = np.sum(block**2, axis=1)[:, None] + np.sum(library**2, axis=1)[None] - 2 * block @ library.T
        near = np.partition(np.sqrt(np.clip(squares, 0, None)), _LAST_RANK, axis=1)
        near = np.sort(near[:, : _LAST_RANK + 1], axis=1)
        means.append(near[:, _FIRST_RANK - 1 + skipped : _LAST_RANK + skipped].mean(axis=1))
    return np.concatenate(means)


def answer(request: dict[str, Any], image: Any, models: Models, kept: Descriptions) -> dict[str, Any]:
    """Do what one request asks."""
    match request["do"]:
        case "hog":
            boxes, scores, _ = models.get("hog").run(image, request["upsample"], request["threshold"])
            return _found(image, list(zip(boxes, scores, strict=True)), models)
        case "cnn":
            hits = models.get("mmod_human_face_detector")(image, request["upsample"])
            return _found(image, [(hit.rect, hit.confidence) for hit in hits], models)
        case "refer":
            kept.references.append(_description(image, request["square"], models))
            return {"references": len(kept.references)}
        case "add":
            kept.library.append(_description(image, request["square"], models))
            return {"library": len(kept.library)}
        case "rank":
            return kept.ranked()
        case other:
            return {"error": f"unknown request {other!r}"}


def _found(image: Any, hits: list[tuple[Any, float]], models: Models) -> dict[str, Any]:
    """Squares with scores, and the corners of both eyes and the nose by the five-point predictor."""
    predictor = models.get("shape_predictor_5_face_landmarks")
    faces = []
    for square, score in hits:
        marks = predictor(image, square)
        points = [(marks.part(place).x, marks.part(place).y) for place in range(5)]
        faces.append([[square.left(), square.top(), square.right(), square.bottom()], float(score), points])
    return {"faces": faces}


def _description(image: Any, square: list[int], models: Models) -> Any:
    marks = models.get("shape_predictor_68_face_landmarks")(image, dlib.rectangle(*square))
    return np.array(models.get("dlib_face_recognition_resnet_model_v1").compute_face_descriptor(image, marks))


def main() -> None:
    """Answer until the input ends."""
    models, kept = Models(Path(sys.argv[1])), Descriptions()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        image = None
        if "height" in request:
            shape = (request["height"], request["width"], 3)
            image = np.frombuffer(sys.stdin.buffer.read(int(np.prod(shape))), np.uint8).reshape(shape)
        try:
            told = answer(request, image, models, kept)
        except (RuntimeError, MemoryError, ValueError) as error:
            told = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
