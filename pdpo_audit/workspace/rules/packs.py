"""Rule packs by name or folder: listed, checked, tested, read aloud. Works without a workspace."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pdpo_audit.errors import CallError, PolicyError
from pdpo_audit.model.audits import RuleText
from pdpo_audit.policy.packs.folders import FILE, load_pack, load_packs
from pdpo_audit.policy.packs.schema import json_schema
from pdpo_audit.policy.telling.sentences import rule_texts
from pdpo_audit.policy.terms.rules import Pack, Status
from pdpo_audit.policy.trying.coverage import Coverage, cover
from pdpo_audit.policy.trying.linting import Remark, lint
from pdpo_audit.resources import resource


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLine:
    """A pack as ``policy list`` shows it; ``in_force`` when the workspace's settings name it."""

    name: str
    version: str
    title: str
    rules: int
    drafts: int
    legal_review: str
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedPack:
    """What a pack's own tests say."""

    pack: str
    reached: Coverage

    @property
    def passed(self) -> bool:
        """Whether every test came out as expected."""
        return all(case.passed for case in self.reached.results)


#: What must not be erased is no choice of the settings: it is the third rung of the ladder.
ALWAYS = "hk-holds"
#: What is copied for rules of one's own; never offered or suggested as it is.
TEMPLATE = "org-overrides"


def names_in_force(names: Sequence[str]) -> tuple[str, ...]:
    """The packs that settings name, and ``ALWAYS``."""
    return tuple(names) if any(Path(name).name == ALWAYS for name in names) else (*names, ALWAYS)


def find_packs(names: Sequence[str], base: Path, settled: Sequence[str] = ()) -> list[Path]:
    """The folders of the packs called ``names``; without names those in force, or else all that are shipped.

    :raises CallError: there is no such pack.
    """
    chosen = list(names or settled)
    if not chosen:
        return shipped_packs()
    return [_find(name, base) for name in chosen]


def shipped_packs() -> list[Path]:
    """The packs that come with the program."""
    return sorted(path.parent for path in resource("policies").glob(f"*/{FILE}"))


def list_packs(folders: Sequence[Path], in_force: Sequence[Path] = ()) -> list[PackLine]:
    """One line a pack."""
    return [_line(load_pack(folder), in_force=folder in in_force) for folder in folders]


def test_packs(folders: Sequence[Path]) -> list[TestedPack]:
    """Run the packs' own tests, and see which rules, conditions and exceptions they reach."""
    return [TestedPack(pack=pack.identity.name, reached=cover(pack)) for pack in map(load_pack, folders)]


def check_packs(folders: Sequence[Path], on: date, supplied: Collection[str] = ()) -> tuple[Remark, ...]:
    """Load packs and lint them: rules without tests, rules that cannot fire, overdue legal reviews ...

    ``supplied`` names facts that the workspace's settings supply; without any that check is left out.
    """
    packs = _each(folders)
    names = {pack.identity.name for pack in packs}
    others = [folder for folder in shipped_packs() if folder.name not in names]
    load_packs([*folders, *(others if any(pack.exceptions for pack in packs) else ())])
    return lint(packs, on=on, supplied=set(supplied) or None)


def _each(folders: Sequence[Path]) -> list[Pack]:
    """The packs as they are written, without what others except from them; all mistakes at once."""
    packs, wrong = [], []
    for folder in folders:
        try:
            packs.append(load_pack(folder))
        except PolicyError as error:
            wrong.append(error)
    if wrong:
        raise PolicyError("\n".join(error.message for error in wrong), advice=wrong[0].advice)
    return packs


def read_aloud(folders: Sequence[Path], on: date) -> tuple[RuleText, ...]:
    """Every rule as sentences in English and Chinese, drafts included: the text that gets signed off."""
    return rule_texts([load_pack(folder) for folder in folders], on=on, drafts=True)


def pack_schema() -> dict[str, object]:
    """The JSON-Schema of ``pack.yaml``, from the same registry that checks it."""
    return json_schema()


def _find(name: str, base: Path) -> Path:
    for folder in (base / name, resource("policies") / name):
        if (folder / FILE).is_file() or folder.is_file():
            return folder
    known = ", ".join(path.name for path in shipped_packs())
    raise CallError(f'there is no rule pack "{name}"', advice=f"known packs: {known}; or give a folder with {FILE}")


def _line(pack: Pack, *, in_force: bool) -> PackLine:
    drafts = sum(rule.status is Status.DRAFT for rule in pack.rules)
    return PackLine(
        name=pack.identity.name,
        version=pack.identity.version,
        title=pack.identity.title["en"],
        rules=len(pack.rules) - drafts,
        drafts=drafts,
        legal_review=pack.identity.legal_review,
        in_force=in_force,
    )
