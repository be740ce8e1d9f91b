"""What other packages may add, found by entry points and opened by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.ports import Source, notifiers, report_writers, sources
from pdpo_audit.ports.notifiers import Notifier
from pdpo_audit.ports.registered import registered
from pdpo_audit.ports.report_writers import ReportWriter
from pdpo_audit.sources.stores.source import KINDS, open_store


def open_source(spec: SourceSpec) -> Source:
    """The source, ready to be listed and read; SettingsError where nothing that is installed reads its scheme."""
    if spec.scheme == "file":
        from pdpo_audit.sources.filesystem import FolderSource

        return FolderSource(name=spec.name, root=os.fsencode(spec.path), include=spec.include, exclude=spec.exclude)
    if spec.scheme in KINDS:
        return open_store(spec)
    found = registered(sources.ENTRY_POINTS)
    if spec.scheme not in found:
        known = ", ".join(sorted({"file", *KINDS, *found}))
        raise SettingsError(
            f'source "{spec.name}": nothing that is installed reads {spec.scheme}: (known: {known})',
            advice="mount it as a folder and give its path, or install a package that reads it",
        )
    opener: Callable[[SourceSpec], Source] = found[spec.scheme].load()
    return opener(spec)


def open_report_writers(names: Sequence[str]) -> dict[str, ReportWriter]:
    """The report writers that the settings name, by name; SettingsError where one is not installed."""
    return _named(report_writers.ENTRY_POINTS, names, "[report] writers", "report writer")


def open_notifiers(names: Sequence[str]) -> dict[str, Notifier]:
    """The notifiers that the settings name, by name; SettingsError where one is not installed."""
    return _named(notifiers.ENTRY_POINTS, names, "[notices] notifiers", "notifier")


def _named(group: str, names: Sequence[str], setting: str, what: str) -> dict[str, Any]:
    found = registered(group)
    if missing := [name for name in names if name not in found]:
        known = ", ".join(sorted(found)) or "none is installed"
        raise SettingsError(
            f'{setting}: there is no {what} "{missing[0]}" (known: {known})',
            advice="install the package that brings it, or leave it out",
        )
    return {name: found[name].load()() for name in names}
