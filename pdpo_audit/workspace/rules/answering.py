"""What an officer types, understood: folders, places, classes, days; what cannot be is said, with the choices."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote, urlparse

from pdpo_audit.errors import CallError
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.policy.telling.standings import classes_of
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.policy.terms.vocabulary import RECORD_CLASSES, TRANSFER_BASES
from pdpo_audit.policy.words.jurisdictions import jurisdiction_code
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.classes import RECORD_CLASS, check_answered_class, known_classes
from pdpo_audit.workspace.rules.packs import ALWAYS, TEMPLATE, shipped_packs

#: Where answers are kept until the settings are written.
DRAFT = ".pdpo-audit-init.json"
HOME = "HK"
#: Ways to write a day, year first or the month in words (English, Chinese).
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y年%m月%d日")
_NOT_CHOSEN = frozenset({ALWAYS, TEMPLATE})


def read_folders(text: str) -> list[Path]:
    """The folders that a line names: typed, quoted, with escaped spaces, or dragged into the window (several at once).

    :raises CallError: one of them is no folder, with what lies beside it under a similar name.
    """
    whole = Path(_plain(text)).expanduser()
    if whole.is_dir():
        return [whole]
    try:
        parts = shlex.split(text)
    except ValueError:
        parts = [text]
    found = [Path(_plain(part)).expanduser() for part in parts]
    if wrong := [folder for folder in found if not folder.is_dir()]:
        meant = whole if len(wrong) == len(found) else wrong[0]  # a name with spaces, or one of several folders
        raise CallError(f"{meant} is no folder{_alike(meant)}")
    if not found:
        raise CallError("no folder is named")
    return found


def _plain(text: str) -> str:
    """A path without the quotes around it, and out of a ``file:`` address."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        bare = bare[1:-1]
    return unquote(urlparse(bare).path) if bare.startswith("file:") else bare


def _alike(folder: Path) -> str:
    parent = folder.parent
    if not parent.is_dir():
        return f": {parent} does not exist either"
    names = [one.name for one in parent.iterdir() if one.is_dir()]
    close = get_close_matches(folder.name, names, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(str(parent / name) for name in close)}?" if close else ""


def read_place(text: str) -> str:
    """The code of a jurisdiction.

    :raises CallError: it names none.
    """
    try:
        return jurisdiction_code(text)
    except ValueError as error:
        raise CallError(str(error)) from None


def read_day_to_come(text: str, today: date) -> str:
    """A day after today, as ISO 8601.

    :raises CallError: it is none, or is over.
    """
    found = _day(text)
    if found is None:
        raise CallError(f'"{text[:40]}" is no day; write it as {today.year + 1}-03-31')
    if found <= today:
        raise CallError(f"{found} is not in the future; today is {today}")
    return found.isoformat()


def _day(text: str) -> date | None:
    """A day whose month cannot be mistaken: by ISO 8601, with the month in words, or in Chinese."""
    plain = " ".join(text.replace(",", " ").replace(".", " ").split())
    for form in _DAYS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    return None


def record_classes(further: Sequence[str] = ()) -> dict[str, str]:
    """The record classes with what each is; ``further`` ones are those of a workspace."""
    names = dict.fromkeys((*_values(RECORD_CLASS), *further))
    return {name: RECORD_CLASSES[name].en if name in RECORD_CLASSES else name for name in names}


def read_class(project: Project, text: str) -> str:
    """A record class of this workspace, also where it is written with spaces or capitals; nothing stays nothing.

    :raises CallError: it is none; with what may have been meant, all that can be said, and how to declare another.
    """
    word = "_".join(text.split())
    if not word or word in _values(RECORD_CLASS):
        return word
    known = workspace_classes(project)
    said = next((name for name in known if name.casefold() == word.casefold()), text)
    check_answered_class(said, known)
    return said


def workspace_classes(project: Project) -> tuple[str, ...]:
    """The record classes of the program, of the packs in use, and of the settings."""
    from pdpo_audit.workspace.rules.assessing import project_packs

    return known_classes(project, project_packs(project))


def transfer_bases() -> dict[str, str]:
    """The arrangements under which copies lie outside Hong Kong."""
    return {name: gloss.en for name, gloss in TRANSFER_BASES.items()}


def _values(fact: str) -> Sequence[str]:
    return tuple(REGISTRY[fact].values)


def pack_titles() -> dict[str, str]:
    """The rule packs that can be chosen, with what each is about."""
    packs = load_packs(shipped_packs())
    return {pack.identity.name: pack.identity.title["en"] for pack in packs if pack.identity.name not in _NOT_CHOSEN}


def packs_for(classes: Sequence[str], places: Sequence[str]) -> list[str]:
    """The packs that fit what is declared: the core, those that speak of a class, and that of copies abroad."""
    wanted = {name for name in classes if name}
    chosen = ["hk-core-pdpo"]
    for pack in load_packs(shipped_packs()):
        spoken = {name for rule in pack.rules for name in classes_of(rule)}
        if spoken & wanted and pack.identity.name not in {*chosen, *_NOT_CHOSEN}:
            chosen.append(pack.identity.name)
    if any(place not in ("", HOME) for place in places) and "hk-cross-boundary" not in chosen:
        chosen.append("hk-cross-boundary")
    return chosen


def kept_answers(folder: Path) -> dict[str, str]:
    """The answers of an interview that was not finished; none where there was none."""
    try:
        said = json.loads((folder / DRAFT).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def keep_answers(folder: Path, said: Mapping[str, str]) -> None:
    """Keep answers so that nobody types them twice; readable by their owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{DRAFT}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(dict(said), stream, ensure_ascii=False, indent=1)
    part.replace(folder / DRAFT)


def forget_answers(folder: Path) -> None:
    """The settings are written: the answers stand there."""
    (folder / DRAFT).unlink(missing_ok=True)
