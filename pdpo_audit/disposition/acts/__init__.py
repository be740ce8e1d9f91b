"""The disposers: one file for each kind of place, behind the port ``ports.disposer``."""
