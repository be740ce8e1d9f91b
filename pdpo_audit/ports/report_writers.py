"""What writes a report of its own beside the PDF and the workbook, sealed with them.

Other packages bring one by the entry point ``pdpo_audit.report_writers``; ``[report] writers`` names those to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.ports.tables import TableSource

#: ``name = "module:function"`` is registered here; the function takes nothing and returns the writer.
ENTRY_POINTS = "pdpo_audit.report_writers"


class ReportWriter(Protocol):
    """Writes one audit in a form of its own."""

    def write(self, header: AuditHeader, numbers: Mapping[str, Any], tables: TableSource, folder: Path) -> None:
        """Write files into ``folder``, which is empty and becomes part of the sealed audit.

        ``numbers`` are those of ``evidence/summary.json``. In a distribution copy ``header`` and ``tables`` hold codes
        for names.
        """
        ...
