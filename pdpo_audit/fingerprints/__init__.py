"""What one read of a file tells of its content: digests, perceptual hashes, metadata."""

from pdpo_audit.fingerprints.examination import METHOD, examine_file

__all__ = ["METHOD", "examine_file"]
