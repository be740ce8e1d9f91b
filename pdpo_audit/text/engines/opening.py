"""Text engines by name: opened once per process, and what is known of each for the report."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.model.text.readings import TextRecord
from pdpo_audit.ports.registered import load_engine
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
    engine: TextEngine = load_engine(ENTRY_POINTS, spec.name, what="text engine", ours=NAMES)(spec)
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
