"""Where rule packs, report templates and samples lie: inside an installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.errors import MachineError

_PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """The folder ``policies``, ``report_templates`` or ``samples``.

    A wheel carries them inside the package; an editable install sees them at the top of the checkout.

    :raises MachineError: the installation is incomplete.
    """
    for candidate in (_PACKAGE / "_resources" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise MachineError(f"the installation lacks its folder {name!r}", advice="reinstall pdpo-audit")
