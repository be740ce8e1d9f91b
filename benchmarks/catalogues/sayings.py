"""What people said of a made library: decisions, confirmed masters, rejected pairs, answers, holds; and the log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from benchmarks.catalogues.assessments import Said
from benchmarks.catalogues.library import Library
from benchmarks.catalogues.observations import Clusters
from benchmarks.catalogues.shape import CONFIRMED_SHARE, DECIDED_SHARE, HOLDINGS_A_HOLD
from benchmarks.catalogues.writing import write
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import place_key
from pdpo_audit.catalogue.sayings.holds import record_hold
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.judgements import JudgementKind
from pdpo_audit.policy.stating.decisions import DecisionKind

_PEOPLE = ("Mei Chan", "David Lee", "Siu-ming Wong", "Priya Nair")
_DECISIONS = {
    DecisionKind.AGREE: 0.7,
    DecisionKind.PARTLY: 0.1,
    DecisionKind.DISAGREE: 0.15,
    DecisionKind.POSTPONED: 0.05,
}
#: Rejected pairs for each confirmed master.
_REJECTED = 0.2


def write_decisions(store: Store, random: np.random.Generator, said: Said) -> None:
    """A decision on a share of the findings, by a few people over half a year."""
    decided = np.flatnonzero(random.random(len(said.ids)) < DECIDED_SHARE)
    who = random.integers(0, len(_PEOPLE), len(decided)).tolist()
    days = np.datetime64("2026-02-01") + random.integers(0, 180, len(decided))
    rows = {
        "finding_id": said.ids[decided].tolist(),
        "decision": random.choice([one.value for one in _DECISIONS], size=len(decided), p=list(_DECISIONS.values())),
        "reason": "as agreed in the meeting of the owners",
        "decided_by": [_PEOPLE[one] for one in who],
        "role": "reviewer",
        "decided_on": np.datetime_as_string(days, unit="D"),
    }
    write(store, schema.determinations, rows, len(decided))


def write_judgements(store: Store, random: np.random.Generator, library: Library, clusters: Clusters) -> None:
    """Masters that people confirmed, and pairs that they rejected."""
    confirmed = clusters.masters[random.random(len(clusters.ids)) < CONFIRMED_SHARE]
    masters = [library.digests[one] for one in library.content[confirmed].tolist()]
    sources = library.source[confirmed].tolist()
    places = [place_key(str(one), path) for one, path in zip(sources, library.paths(confirmed), strict=True)]
    pairs = random.integers(0, library.contents, (int(len(masters) * _REJECTED), 2)).tolist()
    apart = {tuple(sorted((library.digests[one], library.digests[other]))) for one, other in pairs if one != other}
    count = len(masters) + len(apart)
    rows = {
        "kind": [JudgementKind.MASTER.value] * len(masters) + [JudgementKind.REJECTED.value] * len(apart),
        "left": [*masters, *(left for left, _ in apart)],
        "right": [b""] * len(masters) + [right for _, right in apart],
        "value": "",
        "code": "",
        "place": [*places, *([b""] * len(apart))],
        "by": _PEOPLE[0],
        "role": "records manager",
        "at": "2026-03-02T09:00:00+00:00",
        "reason": "seen side by side",
    }
    write(store, schema.judgements, rows, count)


def write_holds(store: Store, random: np.random.Generator, library: Library) -> None:
    """A few holds: on folders, on a source's years, on listed pictures; the first ones select most."""
    count = max(3, library.holdings // HOLDINGS_A_HOLD)
    with store.transaction() as transaction:
        for number in range(1, count + 1):
            chosen = random.choice(library.contents, size=max(1, min(5_000, library.contents // (4 * number))))
            pictures = tuple(sorted({library.digests[one].hex() for one in chosen.tolist()})) if number % 3 == 0 else ()
            folder = library.folders[int(random.integers(0, len(library.folders)))]
            hold = Hold(
                hold_id=f"H-2026-{number:03}",
                kind="legal_hold",
                matter=f"Matter {number}",
                issued_by="General Counsel",
                issuer_role="legal",
                starts_on=date(2026, 1, 1) + timedelta(days=number),
                path_pattern="" if pictures else f"{folder.split('/', 1)[0]}/**" if number == 1 else f"{folder}/**",
                pictures=pictures,
            )
            record_hold(transaction, hold)


def write_answers(store: Store, library: Library) -> None:
    """One answer for each hundredth folder: when its campaign ended."""
    folders = library.folders[::100]
    rows = {
        "source": "", "pattern": [f"{folder}/**" for folder in folders], "fact": "campaign.ended_on",
        "value": "2024-12-31", "answered_by": _PEOPLE[1], "answered_on": "2026-02-01",
    }  # fmt: skip
    write(store, schema.answers, rows, len(folders))


def write_log(store: Store, events: int) -> None:
    """Events as the program writes them, a thousand in one transaction."""
    begun = datetime(2026, 1, 15, 1, tzinfo=UTC)
    for start in range(0, events, 1_000):
        with store.transaction() as transaction:
            for number in range(start, min(start + 1_000, events)):
                at = begun + timedelta(minutes=20 * number)
                transaction.append_event("decided", {"findings": number % 7 + 1}, at=at, actor=_PEOPLE[number % 4])
