"""Legal holds: placed, listed, released by the role that placed them; every change is an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pdpo_audit.catalogue.holds import load_holds, record_hold
from pdpo_audit.errors import CallError
from pdpo_audit.model.findings import Hold
from pdpo_audit.workspace.project import Project

#: What stops an erasure (law reference: holds, requests, complaints and investigations are cited by kind).
KINDS = ("legal_hold", "access_request", "correction_request", "complaint", "investigation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """What a hold covers: a holding must match every selector that is set."""

    sha256: str = ""
    path_pattern: str = ""
    cluster_id: str = ""
    source: str = ""
    captured_from: date | None = None
    captured_until: date | None = None

    def any(self) -> bool:
        """Whether anything is selected at all."""
        return any(
            (self.sha256, self.path_pattern, self.cluster_id, self.source, self.captured_from, self.captured_until)
        )


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
) -> Hold:
    """Place a hold from today on.

    :raises CallError: the kind is unknown, or nothing is selected and ``everything`` was not asked for.
    """
    if kind not in KINDS:
        raise CallError(f'"{kind}" is no kind of hold', advice=f"choose one of {', '.join(KINDS)}")
    if not selectors.any() and not everything:
        raise CallError("the hold selects nothing", advice="name what it covers, or --everything")
    if selectors.source and selectors.source not in {source.name for source in project.settings.sources}:
        raise CallError(f'there is no source "{selectors.source}"')
    today = project.clock().date()
    hold = Hold(
        hold_id=f"H-{today:%Y%m%d}-{project.token()}",
        kind=kind,
        matter=matter,
        issued_by=issued_by,
        issuer_role=issuer_role,
        starts_on=today,
        review_on=review_on,
        sha256=selectors.sha256.lower(),
        path_pattern=selectors.path_pattern,
        cluster_id=selectors.cluster_id,
        source=selectors.source,
        captured_from=selectors.captured_from,
        captured_until=selectors.captured_until,
    )
    _record(project, hold, "hold placed")
    return hold


def list_holds(project: Project) -> Sequence[Hold]:
    """Every hold, released ones included."""
    return load_holds(project.store)


def release_hold(project: Project, hold_id: str, *, released_by: str, role: str) -> Hold:
    """End a hold from today on.

    :raises CallError: there is no such hold, it is released already, or ``role`` is not the issuer's.
    """
    hold = next((one for one in load_holds(project.store) if one.hold_id == hold_id), None)
    if hold is None:
        raise CallError(f"there is no hold {hold_id}", advice="pdpo-audit hold list")
    if hold.released_on:
        raise CallError(f"{hold_id} was released on {hold.released_on}")
    if role != hold.issuer_role:
        raise CallError(f"{hold_id} was placed by {hold.issuer_role}: only that role releases it")
    released = replace(hold, released_on=project.clock().date())
    _record(project, released, "hold released", released_by=released_by)
    return released


def _record(project: Project, hold: Hold, kind: str, **more: str) -> None:
    details: dict[str, str | int | float | bool | None] = {
        "hold": hold.hold_id, "kind": hold.kind, "matter": hold.matter, "role": hold.issuer_role, **more,
    }  # fmt: skip
    with project.store.transaction() as transaction:
        record_hold(transaction, hold)
        transaction.append_event(kind, details, at=project.clock(), actor=project.actor)
