"""Declared places that hold images, and what changed in them since the last look."""
