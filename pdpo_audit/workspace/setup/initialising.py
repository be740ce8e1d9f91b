"""Make a workspace: a commented ``pdpo-audit.toml`` from an officer's answers; add sources to one that exists."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.model.tool import SETTINGS_FILE as FILE_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswers:
    """What an officer says of one folder; what nobody knows stays empty and is said in the report."""

    name: str
    uri: str
    owner: str = ""
    jurisdiction: str = ""
    city: str = ""
    vendor: str = ""
    contract: str = ""
    transfer_basis: str = ""
    purpose: str = ""
    purpose_ended_on: str = ""
    record_class: str = ""
    external_facing: bool | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What an officer says of the audit; ``open_matters`` tells of litigation, complaints or access requests."""

    organisation: str = ""
    organisation_zh: str = ""
    authorised_by: str = ""
    purpose: str = ""
    pia_reference: str = ""
    open_matters: str = ""
    sources: tuple[SourceAnswers, ...] = ()
    #: Who signs, by role; a day (ISO 8601).
    roles: Mapping[str, str] = field(default_factory=dict)
    next_review_on: str = ""
    languages: tuple[str, ...] = ("en",)
    packs: tuple[str, ...] = ("hk-core-pdpo",)


#: What people type who have nothing to name.
_NONE = frozenset({"no", "none", "nil", "nothing", "n/a", "na", "沒有", "没有", "無", "无", "否"})
_NOTES = {
    "name": "unique",
    "uri": "a folder, or a store: webdavs://, s3://, sftp://, smb://, imaps:// (docs/sources.md)",
    "owner": "accountable person or unit; without one the report stays a draft",
    "jurisdiction": "where the copies lie: HK, CN, ...",
    "vendor": "data processor that holds the copies, if any",
    "contract": "the contract with it",
    "transfer_basis": "gba_standard_contract, recommended_model_clauses, consent ...",
    "purpose": "what the pictures are kept for",
    "purpose_ended_on": "a date once it has ended",
    "record_class": "campaign_portrait, employee_photo, applicant_photo ...",
    "external_facing": 'true or false; "partly": state the parts under [[sources.facts]] as location.external_facing',
}


