"""EXIF, IPTC and XMP to facts: dates, rights, releases, and names of people."""

from pdpo_audit.metadata.embedded import read_metadata

__all__ = ["read_metadata"]
