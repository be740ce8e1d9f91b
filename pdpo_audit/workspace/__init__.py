"""The hall: an opened audit project; every entrance comes in here."""

from __future__ import annotations

from pdpo_audit.workspace.opening import Workspace

__all__ = ["Workspace"]
