"""EXIF, IPTC and XMP to facts."""
