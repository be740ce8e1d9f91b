"""What our rule packs might have said of a made library: findings and one disposition a holding, in several audits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.catalogues.library import Library
from benchmarks.catalogues.observations import Clusters
from benchmarks.catalogues.shape import FINDINGS_EACH, RULES_POWER, SOURCES, Whole
from benchmarks.catalogues.writing import write
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import place_key
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.findings import Act, AuthorityRank, Outcome
from pdpo_audit.policy.packs.folders import Pack, load_packs
from pdpo_audit.policy.terms.rules import Rule

POLICIES = Path(__file__).parents[2] / "policies"

#: Of the holdings without a finding: covered and not due, undecided for want of a fact, or under no rule.
_QUIET = {Outcome.NOT_YET_DUE: 0.3, Outcome.CANNOT_DECIDE: 0.12, Outcome.NO_RULE: 0.58}
#: Of those with one: what the ladder came to.
_FOUND = {Outcome.DUE: 0.55, Outcome.FLAG: 0.33, Outcome.ON_HOLD: 0.06, Outcome.MUST_KEEP: 0.05, Outcome.CONFLICT: 0.01}
#: What is due.
_ACTS = {Act.ERASE: 0.7, Act.REVIEW: 0.15, Act.RESTRICT: 0.06, Act.STOP_USE: 0.05, Act.MASK: 0.03, Act.RENEW: 0.01}
_MISSING = ("people.level", "campaign.ended_on", "consent.expires_on", "record.class, employment.ended_on")

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """All that rules ever say of a library: findings by ``holding``, and an outcome with its day for each holding."""

    holding: Whole
    rule: Whole
    days: Texts
    ids: Texts
    outcome: Texts
    outcome_days: Texts
    outcome_rules: Texts
    missing: Texts
    acts: Texts


class Terms:
    """The words of findings and dispositions: a number for each, written at the end."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers) + 1)

    def numbers(self, words: Iterable[str]) -> Whole:
        """The number of each word."""
        return np.array([self.number(word) for word in words], dtype=np.int64)

    def write(self, store: Store) -> None:
        """Write every word once."""
        words = list(self._numbers)
        digests = [hashlib.blake2b(word.encode(), digest_size=16).digest() for word in words]
        rows = {"id": np.arange(1, len(words) + 1), "digest": digests, "text": words}
        write(store, schema.terms, rows, len(words))


def write_audit(store: Store, number: int, holdings: int) -> None:
    """The audit itself, of a library that then had so many holdings."""
    month = f"2026-{number:02}"
    rows = {
        "number": [number], "id": [f"{month}-20-{number:06x}"], "started_at": f"{month}-20T01:00:00+00:00",
        "finished_at": f"{month}-20T09:00:00+00:00", "assessed_on": f"{month}-20", "folder": f"reports/{month}",
        "event": 0, "last_holding": holdings, "methods": "{}",
    }  # fmt: skip
    write(store, schema.audits, rows, 1)


def draw_said(random: np.random.Generator, library: Library, levels: Texts) -> Said:
    """Findings on present holdings by what they show, and what the ladder came to."""
    each = np.array([FINDINGS_EACH[one] for one in levels[library.content].tolist()])
    counts = random.poisson(each * library.present)
    holding = np.repeat(np.arange(library.holdings), counts)
    rule = _draw_rules(random, len(holding))
    # Two findings of one rule on one holding are one; they come rule by rule, as an assessment gives them.
    packed = np.unique(rule * library.holdings + holding)
    rule, holding = packed // library.holdings, packed % library.holdings
    ids = [hashlib.sha256(str(one).encode()).hexdigest()[:16] for one in packed.tolist()]
    quiet = random.choice([one.value for one in _QUIET], size=library.holdings, p=list(_QUIET.values()))
    found = random.choice([one.value for one in _FOUND], size=library.holdings, p=list(_FOUND.values()))
    outcome = np.where(counts > 0, found, quiet).astype(object)
    dated = np.isin(outcome, [Outcome.DUE.value, Outcome.NOT_YET_DUE.value])
    missing = np.array(_MISSING, dtype=object)[random.integers(0, len(_MISSING), library.holdings)]
    return Said(
        holding=holding,
        rule=rule,
        days=np.where(random.random(len(rule)) < 0.65, _draw_days(random, len(rule)), ""),
        ids=np.array(ids, dtype=object),
        outcome=outcome,
        outcome_days=np.where(dated, _draw_days(random, library.holdings), ""),
        outcome_rules=np.where(outcome == Outcome.NO_RULE.value, "", _two_rules(random, library.holdings)),
        missing=np.where(outcome == Outcome.CANNOT_DECIDE.value, missing, ""),
        acts=random.choice([one.value for one in _ACTS], size=library.holdings, p=list(_ACTS.values())).astype(object),
    )


