"""The facts of every holding: one row each, every distinct value once in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from pdpo_audit.model.audits import SOURCE_FACTS, SourceRecord
from pdpo_audit.model.clocks import last_day
from pdpo_audit.model.locations.patterns import compiled
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.tables import Table
from pdpo_audit.model.text.marks import NONE_LEGIBLE, NOT_LOOKED_FOR
from pdpo_audit.pipeline.returning.facts import lay_returns
from pdpo_audit.policy.terms.flags import JOINED, joined_flags
from pdpo_audit.ports import TableSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternFacts:
    """Facts (by dotted name) for the holdings of a source whose places match a pattern."""

    source: str
    match: str
    facts: Mapping[str, Any]


#: The columns of holdings that facts rest on, and those of clusters.
_ASKED = [
    "source", "path", "sha256", "cluster_id", "owner", "jurisdiction", "people_level", "format", "bytes", "first_seen",
    "captured", "captured_doubt", "is_master", "relation", "faces", "stale_thumbnail", "cached_thumbnail",
    "sensitivity", "identity_numbers",
]  # fmt: skip
_OF_CLUSTERS = ["cluster_id", "copies", "first_seen", "contradictions"]


def collect_facts(
    tables: TableSource,
    sources: Mapping[str, SourceRecord],
    patterns: Sequence[PatternFacts],
    rights: Mapping[str, Mapping[str, Any]],
    beside: Mapping[str, Mapping[tuple[str, str], Any]] | None = None,
    returned: Mapping[tuple[str, str, str], Mapping[str, Any]] | None = None,
) -> pd.DataFrame:
    """One row a holding: who it is, and every fact known of it under its registered name; unknown is ``None``.

    ``rights`` holds what the pictures' own metadata say: fact name to SHA-256 (hex) to value; ``beside`` what those
    say that have sidecars, with them: fact name to source and path to value. ``returned`` says of copies (source, path,
    SHA-256 in hex) that an erased one came back in them.
    """
    holdings = _read(tables, Table.HOLDINGS, _ASKED)
    clusters = _read(tables, Table.CLUSTERS, _OF_CLUSTERS)
    copies = dict(zip(clusters["cluster_id"], clusters["copies"], strict=True))
    found = dict(zip(clusters["cluster_id"], clusters["first_seen"], strict=True))
    said = zip(clusters["cluster_id"], clusters["contradictions"], strict=True)
    contradicting = {name: tuple(text.split(";")) for name, text in said if text}
    identity = holdings[["source", "path", "sha256", "cluster_id", "owner", "jurisdiction", "people_level"]]
    named = holdings["people_level"] == PeopleLevel.P3.value
    columns: dict[str, Any] = {
        "file.format": _known(holdings["format"]),
        "file.bytes": holdings["bytes"],
        "file.first_seen_on": _dates(holdings["first_seen"]),
        "image.captured_on": capture_days(holdings),
        "duplicate.copies": _each(holdings["cluster_id"], lambda name: int(copies.get(name, 1))).astype("int64"),
        "duplicate.is_master": holdings["is_master"].where(holdings["cluster_id"] != "", None),
        "duplicate.relation": _known(holdings["relation"]),
        "duplicate.first_found_on": _dates(_each(holdings["cluster_id"], lambda name: found.get(name, ""))),
        "duplicate.contradictions": _each(holdings["cluster_id"], contradicting.get),
        "people.level": holdings["people_level"].where(holdings["people_level"] != PeopleLevel.UNKNOWN.value, None),
        "people.faces": holdings["faces"].astype(object).where(holdings["faces"].notna(), None),
        "people.named": named.astype(int).where(holdings["people_level"] != PeopleLevel.UNKNOWN.value, None),
        **_flagged(holdings),
    }
    frame = pd.concat([identity, pd.DataFrame(columns, index=holdings.index)], axis=1)
    _lay_rights(frame, rights, beside or {})
    lay_returns(frame, returned or {})
    _share_stated(frame)
    for name, of in SOURCE_FACTS.items():
        values = {source: getattr(record, of) for source, record in sources.items()}
        frame[name] = holdings["source"].map({source: value or None for source, value in values.items()})
    frame["location.external_facing"] = holdings["source"].map(
        {source: {"yes": True, "no": False}.get(record.public) for source, record in sources.items()}
    )
    return lay_patterns(frame, patterns)


def _read(tables: TableSource, table: Table, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of a table; the others leave as soon as a part of it is read."""
    return pd.concat([part[list(columns)] for part in tables.chunks(table)], ignore_index=True)


