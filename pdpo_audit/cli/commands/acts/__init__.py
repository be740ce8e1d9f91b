"""Commands that act on copies."""
