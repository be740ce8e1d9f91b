"""What the workers of a cluster have to be for a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pdpo_audit.metadata import reader_of
from pdpo_audit.people.detectors.engines import DetectorSpec
from pdpo_audit.ports import Source
from pdpo_audit.text.engines.opening import TextSpec, is_available
from pdpo_audit.workers.checking import Engines, Fitness, probes_of, traits_of

if TYPE_CHECKING:
    from pdpo_audit.settings import Settings


def fitness_of(settings: Settings, sources: Sequence[Source]) -> Fitness:
    """This program with the engines that the settings name, and files of every source that is reached from here."""
    people, text = settings.people, TextSpec(name=settings.text.engine)
    engines = Engines(
        detector=None if people.scope == "off" else DetectorSpec(name=people.detector, yunet=people.yunet),
        text=text if settings.text.scope != "off" and is_available(text) else None,
        reader=reader_of(settings.metadata.reader),
    )
    probes = tuple(probe for source in sources for probe in probes_of(source))
    return Fitness(traits=traits_of(engines), engines=engines, probes=probes)
