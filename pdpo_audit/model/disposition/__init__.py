"""What is done with copies whose time has come: acts, plans, approvals, and what became of each copy."""
