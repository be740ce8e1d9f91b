"""What other packages may add, found by entry points and opened by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import entry_points
from urllib.parse import unquote, urlparse

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.ports import Source

#: Other packages register ``scheme = "module:function"`` here; the function takes the SourceSpec, returns the Source.
SOURCES = "pdpo_audit.sources"


def open_source(spec: SourceSpec) -> Source:
    """The source, ready to be listed and read; SettingsError where nothing that is installed reads its scheme."""
    if spec.scheme == "file":
        from pdpo_audit.sources.filesystem import FolderSource

        path = unquote(urlparse(spec.uri).path) if "://" in spec.uri else spec.uri
        return FolderSource(name=spec.name, root=os.fsencode(path), include=spec.include, exclude=spec.exclude)
    found = {entry.name: entry for entry in entry_points(group=SOURCES)}
    if spec.scheme not in found:
        known = ", ".join(sorted({"file", *found}))
        raise SettingsError(
            f'source "{spec.name}": nothing that is installed reads {spec.scheme}: (known: {known})',
            advice="mount it as a folder and give its path, or install a package that reads it",
        )
    opener: Callable[[SourceSpec], Source] = found[spec.scheme].load()
    return opener(spec)
