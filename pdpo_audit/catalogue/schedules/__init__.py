"""Periodic reviews as the catalogue keeps them: plans, slots, the chain of reviews, notices."""
