"""Invented identity documents, personal papers and pages full of other numbers, for benchmarks/text.py."""
