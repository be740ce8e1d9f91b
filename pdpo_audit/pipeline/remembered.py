"""Under which keys the catalogue remembers how the newest scan was done."""

from __future__ import annotations

#: The level at which the duplicate clusters in force were found.
SIMILARITY_LEVEL = "similarity_level"
#: The method whose face readings are in force, also when a later scan leaves people off.
PEOPLE_METHOD = "people_method"
#: The face engine, and which pictures it was shown.
PEOPLE_ENGINE = "people_engine"
PEOPLE_SCOPE = "people_scope"

#: The method whose text readings are in force, the engine, and which pictures it was shown; the scope is ``missing``
#: where the settings ask for the pass and its engine is not installed.
TEXT_METHOD = "text_method"
TEXT_ENGINE = "text_engine"
TEXT_SCOPE = "text_scope"

#: What could be read when files that could not be were last tried (``imaging.formats``).
READERS_TRIED = "readers_tried"

#: Whether a scan began that did not come to its end: it goes on with the next one.
SCAN_UNDER_WAY = "scan_under_way"
