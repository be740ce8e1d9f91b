"""Beside decisions: second looks, rules for masters, metadata that stays with them."""
