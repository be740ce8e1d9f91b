"""Detached CMS signatures: made, timestamped, and judged against a trust list."""
