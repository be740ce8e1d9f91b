"""The organisation's registers, read where the settings name them."""

from __future__ import annotations

from collections.abc import Mapping

from pdpo_audit.errors import SettingsError
from pdpo_audit.policy.registers import Register, read_register
from pdpo_audit.workspace.project import Project


def registers(project: Project) -> list[Register]:
    """The registers that the settings name, read and checked.

    :raises SettingsError: with every mistake of all of them.
    """
    names = {source.name for source in project.settings.sources}
    found, wrong = [], []
    for one in project.settings.registers:
        try:
            found.append(read_register(project.folder / one.file, supplied_by=one.supplied_by, sources=names))
        except SettingsError as error:
            wrong.append(error)
    if wrong:
        raise SettingsError("\n".join(error.message for error in wrong), advice=wrong[0].advice)
    return found


def stated_flags(project: Project) -> Mapping[str, tuple[str, ...]]:
    """The sensitivity flags that registers state of pictures, by SHA-256 of their file (hex)."""
    stating = [one for one in registers(project) if "sensitivity" in one.columns()]
    if not stating:
        return {}
    import pandas as pd

    from pdpo_audit.catalogue.queries import content_rows, placed_contents
    from pdpo_audit.pipeline.registering import flags_by_content

    digests = {row.id: row.sha256.hex() for row in content_rows(project.store)}
    places = [(one.ref.source, one.ref.path, digests[one.content]) for one in placed_contents(project.store)]
    return flags_by_content(pd.DataFrame(places, columns=["source", "path", "sha256"]), stating)
