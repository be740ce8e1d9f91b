"""Record classes: those of the rule packs and those that the settings declare; another one would meet no rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pdpo_audit.errors import CallError, SettingsError
from pdpo_audit.policy.judging.conditions import tests_in
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.policy.telling.standings import classes_of
from pdpo_audit.policy.terms.facts import REGISTRY, nearest
from pdpo_audit.policy.terms.rules import Pack
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.packs import TEMPLATE, shipped_packs

RECORD_CLASS = "record.class"


def known_classes(project: Project, packs: Iterable[Pack]) -> tuple[str, ...]:
    """The classes of the vocabulary, of the rules in force, and those that ``[policy] record_classes`` declares."""
    named = {
        str(value)
        for pack in packs
        for rule in pack.rules
        for condition in (rule.when, *(exception.when for exception in rule.exceptions))
        for test in tests_in(condition)
        if test.fact.name == RECORD_CLASS
        for value in test.values
    }
    return tuple(
        dict.fromkeys((*REGISTRY[RECORD_CLASS].values, *sorted(named), *project.settings.policy.record_classes))
    )


def check_stated_classes(project: Project, packs: Callable[[], Iterable[Pack]]) -> None:
    """Refuse a class of a source or of a part of one that is none; ``packs`` are read only where one is stated.

    :raises SettingsError: naming each, what may have been meant, and how to declare another.
    """
    known = known_classes(project, packs()) if any(stated_classes(project)) else ()
    if wrong := wrong_classes(project, known):
        raise SettingsError("\n".join(f"{project.settings_path}: {one}" for one in wrong), advice=_advice(known))


def wrong_classes(project: Project, known: tuple[str, ...]) -> list[str]:
    """What the settings call a class and is none of ``known``, with its source and what may have been meant."""
    return [f'source "{name}": {_unknown(said, known)}' for name, said in stated_classes(project) if said not in known]


def check_answered_class(said: object, known: tuple[str, ...]) -> None:
    """Refuse a class that somebody answered and that is none.

    :raises CallError: with what may have been meant, and how to declare another.
    """
    if str(said) not in known:
        raise CallError(_unknown(str(said), known), advice=_advice(known))


def stated_classes(project: Project) -> Iterator[tuple[str, str]]:
    """Each source with a class that the settings state for it or for a part of it."""
    for source in project.settings.sources:
        if source.record_class:
            yield source.name, source.record_class
        for entry in source.facts:
            if said := entry.facts().get(RECORD_CLASS):
                yield source.name, str(said)


def unserved_classes(project: Project, packs: Sequence[Pack]) -> tuple[str, ...]:
    """A sentence for each declared class of which no pack in use (``packs``) speaks, although a shipped one does."""
    declared = {name for _, name in stated_classes(project)}
    open_ = declared - {name for pack in packs for rule in pack.rules for name in classes_of(rule)}
    if not open_:
        return ()
    used = {pack.identity.name for pack in packs}
    told: dict[str, str] = {}
    for pack in load_packs([folder for folder in shipped_packs() if folder.name not in {*used, TEMPLATE}]):
        for name in sorted(open_ & {name for rule in pack.rules for name in classes_of(rule)}):
            told.setdefault(name, pack.identity.name)
    return tuple(
        f"No rule pack in use speaks of the record class {name}; {pack} does (pdpo-audit policy suggest)."
        for name, pack in sorted(told.items())
    )


def _unknown(said: str, known: tuple[str, ...]) -> str:
    return f'"{said[:60]}" is no record class{nearest(said, known)}'


def _advice(known: tuple[str, ...]) -> str:
    return f'one of {", ".join(known)}; another is declared by [policy] record_classes = ["..."]'
