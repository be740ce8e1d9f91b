"""Legal holds: placed, listed, released by the role that placed them; every change is an event."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pdpo_audit.catalogue.sayings.holds import SELECTED, hold_digest, known_holds, load_holds, record_hold
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.locations.patterns import LANGUAGE
from pdpo_audit.model.locations.printed import amount, declared_names, former
from pdpo_audit.model.tables import Table
from pdpo_audit.pipeline.holds import remember_selected
from pdpo_audit.policy.stating.holds import is_active, select
from pdpo_audit.policy.terms.facts import nearest
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import tables
from pdpo_audit.workspace.setup.persons import check_speaker

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: What stops an erasure (law reference: holds, requests, complaints and investigations are cited by kind).
KINDS = ("legal_hold", "access_request", "correction_request", "complaint", "investigation")

#: How many of the holdings that a new hold selects are shown.
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """What a hold covers: a holding must match every selector that is set.

    ``sha256`` names pictures by content, any of them; ``found`` is what ``person find --json`` printed, reviewed: the
    pictures that it lists and every copy of them.
    """

    sha256: tuple[str, ...] = ()
    found: Path | None = None
    path_pattern: str = ""
    cluster_id: str = ""
    source: str = ""
    captured_from: date | None = None
    captured_until: date | None = None

    def any(self) -> bool:
        """Whether anything is selected at all."""
        return any(getattr(self, name) for name in self.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A hold, how many holdings it selects today, and the first of them as ``source:path``."""

    hold: Hold
    holdings: int
    first: tuple[str, ...] = ()


def add_hold(
    project: Project,
    *,
    kind: str,
    matter: str,
    issued_by: str,
    issuer_role: str,
    selectors: Selectors,
    review_on: date | None = None,
    everything: bool = False,
    expect_none: bool = False,
) -> Placed:
    """Place a hold from today on; ``expect_none`` allows that it selects no holding yet.

    :raises CallError: the kind is unknown, a selector cannot be, no selector is set and ``everything`` was not asked
        for, or no holding is selected. Then no hold is placed.
    """
    _check(project, kind, matter, issued_by, issuer_role, selected=everything or selectors.any())
    holdings = _holdings(project)
    pictures = _pictures(project, selectors, holdings)
    today = project.clock().date()
    hold = Hold(
        hold_id=f"H-{today:%Y%m%d}-{project.token()}",
        kind=kind,
        matter=matter,
        issued_by=issued_by,
        issuer_role=issuer_role,
        starts_on=today,
        review_on=review_on,
        sha256=pictures[0] if len(pictures) == 1 else "",
        pictures=pictures if len(pictures) > 1 else (),
        path_pattern=selectors.path_pattern,
        cluster_id=selectors.cluster_id,
        source=selectors.source,
        captured_from=selectors.captured_from,
        captured_until=selectors.captured_until,
        language=LANGUAGE if selectors.path_pattern else "",
    )
    chosen = holdings[select([hold], holdings, today).rows > 0]
    if chosen.empty and not expect_none:
        raise CallError(
            f"the hold would select none of {len(holdings):,} holdings ({spoken(hold)}); it was not placed",
            advice="patterns are explained in docs/patterns.md; --expect-none places a hold on what is still to come",
        )
    _place(project, hold, chosen, today)
    shown = chosen[["source", "path"]].head(_SHOWN).itertuples(index=False, name=None)
    return Placed(hold=hold, holdings=len(chosen), first=tuple(f"{source}:{path}" for source, path in shown))


def _place(project: Project, hold: Hold, chosen: pd.DataFrame, today: date) -> None:
    told: dict[str, str | int] = {"issued_by": hold.issued_by, "selects": spoken(hold), "holdings": len(chosen)}
    with project.store.transaction() as transaction:
        record_hold(transaction, hold)
        told[SELECTED] = remember_selected(transaction, project.memory, [hold], chosen, today)
        _record(project, transaction, hold, "hold placed", **told)


def _check(project: Project, kind: str, matter: str, issued_by: str, issuer_role: str, *, selected: bool) -> None:
    if kind not in KINDS:
        raise CallError(f'"{kind}" is no kind of hold', advice=f"choose one of {', '.join(KINDS)}")
    if not selected:
        raise CallError("the hold selects nothing", advice="name what it covers, or --everything")
    for name, text in (("matter", matter), ("issued by", issued_by), ("role", issuer_role)):
        if not text.strip():
            raise CallError(f"a hold needs its {name}")
    check_speaker(project, issued_by, issuer_role)


def _holdings(project: Project) -> pd.DataFrame:
    return with_capture_dates(pd.concat(list(tables(project).chunks(Table.HOLDINGS)), ignore_index=True))


def with_capture_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """The table ``holdings`` with the day of capture as holds by date read it; what is doubtful is unknown."""
    known = (frame["captured"].str.len() >= 10) & (frame["captured_doubt"] == "")
    return frame.assign(**{"image.captured_on": frame["captured"].str[:10].where(known, None)})


