"""What runs in another process: frozen jobs in, values out; no catalogue, no settings, models loaded once."""

from pdpo_audit.workers.comparing import (
    ElectJob,
    SettleJob,
    VerifyJob,
    hold_elections,
    settle_whole,
    verify,
)
from pdpo_audit.workers.examining import ExamineJob, Header, HeaderJob, examine, read_headers
from pdpo_audit.workers.looking import (
    CoverJob,
    CropJob,
    PeopleJob,
    ReferenceJob,
    ThumbnailJob,
    cover_faces,
    crop_faces,
    find_people,
    find_references,
    make_thumbnails,
)
from pdpo_audit.workers.reading import FillJob, ReadJob, fill_boxes, find_text

__all__ = [
    "CoverJob",
    "CropJob",
    "ElectJob",
    "ExamineJob",
    "FillJob",
    "Header",
    "HeaderJob",
    "PeopleJob",
    "ReadJob",
    "ReferenceJob",
    "SettleJob",
    "ThumbnailJob",
    "VerifyJob",
    "cover_faces",
    "crop_faces",
    "examine",
    "fill_boxes",
    "find_people",
    "find_references",
    "find_text",
    "hold_elections",
    "make_thumbnails",
    "read_headers",
    "settle_whole",
    "verify",
]
