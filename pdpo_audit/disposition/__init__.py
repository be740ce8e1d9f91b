"""From what is due to a certificate: plans, approvals, what the ladder allows, and the disposers that act."""