def _pictures(project: Project, selectors: Selectors, holdings: pd.DataFrame) -> tuple[str, ...]:
    """The contents that the hold names, checked."""
    names = {source.name for source in project.settings.sources}
    if selectors.source and selectors.source not in names:
        hint = nearest(selectors.source, tuple(names))
        raise CallError(f'there is no source "{selectors.source}"{hint}', advice=declared_names(names))
    if selectors.cluster_id and selectors.cluster_id not in set(holdings["cluster_id"]):
        raise CallError(f"there is no duplicate cluster {selectors.cluster_id}", advice="pdpo-audit export clusters")
    if selectors.captured_from and selectors.captured_until and selectors.captured_from > selectors.captured_until:
        raise CallError("the range of capture dates ends before it begins")
    for digest in selectors.sha256:
        if not re.fullmatch(r"[0-9A-Fa-f]{64}", digest):
            raise CallError(
                f"{digest[:80]!r} is no SHA-256", advice="64 hexadecimal digits: the column sha256 of export holdings"
            )
    listed = _listed(selectors.found, holdings) if selectors.found else set()
    return tuple(sorted({digest.lower() for digest in selectors.sha256} | listed))


def _listed(file: Path, holdings: pd.DataFrame) -> set[str]:
    """The contents of the holdings that a person search listed, and of every copy of them."""
    try:
        found = json.loads(file.read_text("utf-8"))
        places = {(str(one["source"]), str(one["path"])) for part in ("by_picture", "by_face") for one in found[part]}
    except OSError as error:
        raise CallError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise CallError(
            f"{file} is no result of a person search", advice="pdpo-audit person find ... --json"
        ) from error
    keys = pd.MultiIndex.from_frame(holdings[["source", "path"]])
    if places and int(keys.isin(places).sum()) < len(places):  # a list of version 0.1, which printed places differently
        keys = pd.MultiIndex.from_arrays([holdings["source"], holdings["path"].map(former)])
    rows = holdings[keys.isin(places)] if places else holdings[:0]
    if len(rows) < len(places):
        raise CallError(f"{file} names {amount(len(places) - len(rows), 'holding')} that the catalogue does not know")
    if not places:
        raise CallError(f"{file} lists no holding")
    clusters = set(rows["cluster_id"]) - {""}
    together = holdings[holdings["cluster_id"].isin(clusters)]
    return {str(digest) for digest in (*rows["sha256"], *together["sha256"]) if digest}


def spoken(hold: Hold) -> str:
    """What a hold selects, in words."""
    said = [
        hold.sha256 and f"picture {hold.sha256}",
        hold.pictures and amount(len(hold.pictures), "picture"),
        hold.path_pattern and f"paths {hold.path_pattern}",
        hold.cluster_id and f"duplicate cluster {hold.cluster_id}",
        hold.source and f"source {hold.source}",
        hold.captured_from and f"captured from {hold.captured_from}",
        hold.captured_until and f"captured until {hold.captured_until}",
    ]
    return "; ".join(str(part) for part in said if part) or "everything"


def list_holds(project: Project) -> Sequence[Hold]:
    """Every hold, released ones included."""
    return load_holds(project.store)


def held_since(project: Project, day: str) -> frozenset[tuple[str, str]]:
    """Source and path of what holds select that were placed on a day or later: no assessment before knows them."""
    today = project.clock().date()
    fresh = [one for one in load_holds(project.store) if one.starts_on.isoformat() >= day and is_active(one, today)]
    if not fresh:
        return frozenset()
    holdings = _holdings(project)
    chosen = holdings[select(fresh, holdings, today).rows > 0]
    return frozenset(chosen[["source", "path"]].itertuples(index=False, name=None))


def release_hold(project: Project, hold_id: str, *, released_by: str, role: str) -> Hold:
    """End a hold from today on.

    :raises CallError: there is no such hold, it is released already, or ``role`` is not the issuer's.
    """
    check_speaker(project, released_by, role)
    with project.store.transaction() as transaction:
        hold = next((one for one in known_holds(transaction.connection) if one.hold_id == hold_id), None)
        if hold is None:
            raise CallError(f"there is no hold {hold_id}", advice="pdpo-audit hold list")
        if hold.released_on:
            raise CallError(f"{hold_id} was released on {hold.released_on}")
        if role != hold.issuer_role:
            raise CallError(f"{hold_id} was placed by {hold.issuer_role}: only that role releases it")
        released = replace(hold, released_on=project.clock().date())
        _record(project, transaction, released, "hold released", released_by=released_by)
    return released


def _record(project: Project, transaction: Transaction, hold: Hold, kind: str, **more: str | int) -> None:
    details: Details = {
        "hold": hold.hold_id, "kind": hold.kind, "matter": hold.matter, "role": hold.issuer_role,
        RECORD: hold_digest(hold), **more,
    }  # fmt: skip
    record_hold(transaction, hold)
    transaction.append_event(kind, details, at=project.clock(), actor=project.actor)
