"""Beside the line: what looks without bringing the catalogue up to date."""
