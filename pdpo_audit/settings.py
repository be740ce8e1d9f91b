"""Settings from ``pdpo-audit.toml`` and ``PDPO_AUDIT_*`` variables: strict, every mistake with its place."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.addresses import PASSWORD_ADVICE, holds_password
from pdpo_audit.model.tool import NOT_SETTINGS, SETTINGS_FILE

FILE_NAME = SETTINGS_FILE


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


OptionalDate = Annotated[date | None, BeforeValidator(_empty_is_none)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


#: The roles that sign an audit off, owners apart: those are named with their sources.
_SIGNING = frozenset({"dpo", "legal", "compliance", "communications"})


class Organisation(_Section):
    """Who is audited, and the people who answer for it."""

    name: str = ""
    name_zh: str = ""
    roles: dict[Literal["dpo", "legal", "compliance", "communications"], str] = Field(default_factory=dict)


class PersonSettings(_Section):
    """One of ``[[people]]``: who is who, what they answer for, and what they may see (every source where empty)."""

    name: str = Field(min_length=1)
    roles: tuple[
        Literal["reviewer", "legal", "compliance", "communications", "dpo", "owner", "viewer", "admin"], ...
    ] = ()
    sees: tuple[str, ...] = ()
    login: str = ""
    email: str = ""
    #: SHA-256 (hex) of the person's certificate: stated by the organisation until somebody enrolled countersigns it.
    fingerprint: str = Field(default="", pattern=r"^([0-9A-Fa-f]{64})?$")
    deputy: str = ""
    until: OptionalDate = None


class AuditSettings(_Section):
    """On whose authority the audit runs, and how its report is marked."""

    authorised_by: str = ""
    purpose: str = ""
    pia_reference: str = ""
    marking: str = "Restricted"
    next_review_on: OptionalDate = None


class FactsByPattern(BaseModel):
    """Facts for the part of a source whose paths match ``match``; every other key is a dotted fact name."""

    model_config = ConfigDict(extra="allow", frozen=True)
    match: str

    def facts(self) -> dict[str, Any]:
        """The facts by dotted name."""
        return _flatten(self.model_extra or {})


class SourceSettings(_Section):
    """One declared place that holds images."""

    name: str = Field(min_length=1)
    uri: str = Field(min_length=1)
    owner: str = ""
    jurisdiction: str = ""
    city: str = ""
    vendor: str = ""
    contract: str = ""
    transfer_basis: str = ""
    purpose: str = ""
    purpose_ended_on: OptionalDate = None
    record_class: str = ""
    cost_hkd_per_gb_month: float | None = Field(default=None, ge=0)
    external_facing: bool = False
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    facts: tuple[FactsByPattern, ...] = ()


class RegisterSettings(_Section):
    """A CSV or Excel file with facts by path pattern or content, and who supplied it."""

    file: str = Field(min_length=1)
    supplied_by: str = ""


class SimilaritySettings(_Section):
    """How far copies may differ, and where a master should lie."""

    level: Literal["exact", "pixel", "near", "metadata"] = "near"
    #: Whether near copies are looked for among parts of pictures, too: small crops, screenshots.
    crops: bool = True
    preferred_sources: tuple[str, ...] = ()
    preferred_jurisdiction: str = ""


class PersonSearchSettings(_Section):
    """What a search by face needs before it runs at all; each of these is printed on the report."""

    purpose: str = ""
    approved_by: str = ""
    pia_reference: str = ""
    expires_on: OptionalDate = None


class PeopleSettings(_Section):
    """Which pictures the face pass examines, and with what."""

    scope: Literal["all", "duplicates", "off"] = "all"
    detector: str = "auto"
    yunet: str = ""
    name_patterns: tuple[str, ...] = ()
    search: PersonSearchSettings = PersonSearchSettings()


class MetadataSettings(_Section):
    """Who reads what files say of themselves: Pillow, helped by ExifTool where that is installed."""

    reader: Literal["auto", "pillow", "exiftool"] = "auto"


class PolicySettings(_Section):
    """The rule packs, by name or folder."""

    packs: tuple[str, ...] = ("hk-core-pdpo",)


class ReportSettings(_Section):
    """Languages and the privacy of the reports."""

    languages: tuple[Literal["en", "zh-Hant"], ...] = ("en",)
    thumbnails: Literal["none", "pixelated", "clear"] = "pixelated"
    mask_paths: bool = False
    templates: str = ""
    required_sign_offs: tuple[Literal["legal", "compliance", "communications", "dpo", "owner"], ...] = (
        "legal",
        "compliance",
        "communications",
        "dpo",
    )


class SigningSettings(_Section):
    """The organisation's seal; a passphrase or PIN never stands here.

    ``key`` takes the place of ``pkcs12``: a PKCS#12 or PEM file, or a token's key (``pkcs11:...``, RFC 7512), with its
    ``certificate`` (PEM) where that is not with the key. ``trust`` names the certificates that seals must lead to.
    """

    pkcs12: str = "keys/seal.p12"
    key: str = ""
    certificate: str = ""
    timestamp_url: str = ""
    trust: tuple[str, ...] = ()


PeriodText = Annotated[str, Field(pattern=r"^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$")]


class KeepSettings(_Section):
    """How long the program's own data is kept; ``purge`` ends it."""

    reports: PeriodText = "P7Y"
    log_details: PeriodText = "P7Y"
    backups: PeriodText = "P90D"
    handouts: PeriodText = "P90D"
    access_log: PeriodText = "P1Y"


