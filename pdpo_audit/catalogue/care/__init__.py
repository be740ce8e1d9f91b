"""The catalogue as a whole: upgraded, backed up, moved, checked, purged."""
