"""What one read of a file tells of its content: digests, perceptual hashes, metadata."""

from pdpo_audit.fingerprints.examination import examine_file

__all__ = ["examine_file"]