def _reference(value: object) -> object:
    if isinstance(value, str) and value and not re.fullmatch(r"(env|file):.+", value):
        raise ValueError("say where the password is (env:VARIABLE or file:PATH); the settings never hold it itself")
    return value


SecretReference = Annotated[str, BeforeValidator(_reference)]


class CatalogueSettings(_Section):
    """Where the workspace remembers, and when it forgets."""

    url: str = "sqlite:///catalogue.db"
    #: Who owns the tables on PostgreSQL; the program itself then cannot change the event log. Makes, upgrades, purges.
    owner_url: str = ""
    #: Where the passwords of both are, if not in PostgreSQL's own variables and password file: the settings hold none.
    password: SecretReference = ""
    owner_password: SecretReference = ""
    delete_after_sign_off: PeriodText = "P90D"
    keep: KeepSettings = KeepSettings()


class LimitSettings(_Section):
    """Bounds against hostile or absurd files."""

    max_pixels: int = Field(default=300_000_000, gt=0)
    max_file_bytes: int = Field(default=2 * 1024**3, gt=0)
    seconds_per_file: float = Field(default=60.0, gt=0)


def _bytes(value: object) -> object:
    """A size as people write it (``2 GB``, ``1.5 GiB``, ``800 MB``) in bytes; anything else as it is."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kMGT]?)(i?)B\s*", value) if isinstance(value, str) else None
    if found is None:
        return value
    return int(float(found[1]) * (1024 if found[3] else 1000) ** " kMGT".index(found[2] or " "))


class ExecutionSettings(_Section):
    """What workers may use: ``worker_memory`` is the address space of each of them, ``2 GB`` or a count of bytes.

    A source that lost a larger share of its files than ``source_loss`` counts as not reached until a person accepts it.
    """

    worker_memory: Annotated[int, BeforeValidator(_bytes), Field(ge=1_000_000_000)] = 2_000_000_000
    source_loss: float = Field(default=0.10, ge=0, le=1)


class Settings(_Section):
    """Everything that ``pdpo-audit.toml`` may say."""

    organisation: Organisation = Organisation()
    audit: AuditSettings = AuditSettings()
    sources: tuple[SourceSettings, ...] = ()
    registers: tuple[RegisterSettings, ...] = ()
    similarity: SimilaritySettings = SimilaritySettings()
    people: PeopleSettings = PeopleSettings()
    persons: tuple[PersonSettings, ...] = ()
    metadata: MetadataSettings = MetadataSettings()
    policy: PolicySettings = PolicySettings()
    report: ReportSettings = ReportSettings()
    signing: SigningSettings = SigningSettings()
    catalogue: CatalogueSettings = CatalogueSettings()
    limits: LimitSettings = LimitSettings()
    execution: ExecutionSettings = ExecutionSettings()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Settings:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"source names must be unique; used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _people_are_known(self) -> Settings:
        names = [person.name for person in self.persons]
        known = {source.name for source in self.sources}
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"names in [[people]] must be unique; used twice: {', '.join(twice)}")
        for person in self.persons:
            unknown = [source for source in person.sees if source not in known]
            if unknown:
                raise ValueError(f"{person.name} sees a source that is not declared: {', '.join(unknown)}")
            if person.deputy and person.deputy not in names:
                raise ValueError(f"{person.deputy}, the deputy of {person.name}, is not in [[people]]")
        return self

    def holders(self, on: date) -> dict[str, str]:
        """Who signs for each role on a day: the short form of ``[organisation] roles``, then ``[[people]]``."""
        stated = {str(role): name for role, name in self.organisation.roles.items()}
        for person in self.persons:
            if person.until is None or person.until >= on:
                for role in _SIGNING.intersection(person.roles):
                    stated[role] = stated.get(role) or person.name
        return stated

    def digest(self) -> str:
        """SHA-256 (hex) of the settings in force, for the report."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load(file: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings of a workspace, variables over file.

    :raises SettingsError: naming every mistake as ``file:line:column: message``.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}:1:1: cannot be read: {error}") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = place.groups() if place else ("1", "1")
        both = re.search(r"^\s*\[people\]", text, re.M) and re.search(r"^\s*\[\[people\]\]", text, re.M)
        raise SettingsError(
            f"{file}:{line}:{column}: {str(error).split(' (at ')[0]}",
            advice="where [[people]] names persons, call the face pass [faces] instead of [people]" if both else "",
        ) from error
    _tell_people_apart(data)
    _refuse_passwords(data, file, _places(text))
    origin = _override(data, environment)
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        places = _places(text)
        mistakes = sorted(_describe(problem, file, places, origin) for problem in error.errors())
        raise SettingsError(
            "\n".join(text for _, text in mistakes), advice=f"mend {file.name} and try again"
        ) from error


