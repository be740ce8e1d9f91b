"""Flat graphics: where colour, shape and count carry the meaning, areas are compared with each other."""
