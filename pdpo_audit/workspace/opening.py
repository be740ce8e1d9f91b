"""Open a workspace: its settings, its catalogue, its sources."""

from __future__ import annotations


class Workspace:
    """An audit project on disk: a folder with ``pdpo-audit.toml``, the catalogue and the reports."""
