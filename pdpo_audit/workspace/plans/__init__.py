"""Periodic reviews: planned, woken up, performed, sealed into a chain, and told of."""
