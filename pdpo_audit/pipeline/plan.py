"""A scan decided on before it starts: frozen, and all that the line knows of settings and options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pdpo_audit.model.audits import DetectorRecord
from pdpo_audit.model.locations.changes import Look
from pdpo_audit.model.locations.classes import RecordClasses
from pdpo_audit.model.locations.roots import AllowedLoss
from pdpo_audit.model.text.readings import TextRecord
from pdpo_audit.people.detectors.engines import DetectorSpec
from pdpo_audit.ports import Source
from pdpo_audit.similarity.resolution import Preferences
from pdpo_audit.sources.locations import Locate
from pdpo_audit.text.engines.opening import TextSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FacePlan:
    """Which pictures are shown to which face engine, and whether pictures for reports are made meanwhile."""

    scope: str
    spec: DetectorSpec
    detector: DetectorRecord
    thumbnails: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """Which pictures are shown to which text engine, and under which name its readings are kept."""

    scope: str
    spec: TextSpec
    method: str
    engine: TextRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPlan:
    """``looks`` are walks over sources that were taken already; at most ``limit`` files are read (``None``: all).

    ``allowed_loss`` is what a source may lose of its files and still count as reached. ``faces`` is ``None``
    where no picture is looked at for people, ``text`` where none is read; ``text_missing`` is what installs the
    engine where only that is missing. What depends on the files is asked when all of them were read:
    ``registered`` for the sensitivity flags that registers state, by SHA-256 of the file (hex); ``stop`` to remove the
    stored pictures that the stop rule speaks of, for the SHA-256 (hex) of the files of which none may be made.
    """

    sources: Sequence[Source]
    looks: Mapping[str, Look]
    allowed_loss: AllowedLoss
    limit: int | None
    level: str
    crops: bool
    thorough: bool
    preferences: Preferences
    jurisdictions: Mapping[str, str]
    locate: Locate
    faces: FacePlan | None
    text: TextPlan | None
    text_missing: str
    name_patterns: Sequence[str]
    record_classes: RecordClasses
    registered: Callable[[], Mapping[str, Sequence[str]]]
    stop: Callable[[], frozenset[str]]
