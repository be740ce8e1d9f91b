"""For the person shown: a plan for exactly their copies, and what the reply to them states."""
