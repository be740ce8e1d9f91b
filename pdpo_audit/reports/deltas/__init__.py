"""What changed between two audits, worked out from their tables alone."""