def write_findings(
    store: Store,
    library: Library,
    said: Said,
    chosen: Whole,
    *,
    audit: int,
    levels: Texts,
    clusters: Clusters,
    terms: Terms,
) -> None:
    """The findings ``chosen`` (their numbers in ``said``) as those of one audit."""
    holding, days = said.holding[chosen], said.days[chosen].tolist()
    paths = library.paths(holding)
    where = _where(library, holding)
    words = {
        **where,
        "people_level": levels[library.content[holding]].tolist(),
        **_rule_words(said.rule[chosen], days),
    }
    columns = {
        "audit": audit, "row": np.arange(len(chosen)), "finding_id": said.ids[chosen].tolist(), "due_on": days,
        "cluster_id": [clusters.ids[one] if one >= 0 else "" for one in clusters.number[holding].tolist()],
        "path": paths, "place": _places(where["source"], paths),
        **{name: terms.numbers(texts) for name, texts in words.items()},
    }  # fmt: skip
    write(store, schema.findings, columns, len(chosen))


def write_dispositions(store: Store, library: Library, said: Said, covered: Whole, *, audit: int, terms: Terms) -> None:
    """One disposition for each of the holdings ``covered``."""
    paths = library.paths(covered)
    days, outcome, rules = (one[covered].tolist() for one in (said.outcome_days, said.outcome, said.outcome_rules))
    source = _where(library, covered)["source"]
    due = said.outcome[covered] == Outcome.DUE.value
    words = {
        "source": source,
        "outcome": outcome,
        "act": np.where(due, said.acts[covered], "").tolist(),
        "due_rule": [rule.partition(", ")[0] if one else "" for rule, one in zip(rules, due.tolist(), strict=True)],
        "due_rank": np.where(due, AuthorityRank.ORGANISATION_POLICY.value, "").tolist(),
        "rules": rules,
        "missing_facts": said.missing[covered].tolist(),
        "explanation": [f"{one}: {rule} {day}".strip() for one, rule, day in zip(outcome, rules, days, strict=True)],
    }
    columns = {
        "audit": audit, "row": np.arange(len(covered)), "due_on": days, "path": paths, "place": _places(source, paths),
        **{name: terms.numbers(texts) for name, texts in words.items()},
    }  # fmt: skip
    write(store, schema.dispositions, columns, len(covered))


@cache
def _rules() -> list[tuple[Pack, Rule]]:
    folders = sorted(path.parent for path in POLICIES.glob("*/pack.yaml"))
    return [(pack, rule) for pack in load_packs(folders) for rule in pack.rules]


def _draw_rules(random: np.random.Generator, count: int) -> Whole:
    """The number of a rule for each finding: a few fire often, most seldom."""
    odds = np.arange(1, len(_rules()) + 1, dtype=float) ** -RULES_POWER
    return random.choice(len(odds), size=count, p=odds / odds.sum())


def _two_rules(random: np.random.Generator, count: int) -> Texts:
    """One or two rules of each holding, as dispositions list them."""
    names = [rule.rule_id for _, rule in _rules()]
    pairs = zip(_draw_rules(random, count).tolist(), _draw_rules(random, count).tolist(), strict=True)
    said = [
        names[one] if one == other else f"{names[min(one, other)]}, {names[max(one, other)]}" for one, other in pairs
    ]
    return np.array(said, dtype=object)


def _rule_words(drawn: Whole, days: Sequence[str]) -> dict[str, list[str]]:
    """What each finding says because of its rule."""
    rows = []
    for pack, rule in _rules():
        strongest = min(rule.authorities, key=lambda one: list(AuthorityRank).index(one.rank))
        rows.append({
            "rule": rule.rule_id, "pack": pack.identity.name, "pack_version": pack.identity.version,
            "pack_sha256": pack.identity.sha256, "severity": rule.severity.value, "proposal": rule.proposal.value,
            "authority": "; ".join(f"{one.cite} [{one.rank}]" for one in rule.authorities),
            "authority_rank": strongest.rank.value, "confidence": strongest.confidence.value, "status": "open",
            "determination": "",
        })  # fmt: skip
    said = {name: [rows[one][name] for one in drawn.tolist()] for name in rows[0]}
    since = [f"{int(day[:4]) - 2}{day[4:]}" if day else "" for day in days]
    texts = [f"{rows[one]['rule']}: review due {day}".strip() for one, day in zip(drawn.tolist(), days, strict=True)]
    return {**said, "counted_from": since, "explanation": texts}


def _where(library: Library, holdings: Whole) -> dict[str, list[str]]:
    sources = [SOURCES[one] for one in library.source[holdings].tolist()]
    return {
        "source": [one.name for one in sources],
        "owner": [one.owner for one in sources],
        "jurisdiction": [one.jurisdiction for one in sources],
    }


def _places(sources: Sequence[str], paths: Sequence[str]) -> list[bytes]:
    return [place_key(source, path) for source, path in zip(sources, paths, strict=True)]


def _draw_days(random: np.random.Generator, count: int) -> Texts:
    """Due dates over 15 years, most of them at the end of a month."""
    months = np.datetime64("2018-01") + (random.beta(2.0, 2.0, count) * 180).astype(int)
    days = np.datetime_as_string((months + 1).astype("datetime64[D]") - 1, unit="D")
    firsts = months.astype("datetime64[D]") + random.integers(0, 28, count).astype("timedelta64[D]")
    scattered = np.datetime_as_string(firsts, unit="D")
    return np.where(random.random(count) < 0.7, days, scattered).astype(object)
