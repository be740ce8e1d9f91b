"""Periodic reviews as evidence: a sealed record of each, chained to the one before it."""
