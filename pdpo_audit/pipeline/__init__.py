"""One file a stage; ``STAGES`` is the order. Each reads what is pending from the catalogue and records in batches."""

from __future__ import annotations

#: The straight line: what runs after what. Every stage can be repeated, resumed after a kill, and run alone.
STAGES = ("inventory", "examination", "clustering", "people", "assessment", "reporting")
