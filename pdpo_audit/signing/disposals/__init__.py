"""Records of disposition: who signed approvals, and whether plan, log, approvals and certificate agree."""
