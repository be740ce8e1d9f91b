"""What the workspace remembers, in a database: observations keyed by content and method, decisions, events."""
