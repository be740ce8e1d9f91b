"""Signatures on a report."""
