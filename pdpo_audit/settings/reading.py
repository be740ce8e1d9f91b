"""Settings from ``pdpo-audit.toml`` and ``PDPO_AUDIT_*`` variables: strict, every mistake with its place."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.addresses import PASSWORD_ADVICE, holds_password
from pdpo_audit.model.tool import NOT_SETTINGS
from pdpo_audit.settings.whole import Settings


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
    named = ("faces", *path[1:]) if tuple(problem["loc"][:1]) == ("people",) and ("faces",) in places else path
    where = named
    while where and where not in places:
        where = where[:-1]
    at = places.get(where, (1, 1))
    place = origin.get(tuple(str(part) for part in path)) or f"{file}:{at[0]}:{at[1]}"
    dotted = ".".join(str(part) for part in named)
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
