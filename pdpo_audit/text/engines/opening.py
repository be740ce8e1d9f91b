"""Text engines by name: opened once per process, and what is known of each for the report."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points

from pdpo_audit.errors import MachineError
from pdpo_audit.model.text.readings import TextRecord
from pdpo_audit.ports.text import ENTRY_POINTS, TextEngine
from pdpo_audit.text.engines import measured, weights
from pdpo_audit.text.engines.tiny import TinyReader

NAMES = ("auto",)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpec:
    """Which engine, as the settings say it; ``auto`` is PP-OCRv6 tiny."""

    name: str = "auto"


def is_available(spec: TextSpec) -> bool:
    """Whether the engine's files are installed; whether they are the right ones is asked when it is opened."""
    return spec.name != "auto" or weights.are_installed()


def open_engine(spec: TextSpec) -> TextEngine:
    """The engine, ready to use in this process; MachineError where it is missing, changed or unknown."""
    if spec.name == "auto":
        return TinyReader(weights.tiny())
    found = {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}
    if spec.name not in found:
        known = ", ".join([*NAMES, *sorted(found)])
        raise MachineError(f"There is no text engine named {spec.name!r}.", advice=f"Known engines: {known}.")
    engine: TextEngine = found[spec.name].load()(spec)
    return engine


def describe(spec: TextSpec) -> TextRecord:
    """Name, version, digest of the weights and measured recall, for the report; MachineError as ``open_engine``."""
    engine = open_engine(spec)
    recall = measured.RECALL.get((engine.name, engine.version), {})
    return TextRecord(
        name=engine.name,
        version=engine.version,
        weights_sha256=engine.weights_sha256,
        recall=dict(recall),
    )