def _each(values: pd.Series[Any], of: Callable[[Any], Any]) -> pd.Series[Any]:
    """``of`` each value, called once for each distinct one, whose result all its rows share; None where it is none."""
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    made = np.empty(len(distinct) + 1, object)  # the last one is for code -1
    for place, value in enumerate(distinct):
        made[place] = of(value)
    return pd.Series(made[codes], index=values.index, dtype=object)


def _lay_rights(
    frame: pd.DataFrame,
    rights: Mapping[str, Mapping[str, Any]],
    beside: Mapping[str, Mapping[tuple[str, str], Any]],
) -> None:
    """What pictures say; the same bytes may have sidecars of their own elsewhere: what these say holds for one copy."""
    for name, of_picture in rights.items():
        frame[name] = frame["sha256"].map(of_picture).astype(object).where(frame["sha256"].isin(of_picture), None)
    if not beside:
        return
    places = list(zip(frame["source"], frame["path"], strict=True))
    for name, at in beside.items():
        values = [at.get(place, before) for place, before in zip(places, frame[name], strict=True)]
        frame[name] = pd.Series(values, index=frame.index, dtype=object)


def _share_stated(frame: pd.DataFrame) -> None:
    """A release or a declared minor of one copy holds for every copy of the picture that shows the person."""
    child = frame["sensitivity"].map(lambda flags: "child" in (flags or ()))
    frame["people.minors_declared"] = frame["people.minors_declared"].where(~child, True)
    named = (frame["people.level"] == PeopleLevel.P3.value) & (frame["cluster_id"] != "")
    release = frame["rights.model_release"]
    known: dict[str, set[str]] = {}
    for cluster, value in zip(frame.loc[named, "cluster_id"], release[named], strict=True):
        if isinstance(value, str):
            known.setdefault(cluster, set()).add(value)
    shared = frame["cluster_id"].map({cluster: min(said) for cluster, said in known.items() if len(said) == 1})
    frame["rights.model_release"] = release.where(~named | release.notna() | shared.isna(), shared).astype(object)


def lay_patterns(frame: pd.DataFrame, patterns: Sequence[PatternFacts]) -> pd.DataFrame:
    """Facts by path pattern, in the order of the settings: a later one overrides an earlier; sensitivity flags join."""
    for pattern in patterns:
        rows = (frame["source"] == pattern.source) & frame["path"].map(compiled(pattern.match).matches).astype(bool)
        for name, value in pattern.facts.items():
            if name not in frame:
                frame[name] = pd.Series([None] * len(frame), index=frame.index, dtype=object)
            frame[name] = frame[name].astype(object)
            plain = value.date() if isinstance(value, datetime) else value
            laid = [plain] * int(rows.sum())
            if name in JOINED:
                laid = [joined_flags(present, plain) for present in frame.loc[rows, name]]
            frame.loc[rows, name] = pd.Series(laid, index=frame.index[rows], dtype=object)
    return frame


def capture_days(holdings: pd.DataFrame) -> pd.Series[Any]:
    """The day from which periods of a recording count: the last that its date may mean, none where it cannot be."""
    sound = holdings["captured"].where(holdings["captured_doubt"] == "", "")
    return _each(sound.str[:10], last_day)  # of its time of day nothing is asked, and days are fewer


def _known(texts: pd.Series[Any]) -> pd.Series[Any]:
    return _each(texts, lambda text: text or None)


def _dates(texts: pd.Series[Any]) -> pd.Series[Any]:
    return _each(texts, lambda text: date.fromisoformat(text[:10]) if text else None)


def _flagged(holdings: pd.DataFrame) -> dict[str, Any]:
    return {
        "image.stale_thumbnail": holdings["stale_thumbnail"].eq(True),
        "image.cached_thumbnail": holdings["cached_thumbnail"].eq(True),
        "sensitivity": _each(holdings["sensitivity"], _flags),
        "text.legible_numbers": _each(holdings["identity_numbers"], _numbers),
    }


def _numbers(text: str) -> tuple[str, ...] | None:
    return None if text in (NOT_LOOKED_FOR, NONE_LEGIBLE) else tuple(text.split(","))


def _flags(text: str) -> tuple[str, ...] | None:
    if text == "not looked for":
        return None
    return tuple(flag for flag in text.split(",") if flag)