def create_workspace(folder: Path, answers: Answers) -> Path:
    """Write ``pdpo-audit.toml`` into ``folder`` (made where it does not exist); never overwrites one.

    :raises CallError: there is one already. :raises MachineError: the folder cannot be written.
    """
    file = folder / FILE_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CallError(f"{file} exists already", advice="edit it, or choose another folder") from error
    except OSError as error:
        raise MachineError(f"{folder} cannot be made a workspace: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(_settings_text(answers))
    return file


def add_sources(file: Path, sources: Sequence[SourceAnswers]) -> None:
    """Append sources to the settings; everything that stands there stays as it is."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write("".join("\n" + _source_text(source) for source in sources))


def name_sources(paths: Sequence[Path], taken: Sequence[str] = ()) -> tuple[SourceAnswers, ...]:
    """A unique name for each folder, from its own name.

    :raises CallError: one of them is no folder.
    """
    names = list(taken)
    answers = []
    for path in paths:
        if not path.is_dir():
            raise CallError(f"{path} is no folder", advice="give the folder that holds the pictures")
        stem = re.sub(r"[^\w.-]+", "-", path.resolve().name).strip("-") or "source"
        name = next(n for n in (stem, *(f"{stem}-{k}" for k in range(2, 10_000))) if n not in names)
        names.append(name)
        answers.append(SourceAnswers(name=name, uri=str(path.resolve())))
    return tuple(answers)


def names_nothing(text: str) -> bool:
    """Whether somebody who was asked for a name says that there is none."""
    return text.strip(" .。").casefold() in _NONE


def stated_matter(answers: Answers) -> str:
    """The open matter in one line; empty where there is none, also where somebody says so in words."""
    return "" if names_nothing(answers.open_matters) else " ".join(answers.open_matters.split())


def _settings_text(answers: Answers) -> str:
    matters = stated_matter(answers)
    named = dict.fromkeys(("dpo", "legal", "compliance", "communications"), "") | dict(answers.roles)
    stated = ("organisation", "organisation_zh", "authorised_by", "purpose", "pia_reference", "next_review_on")
    settings = _SETTINGS.format(
        **{name: _quote(getattr(answers, name)) for name in stated},
        roles=", ".join(f"{role} = {_quote(name)}" for role, name in named.items()),
        packs=_listed(answers.packs),
        languages=_listed(answers.languages),
        held=_MATTER.format(what=_quote(matters)) if matters else "",
    )
    return settings + "".join("\n" + _source_text(source) for source in answers.sources)


#: The settings of a new workspace, before its sources.
_SETTINGS = """\
# Settings of a pdpo-audit workspace. Empty values are said in the report.
# Secrets never stand here: a passphrase comes from PDPO_AUDIT_PASSPHRASE, a file, or a prompt.

[organisation]
name = {organisation}
name_zh = {organisation_zh}
roles = {{ {roles} }}

[audit]
authorised_by = {authorised_by}       # without it the report stays a draft
purpose = {purpose}
pia_reference = {pia_reference}       # privacy impact assessment of the face pass
marking = "Restricted"
next_review_on = {next_review_on}        # a date; printed on the report

[similarity]
level = "near"             # exact | pixel | near | metadata (quick and blind, for a first look)
crops = true               # look for crops and screenshots, too (`scan --no-crops` leaves them out once)
preferred_sources = []     # where a master should lie
preferred_jurisdiction = "HK"

# Who is who (docs/data-model.md): once somebody is named here, only who is named decides, answers and holds.
# [[people]]
# name = ""
# roles = []               # reviewer, legal, compliance, communications, dpo, owner, viewer, admin

# The face pass.
[faces]
scope = "all"              # all | duplicates | off
detector = "auto"          # auto | centerface | yunet | hog | cnn

# The text pass: identity numbers that are legible in pictures (docs/text.md); left out without the extra "text".
[text]
scope = "duplicates"       # all | duplicates | off

[metadata]
reader = "auto"            # auto | pillow | exiftool (asked of every file)

[policy]
packs = {packs}

[report]
languages = {languages}
thumbnails = "pixelated"   # none | pixelated | clear
mask_paths = false

[signing]
pkcs12 = "keys/seal.p12"   # made by: pdpo-audit keys create
key = ""                   # instead: a PEM file, or a key on a token ("pkcs11:token=...;object=...?module-path=...")
timestamp_url = ""         # an RFC 3161 service
trust = []                 # certificates that the seal must lead to; with a timestamp: PAdES B-LT

[catalogue]
url = "sqlite:///catalogue.db"
delete_after_sign_off = "P90D"

{held}# [execution]
# executor = "processes"   # serial | processes:4 | dask+tls://host:8786 (a cluster; docs/cluster.md)
# source_loss = 0.10       # a larger loss than this share of a source counts as "not reached" until a person accepts it
# source_loss_files = 5    # so many may go whatever their share, as long as half of the source is there
"""

#: Until somebody places a hold for it, everything that an open matter may concern counts as held.
_MATTER = """\
# What is open. A hold for the same words (pdpo-audit hold add --matter ...) takes its place; until then everything in
# the sources that it names, or in all, counts as held.
[[open_matters]]
what = {what}
sources = []
closed_on = ""             # a date once it is closed

"""


def _source_text(source: SourceAnswers) -> str:
    lines = ["[[sources]]"]
    for one in fields(source):
        value = getattr(source, one.name)
        text = json.dumps(value) if isinstance(value, bool) else _quote(value or "")
        note = f"  # {_NOTES[one.name]}" if one.name in _NOTES else ""
        said = "# " if value is None else ""  # TOML has no word for what nobody has said
        lines.append(f"{said}{one.name} = {'false' if said else text}{note}")
    return "\n".join(lines) + "\n"


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quote, texts))}]"


def _quote(text: str) -> str:
    """A TOML basic string: JSON escapes are a subset of TOML's, except for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
