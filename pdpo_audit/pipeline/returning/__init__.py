"""What was certified as erased and lies somewhere again: told when a scan reads it, and a fact of the copy."""
