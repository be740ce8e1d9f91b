"""What the workspace remembers, in a database."""
