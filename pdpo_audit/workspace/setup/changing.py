"""Change the settings of a workspace and keep everything else in the file as it stands: values, sources."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from tomlkit.items import AoT

from pdpo_audit.errors import CallError
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.model.locations.printed import declared_names
from pdpo_audit.plugins import open_source
from pdpo_audit.policy.terms.facts import nearest
from pdpo_audit.settings import load
from pdpo_audit.sources.reconciliation import reach_of
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.initialising import Answers, SourceAnswers, add_sources, name_sources, stated_matter
from pdpo_audit.workspace.setup.persons import check_speaker


def add_source(project: Project, place: str, name: str = "", *, may_write: bool = False, **said: Any) -> str:
    """Declare a folder, or a store by its address, as a source; gives its name. What stands in the settings stays.

    ``may_write``: that a store's login could do more than read is known, and no reason to refuse it.

    :raises CallError: it is no folder, does not answer, lets its login do more than read, is declared already, or what
        is said of it cannot be.
    :raises SettingsError: an address that nothing reads, or that would give a secret away.
    """
    address, sources = "://" in place, project.settings.sources
    resolved = place if address else str(Path(place).resolve())
    for source in sources:
        if resolved == (source.uri if "://" in source.uri else str((project.folder / source.uri).resolve())):
            raise CallError(f'{place} is declared already, as "{source.name}"')
        if name and source.name == name:
            raise CallError(f'a source is called "{name}" already', advice="choose another --name")
    if address:
        found = _store(place, name, may_write=may_write)
    else:
        found = name_sources([Path(place)], [one.name for one in sources])[0]
    fields = {key: value for key, value in said.items() if value not in ("", None)}
    answers = SourceAnswers(name=name or found.name, uri=found.uri, **fields)
    _tried(project, lambda file: add_sources(file, [answers]))
    return answers.name


def _store(address: str, name: str, *, may_write: bool) -> SourceAnswers:
    """A store that answers and lets its login only read, called by its host where nobody says how."""
    host = urlsplit(address).hostname
    called = name or host or "store"
    store = open_source(SourceSpec(name=called, uri=address))
    try:
        reach = reach_of(store)
    finally:
        store.close()
    if reach.problem:
        raise CallError(
            f"{host} does not answer, or lets nobody in there: {reach.problem}",
            advice="check address, login and network; docs/sources.md tells what an address looks like",
        )
    if reach.beyond and not may_write:
        raise CallError(
            f"at {host} this login may do more than read: {', '.join(reach.beyond)}",
            advice="give the program an account that can only read, or say --may-write: it sends nothing but questions",
        )
    return SourceAnswers(name=called, uri=address)


def remove_source(project: Project, name: str, *, by: str) -> None:
    """``by`` takes a source out of the settings; what was scanned of it stays known until a purge, and reports say so.

    :raises CallError: there is no such source, nobody is named, or something else in the settings names it.
    """
    names = [source.name for source in project.settings.sources]
    if name not in names:
        hint = nearest(name, tuple(names))
        raise CallError(f'there is no source "{name}"{hint}', advice=declared_names(names))
    if not by.strip():
        raise CallError("nobody is named who says so", advice="--by NAME")
    check_speaker(project, by)

    def take_out(file: Path) -> None:
        document = tomlkit.parse(file.read_text("utf-8"))
        sources = document["sources"]
        assert isinstance(sources, AoT)
        del sources[names.index(name)]
        if not sources:
            del document["sources"]
        file.write_text(tomlkit.dumps(document), "utf-8")

    _tried(project, take_out)
    with project.store.transaction() as transaction:
        details = {"source": name, "by": by.strip()}
        transaction.append_event("source removed", dict(details), at=project.clock(), actor=project.actor)


def add_matter(project: Project, what: str, sources: Sequence[str] = ()) -> None:
    """Record that a matter is open."""

    def write(file: Path) -> None:
        document = tomlkit.parse(file.read_text("utf-8"))
        matters = document.setdefault("open_matters", tomlkit.aot())
        table = tomlkit.table()
        table.update({"what": what, "sources": list(sources), "closed_on": ""})
        matters.append(table)
        file.write_text(tomlkit.dumps(document), "utf-8")

    _tried(project, write)


def offered_answers(project: Project) -> dict[str, str]:
    """What the settings say, by the keys of the interview."""
    settings = project.settings
    said = {
        "organisation": settings.organisation.name,
        "organisation_zh": settings.organisation.name_zh,
        "authorised_by": settings.audit.authorised_by,
        "purpose": settings.audit.purpose,
        "pia_reference": settings.audit.pia_reference,
        "next_review_on": settings.audit.next_review_on.isoformat() if settings.audit.next_review_on else "",
        "languages": ",".join(settings.report.languages),
        "packs": ",".join(settings.policy.packs),
        "open_matters": settings.open_matters[0].what if settings.open_matters else "",
        **{f"roles.{role}": name for role, name in settings.organisation.roles.items()},
    }
    for number, (one, record) in enumerate(zip(settings.sources, project.source_records().values(), strict=True)):
        said |= {
            f"sources.{number}.owner": one.owner, f"sources.{number}.purpose": one.purpose,
            f"sources.{number}.record_class": one.record_class, f"sources.{number}.vendor": one.vendor,
            f"sources.{number}.contract": one.contract, f"sources.{number}.jurisdiction": one.jurisdiction,
            f"sources.{number}.basis": one.transfer_basis, f"sources.{number}.city": one.city,
            f"sources.{number}.public": "" if record.public == "unknown" else record.public,
        }  # fmt: skip
    return said


def known_folders(project: Project) -> tuple[SourceAnswers, ...]:
    """The declared sources by name and place."""
    return tuple(SourceAnswers(name=one.name, uri=one.uri) for one in project.settings.sources)


def apply_answers(project: Project, answers: Answers) -> Path:
    """Let the settings say what an officer answered anew; everything else in the file stays as it is. Gives the file.

    :raises SettingsError: something cannot be; then nothing was changed.
    """
    values = {
        ("organisation", "name"): answers.organisation,
        ("organisation", "name_zh"): answers.organisation_zh,
        ("organisation", "roles"): answers.roles,
        ("audit", "authorised_by"): answers.authorised_by,
        ("audit", "purpose"): answers.purpose,
        ("audit", "pia_reference"): answers.pia_reference,
        ("audit", "next_review_on"): answers.next_review_on,
        ("report", "languages"): answers.languages,
        ("policy", "packs"): answers.packs,
    }
    known = {source.name: source for source in project.settings.sources}
    matters = [matter.what for matter in project.settings.open_matters]

    def write(file: Path) -> None:
        document = tomlkit.parse(file.read_text("utf-8"))
        for (section, key), value in values.items():
            _set(document.setdefault(section, tomlkit.table()), key, value)
        for table in document.get("sources", []):
            said = next((one for one in answers.sources if one.name == table["name"]), None)
            for name in _ASKED if said else ():
                value = getattr(said, name)
                if value is not None and (value != "" or table.get(name)):
                    table[name] = value
        file.write_text(tomlkit.dumps(document), "utf-8")
        add_sources(file, [one for one in answers.sources if one.name not in known])

    _tried(project, write)
    if (matter := stated_matter(answers)) and matter not in matters:
        add_matter(project, matter)
    return project.settings_path


def known_matters(project: Project) -> list[str]:
    """The open matters that the settings state, in their words."""
    return [matter.what for matter in project.settings.open_matters]


#: What the interview asks of a source.
_ASKED = (
    "owner", "purpose", "record_class", "vendor", "contract", "jurisdiction", "transfer_basis", "city",
    "external_facing",
)  # fmt: skip


def _set(table: Any, key: str, value: Any) -> None:
    if isinstance(value, Mapping):
        inner = tomlkit.inline_table()
        inner.update({**dict(table.get(key, {})), **value})
        table[key] = inner
    else:
        table[key] = list(value) if isinstance(value, tuple) else value


def _tried(project: Project, change: Any) -> None:
    """Change a copy of the settings, read it, and put it in place only where it can be read."""
    file = project.settings_path
    part = file.with_name(f".{file.name}.part")
    shutil.copyfile(file, part)
    shutil.copymode(file, part)
    try:
        change(part)
        load(part, os.environ)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(file)
    project.reload()
