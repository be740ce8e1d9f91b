"""What settings, registers and people's answers state of the rights of each copy: found without laying all facts."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

import numpy as np
import pandas as pd

from pdpo_audit.catalogue.places import place_digest
from pdpo_audit.catalogue.queries.rights import REGISTERED, placed_digests
from pdpo_audit.pipeline.facts.collecting import PatternFacts, lay_patterns
from pdpo_audit.pipeline.registering import lay_registers
from pdpo_audit.policy.stating.answers import Answer, apply_answers
from pdpo_audit.policy.stating.registers import Register
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import answers, pattern_facts
from pdpo_audit.workspace.setup.registers import registers

#: Copies looked at together: fewer would search the registers' rows more often, more would hold more paths at a time.
_CHUNK = 100_000

Value = TypeVar("Value")
#: What is stated of one copy, by the names of ``REGISTERED``.
Stated = Mapping[str, object]
NOTHING: Stated = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statements:
    """Everything that states rights, and nothing else."""

    patterns: Sequence[PatternFacts]
    registers: Sequence[Register]
    answers: Sequence[Answer]

    @property
    def any(self) -> bool:
        return bool(self.patterns or self.registers or self.answers)


@dataclass(slots=True, kw_only=True)
class _Found:
    """For each copy of which something is stated the digest of its place and the number of the statement.

    Statements are few, for they come from rows and patterns that cover many copies: a million copies take 12 MB.
    """

    places: array[int] = field(default_factory=lambda: array("Q"))
    numbers: array[int] = field(default_factory=lambda: array("Q"))
    statements: list[Stated] = field(default_factory=list)
    known: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, laid: pd.DataFrame) -> None:
        """Note the rows of ``laid`` that state anything."""
        names = [name for name in REGISTERED if name in laid]
        stated = laid[laid[names].notna().any(axis=1)]
        values = zip(*(stated[name].tolist() for name in names), strict=True)
        for source, path, row in zip(stated["source"], stated["path"], values, strict=True):
            said = {name: value for name, value in zip(names, row, strict=True) if value == value and value is not None}
            key = tuple(said.items())
            if key not in self.known:
                self.known[key] = len(self.statements)
                self.statements.append(said)
            self.places.append(place_digest(source, path))
            self.numbers.append(self.known[key])

    def sort(self) -> None:
        """Order by place, so that ``of`` can search."""
        places = np.frombuffer(self.places, np.uint64)
        order = np.argsort(places)
        self.numbers = array("Q", np.frombuffer(self.numbers, np.uint64)[order].tobytes())
        self.places = array("Q", places[order].tobytes())

    def of(self, source: str, path: str) -> Stated:
        """What is stated of one copy."""
        digest = place_digest(source, path)
        at = bisect_left(self.places, digest)
        found = at < len(self.places) and self.places[at] == digest
        return self.statements[self.numbers[at]] if found else NOTHING


def stated_rights(project: Project) -> Callable[[str, str], Stated]:
    """What settings, registers and people's answers state of the rights of a path of a source."""
    stating = _statements(project)
    if not stating.any:
        return lambda _source, _path: NOTHING
    found = _Found()
    for frame in _frames(project):
        laid = lay_patterns(frame, stating.patterns)
        if stating.registers:
            laid = lay_registers(laid, stating.registers).facts
        found.add(apply_answers(laid, stating.answers) if stating.answers else laid)
    found.sort()
    return found.of


def _statements(project: Project) -> _Statements:
    patterns = [replace(one, facts=_of_rights(one.facts)) for one in pattern_facts(project)]
    read = [replace(one, rows=tuple(replace(row, facts=_of_rights(row.facts)) for row in one.rows))
            for one in registers(project)]  # fmt: skip
    stating = [replace(one, rows=tuple(row for row in one.rows if row.facts)) for one in read]
    return _Statements(
        patterns=[one for one in patterns if one.facts],
        registers=[one for one in stating if one.rows],
        answers=[one for one in answers(project) if one.fact in REGISTERED],
    )


def _of_rights(facts: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in facts.items() if name in REGISTERED}


def _frames(project: Project) -> Iterator[pd.DataFrame]:
    supply = placed_digests(project.store)
    while part := list(islice(supply, _CHUNK)):
        yield pd.DataFrame.from_records(part, columns=["source", "path", "sha256"])
