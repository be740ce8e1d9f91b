"""EXIF, IPTC and XMP to facts: dates, rights, releases, and names of people."""

from pdpo_audit.metadata.embedded import read_metadata
from pdpo_audit.metadata.exiftool import ExifTool
from pdpo_audit.metadata.extraction import PILLOW, ReaderSpec, facts_of, reader_of

__all__ = ["PILLOW", "ExifTool", "ReaderSpec", "facts_of", "read_metadata", "reader_of"]