def _refuse_passwords(
    data: Mapping[str, Any], file: Path, places: Mapping[tuple[str | int, ...], tuple[int, int]]
) -> None:
    section = data.get("catalogue")
    for name in ("url", "owner_url"):
        if isinstance(section, dict) and holds_password(str(section.get(name, ""))):
            line, column = places.get(("catalogue", name), (1, 1))
            raise SettingsError(
                f"{file}:{line}:{column}: catalogue.{name}: a password stands in it; the settings never hold one",
                advice=PASSWORD_ADVICE,
            )


#: What the sections are called in the file where that differs: TOML cannot have both ``[[people]]`` and ``[people]``.
_SPOKEN = {"persons": "people"}


def _tell_people_apart(data: dict[str, Any]) -> None:
    """``[[people]]`` says who is who. Then ``[faces]`` is what ``[people]`` is in a file that names nobody."""
    if isinstance(data.get("people"), list):
        data["persons"] = data.pop("people")
    if "faces" in data and "people" not in data:
        data["people"] = data.pop("faces")


def _override(data: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Lay variables such as ``PDPO_AUDIT_PEOPLE__SCOPE=off`` over ``data``; tells which path came from which."""
    origin: dict[tuple[str, ...], str] = {}
    for variable, text in sorted(environment.items()):
        if not variable.startswith("PDPO_AUDIT_") or variable in NOT_SETTINGS:
            continue
        path = tuple(variable.removeprefix("PDPO_AUDIT_").lower().split("__"))
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        table = data
        for key in path[:-1]:
            table = table.setdefault(key, {})
        table[path[-1]] = value
        origin[path] = variable
    return origin


def _describe(
    problem: Any, file: Path, places: dict[tuple[str | int, ...], tuple[int, int]], origin: dict[tuple[str, ...], str]
) -> tuple[tuple[int, int], str]:
    path = tuple(part for part in problem["loc"] if part != "[key]")
    path = (_SPOKEN.get(str(path[0]), path[0]), *path[1:]) if path else path
    where = path
    while where and where not in places:
        where = where[:-1]
    at = places.get(where, (1, 1))
    place = origin.get(tuple(str(part) for part in path)) or f"{file}:{at[0]}:{at[1]}"
    dotted = ".".join(str(part) for part in path)
    if problem["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        close = difflib.get_close_matches(str(path[-1]), known, n=1)
        hint = f'; did you mean "{close[0]}"?' if close else f"; known here: {', '.join(known)}"
        return at, f'{place}: there is no setting "{dotted}"{hint}'
    message = str(problem["msg"]).removeprefix("Value error, ")
    message = message[0].lower() + message[1:] if message else message
    if problem["type"] == "literal_error" and isinstance(problem["input"], str):
        options = re.findall(r"'([^']+)'", problem["ctx"]["expected"])
        close = difflib.get_close_matches(problem["input"], options, n=1)
        message = f'"{problem["input"]}" is not one of {", ".join(options)}'
        message += f'; did you mean "{close[0]}"?' if close else ""
    return at, f"{place}: {dotted}: {message}" if dotted else f"{place}: {message}"


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    """The keys that the section at ``path`` may have."""
    section: type[BaseModel] = Settings
    if len(path) > 1 and path[0] == "people" and isinstance(path[1], int):
        path = ("persons", *path[1:])
    for part in path:
        if isinstance(part, int):
            continue
        annotation: Any = section.model_fields[part].annotation
        inner = getattr(annotation, "__args__", (annotation,))[0]
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        section = inner
    return sorted(section.model_fields)


def _places(text: str) -> dict[tuple[str | int, ...], tuple[int, int]]:
    """Line and column of every key and table of a TOML text, by path (arrays of tables by number)."""
    places: dict[tuple[str | int, ...], tuple[int, int]] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?", line)
        key = re.match(r"\s*([A-Za-z0-9_.\"-]+?)\s*=", line)
        if header:
            table = ()
            parts = header[2].split(".")
            for depth, part in enumerate(parts):
                table = (*table, part.strip('" '))
                last = depth == len(parts) - 1
                if last and header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                if table in counts:
                    table = (*table, counts[table])
            places[table] = (number, line.index("[") + 1)
        elif key:
            path = (*table, *(part.strip('"') for part in key[1].split(".")))
            places.setdefault(path, (number, len(line) - len(line.lstrip()) + 1))
    return places


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat
