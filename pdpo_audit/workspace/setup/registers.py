"""The organisation's registers, read where the settings name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.pictures import Metadata
from pdpo_audit.people.sensitivity import sensitivity_of
from pdpo_audit.policy.stating.registers import Register, RegisterRow, read_register
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
    """The sensitivity flags that registers state of pictures, themselves or by a record class, by SHA-256 of their file
    (hex)."""
    stating = [replace(one, rows=tuple(map(_flagged, one.rows))) for one in registers(project)]
    if not any(row.facts for one in stating for row in one.rows):
        return {}
    import pandas as pd

    from pdpo_audit.catalogue.queries.contents import content_rows, placed_contents
    from pdpo_audit.pipeline.registering import flags_by_content

    digests = {row.id: row.sha256.hex() for row in content_rows(project.store)}
    places = [(one.ref.source, one.ref.path, digests[one.content]) for one in placed_contents(project.store)]
    return flags_by_content(pd.DataFrame(places, columns=["source", "path", "sha256"]), stating)


def _flagged(row: RegisterRow) -> RegisterRow:
    """The row with nothing but the flags that it states or that its record class stands for."""
    stated = row.facts.get("sensitivity")
    named = sensitivity_of(Metadata(), record_class=str(row.facts.get("record.class") or ""))
    flags = frozenset(named or ()) | (stated if isinstance(stated, frozenset) else frozenset())
    return replace(row, facts={"sensitivity": flags} if flags else {})
