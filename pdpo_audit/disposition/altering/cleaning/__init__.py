"""What a file says of people taken out of it: EXIF, XMP, IPTC and the texts of each format.

Free texts go as a whole, for no program can tell that a text names nobody; who made the picture and owns it stays.
"""
