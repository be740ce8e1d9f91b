"""Bytes to upright pixels, once, within limits."""
