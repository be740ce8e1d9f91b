"""Versions of the methods that observations are keyed by: apart from them, so that reading one loads no decoder."""

from __future__ import annotations

#: What ``fingerprints`` makes of a picture; raised whenever the same bytes could give another fingerprint.
FINGERPRINTS = "dct256/10"

#: What ``imaging`` reads; raised whenever its readers give a picture of more files than before.
READERS = "readers/2"

#: How ``similarity`` compares two pictures; raised whenever a verdict or relation could change.
COMPARISON = "aligned-ink/33"

#: How ``people`` looks for faces and grades them; raised whenever passes, thresholds or grading change.
PEOPLE = "13"

#: How ``text`` looks for text and tells numbers; raised whenever another mark could come of the same picture.
TEXT = "2"

#: What is read of sidecars; raised whenever one of the same bytes could say more.
SIDECARS = "1"

#: Which files are opened for what lies inside; raised whenever more are, or members get other names.
CONTAINERS = "2"

#: The migration that the catalogue's tables correspond to (``catalogue/migrations``); raised with every change of them.
CATALOGUE = "0018"
