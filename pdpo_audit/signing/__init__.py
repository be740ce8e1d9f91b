"""Seals, signatures, evidence, and their verification."""
