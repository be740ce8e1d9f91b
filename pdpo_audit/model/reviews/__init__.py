"""Periodic reviews: plans and slots, and what changed between two audits."""
