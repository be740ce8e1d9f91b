"""The catalogue as a whole: upgraded, checked, backed up, restored, moved; and the audits that witness its log."""
