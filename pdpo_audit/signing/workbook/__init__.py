"""Signatures on a workbook."""
