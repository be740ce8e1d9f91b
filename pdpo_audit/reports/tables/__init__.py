"""Tables for other programs, and their distribution copies."""
