"""What the text pass told, as the tables carry it: kinds of number, hints, and whether anybody looked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Row, literal, select

from pdpo_audit.catalogue import schema
from pdpo_audit.model.text.marks import NONE_LEGIBLE, NOT_LOOKED_FOR, Tier

#: Kinds of number, and hints, by content.
Told = Mapping[int, tuple[tuple[str, ...], tuple[str, ...]]]


def text_summary(method: str) -> Any:
    """The contents in which text was looked for."""
    readings = schema.text_readings
    return (
        select(readings.c.content_id, literal(1).label("read"))
        .where(readings.c.method == method, readings.c.reason == "")
        .subquery()
    )


def text_failures(method: str, detector: str) -> Any:
    """The contents in which text could not be looked for, with the detail why; those in which no face could be looked
    for either are told once, by that."""
    readings, faces = schema.text_readings, schema.face_readings
    faceless = select(faces.c.content_id).where(faces.c.detector == detector, faces.c.reason != "")
    return (
        select(readings.c.content_id, readings.c.detail)
        .where(readings.c.method == method, readings.c.reason != "", readings.c.content_id.not_in(faceless))
        .subquery()
    )


def kinds_told(stream: Callable[[Any], Iterator[Row[Any]]], method: str) -> Told:
    """What was told of each content of which something was."""
    marks = schema.text_marks
    query = select(marks.c.content_id, marks.c.kind, marks.c.tier).where(marks.c.method == method).distinct()
    found: dict[int, tuple[set[str], set[str]]] = {}
    for row in stream(query):
        numbers, hints = found.setdefault(row.content_id, (set(), set()))
        (numbers if row.tier == Tier.LEGIBLE.value else hints).add(row.kind)
    return {content: (tuple(sorted(numbers)), tuple(sorted(hints))) for content, (numbers, hints) in found.items()}


def text_told(row: Row[Any], told: Told) -> tuple[str, str]:
    """The columns ``identity_numbers`` and ``text_hints`` of a holding."""
    if not row.text_read:
        return NOT_LOOKED_FOR, ""
    numbers, hints = told.get(row.content_id, ((), ()))
    return ",".join(numbers) or NONE_LEGIBLE, ",".join(hints)
