"""Parts of a library that one answer can settle, and the order in which answers settle most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from pdpo_audit.model.locations.patterns import literal
from pdpo_audit.policy.terms.facts import FACT_BITS
from pdpo_audit.policy.terms.identities import Texts
from pdpo_audit.policy.terms.masks import Masks, any_of


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a library that one question is about: the paths of ``sources`` that match ``pattern``."""

    sources: frozenset[str]
    pattern: str
    fact: str


#: What rows ask together, with the number of rows.
Sets = Counter[frozenset[Part]]


def part_id(part: Part) -> str:
    """The question's lasting name."""
    spelled = repr((sorted(part.sources), part.pattern, part.fact))
    return sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def ask_together(texts: Texts, waiting: Masks) -> Sets:
    """One part for each fact: all the sources that wait for it, or the deepest folder of the only one."""
    alike, folders = _alike(texts, waiting)
    sources: dict[str, set[str]] = {}
    for source, name in folders:
        sources.setdefault(name, set()).add(source)
    parts = {
        name: Part(frozenset(of), folders[next(iter(of)), name] if len(of) == 1 else "**", name)
        for name, of in sources.items()
    }
    found: Sets = Counter()
    for (mask, _), count in alike.items():
        found[frozenset(parts[name] for name in FACT_BITS.names_of(mask))] += count
    return found


def split_by_source(texts: Texts, waiting: Masks, parts: Sequence[Part]) -> Sets:
    """For each part that covers several sources one part for each of them, with its own folder."""
    shared = {part.fact for part in parts if len(part.sources) > 1}
    alike, folders = _alike(texts, waiting)
    found: Sets = Counter()
    for (mask, source), count in alike.items():
        names = [name for name in FACT_BITS.names_of(mask) if name in shared]
        found[frozenset(Part(frozenset({source}), folders[source, name], name) for name in names)] += count
    return found


def _alike(texts: Texts, waiting: Masks) -> tuple[Counter[tuple[int, str]], dict[tuple[str, str], str]]:
    """How many rows of each source ask the same, and for every source and fact the folder that holds them all."""
    rows = np.flatnonzero(any_of(waiting))
    masks, sources, paths = (
        FACT_BITS.numbers(waiting[rows]),
        texts["source"][rows].tolist(),
        texts["path"][rows].tolist(),
    )
    ends: dict[tuple[int, str], tuple[str, str]] = {}
    alike: Counter[tuple[int, str]] = Counter()
    for mask, source, path in zip(masks, sources, paths, strict=True):
        first, last = ends.get((mask, source), (path, path))
        ends[mask, source] = (min(first, path), max(last, path))
        alike[mask, source] += 1
    spans: dict[tuple[str, str], list[str]] = {}
    for (mask, source), pair in ends.items():
        for name in FACT_BITS.names_of(mask):
            spans.setdefault((source, name), []).extend(pair)
    return alike, {key: _common_folder(min(span), max(span)) for key, span in spans.items()}


def _common_folder(first: str, last: str) -> str:
    """The folders that two paths share, as a pattern; between the least and the greatest path lie all others."""
    shared = []
    for left, right in zip(first.split("/")[:-1], last.split("/")[:-1], strict=False):
        if left != right:
            break
        shared.append(literal(left))
    return "/".join([*shared, "**"])


def in_order(sets: Sets) -> Iterator[tuple[Part, int]]:
    """Greedy: always the set of open questions that frees most rows for each answer; with the running total."""
    answered: set[Part] = set()
    while open_ := [found for found in sets if not found <= answered]:
        best = max(open_, key=lambda found: (_gain(found, sets, answered), sorted(map(part_id, found))))
        remaining = sorted(best - answered, key=lambda part: (-_asking(part, sets), part_id(part)))
        for part in remaining:
            answered.add(part)
            yield part, sum(count for found, count in sets.items() if found <= answered)


def _gain(found: frozenset[Part], sets: Sets, answered: set[Part]) -> float:
    after = answered | found
    freed = sum(count for other, count in sets.items() if other <= after and not other <= answered)
    return freed / len(found - answered)


def _asking(part: Part, sets: Sets) -> int:
    return sum(count for found, count in sets.items() if part in found)
