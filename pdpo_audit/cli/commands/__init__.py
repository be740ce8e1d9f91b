"""One file a group of commands: parse, one call, show."""
