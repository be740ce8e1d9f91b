"""Picture formats: signatures, the table of what reads them, and what readers tell."""

from pdpo_audit.imaging.formats.signatures import HEAD_BYTES, FileKind, named_like_image, sniff

__all__ = ["HEAD_BYTES", "FileKind", "named_like_image", "sniff"]
