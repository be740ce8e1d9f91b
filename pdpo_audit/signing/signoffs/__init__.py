"""Sign-offs of people: their records, who they are bound to, and how a folder takes them in."""
