"""Reading a store on the Mainland may carry personal information out of it: that is told before, and agreed to."""

from __future__ import annotations

import json

from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import Project, ScanOptions

#: The catalogue's key for the stores that somebody agreed to: name and address.
_AGREED = "possible_transfers_agreed"

TOLD = (
    "its pictures would be read over a network from the Mainland: unless this machine stands there too, that may be a "
    "transfer of personal information out of the Mainland, and on what basis it may be made is for a lawyer there"
)


def check_transfers(project: Project, options: ScanOptions) -> None:
    """Nothing is read from a store on the Mainland until somebody agreed; each store is agreed to once, on record.

    :raises CallError: nobody has agreed yet. Nothing was asked of the store.
    """
    stores = [
        [one.name, one.uri] for one in project.settings.sources
        if one.jurisdiction == "CN" and project.folder_of(one.name) is None and one.name in (options.only or [one.name])
    ]  # fmt: skip
    if not stores:
        return
    agreed = json.loads(project.store.recall(_AGREED) or "[]")
    fresh = [one for one in stores if one not in agreed]
    if not fresh:
        return
    names = ", ".join(name for name, _ in fresh)
    if not options.agreed:
        raise CallError(
            f"{names}: {TOLD}",
            advice="scan it there with scan --shard 1/1, and merge the shard here; or settle the basis, state it as "
            "transfer_basis, and begin with pdpo-audit scan --yes (recorded)",
        )
    with project.store.transaction() as transaction:
        transaction.remember(_AGREED, json.dumps([*agreed, *fresh]))
        details = {"sources": names, "told": TOLD}
        transaction.append_event("possible transfer agreed", dict(details), at=project.clock(), actor=project.actor)
