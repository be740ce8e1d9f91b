"""The sockets: what the program needs of the outside, one a file, stated by the side that needs it."""

from __future__ import annotations

from pdpo_audit.ports.detectors import FaceDetector
from pdpo_audit.ports.notifiers import Notifier
from pdpo_audit.ports.progress import Progress, Silent
from pdpo_audit.ports.report_writers import ReportWriter
from pdpo_audit.ports.sources import ReachableSource, Source, StoredFile
from pdpo_audit.ports.tables import TableSource

__all__ = [
    "FaceDetector",
    "Notifier",
    "Progress",
    "ReachableSource",
    "ReportWriter",
    "Silent",
    "Source",
    "StoredFile",
    "TableSource",
]  # fmt: skip
