"""What the catalogue keeps of disposition: plans and their lines, approvals, the log of acts, what may come back."""
